import AsyncHTTPClient
public import Flow
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Asks web services for flows: JSON out, JSON in.
public final class WebClient: Sendable {
    private let client: HTTPClient

    /// No answer may be longer, in bytes.
    public static let longestAnswer = 1 << 20
    /// So many connections to one host are open at once; further requests wait their turn within their deadline.
    private static let connections = 32

    /// Makes a client. `close` ends it.
    public init() {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: 3, allowCycles: false), timeout: .init(connect: .seconds(10)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = WebClient.connections
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    // A client that nobody has closed, such as that of a start that failed, would end the process.
    deinit { client.shutdown { _ in } }

    /// Closes all connections.
    public func close() async { try? await client.shutdown() }

    /// Sends a request. The outcome is `found` with the fields of the answer, `not-found` (404, 410), `timed-out` or `failed`.
    public func perform(_ request: WebRequest) async -> TaskReport {
        switch await exchange(request) {
        case .success(let answer): report(answer.status, answer.body)
        case .failure(let failure): .ended(failure.outcome, reason: failure.reason)
        }
    }

    /// Sends what needs no answer but that it was taken; gives the reason when it was not.
    public func tell(_ request: WebRequest) async -> String? {
        switch await exchange(request) {
        case .success(let answer): (200...299).contains(answer.status.code) ? nil : refusal(answer.status)
        case .failure(let failure): failure.reason
        }
    }

    private struct Failure: Error {
        let outcome: FlowOutcome
        let reason: String
    }

    private func exchange(_ request: WebRequest) async -> Result<(status: HTTPResponseStatus, body: Data), Failure> {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        message.headers.add(name: "Accept", value: "application/json")
        for header in request.headers { message.headers.replaceOrAdd(name: header.name, value: header.value) }
        if let body = request.body {
            if !message.headers.contains(name: "Content-Type") { message.headers.add(name: "Content-Type", value: "application/json") }
            message.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await client.execute(message, timeout: TimeAmount(request.deadline))
            let bytes = try await response.body.collect(upTo: WebClient.longestAnswer)
            return .success((response.status, Data(buffer: bytes)))
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout {
            return .failure(Failure(outcome: .timedOut, reason: "no answer within \(request.deadline)"))
        } catch is NIOTooManyBytesError {
            return .failure(Failure(outcome: .failed, reason: "the answer is longer than \(WebClient.longestAnswer) bytes"))
        } catch {
            return .failure(Failure(outcome: .failed, reason: "\(error)"))
        }
    }

    private func refusal(_ status: HTTPResponseStatus) -> String { "the service answered \(status.code) \(status.reasonPhrase)" }

    private func report(_ status: HTTPResponseStatus, _ body: Data) -> TaskReport {
        switch status.code {
        case 404, 410: return .ended(.notFound)
        case 200...299:
            if body.isEmpty { return .ended(.found) }
            guard let fields = JSONFields.read(body) else { return .ended(.failed, reason: "the answer is not JSON") }
            return .ended(.found, fields)
        default: return .ended(.failed, reason: refusal(status))
        }
    }
}
