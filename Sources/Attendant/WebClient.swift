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

    /// Closes all connections.
    public func close() async { try? await client.shutdown() }

    /// Sends a request. The outcome is `found` with the fields of the answer, `not-found` (404, 410), `timed-out` or `failed`.
    public func perform(_ request: WebRequest) async -> TaskReport {
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
            return report(response.status, Data(buffer: bytes))
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout {
            return .ended(.timedOut, reason: "no answer within \(request.deadline)")
        } catch is NIOTooManyBytesError {
            return .ended(.failed, reason: "the answer is longer than \(WebClient.longestAnswer) bytes")
        } catch {
            return .ended(.failed, reason: "\(error)")
        }
    }

    private func report(_ status: HTTPResponseStatus, _ body: Data) -> TaskReport {
        switch status.code {
        case 404, 410: return .ended(.notFound)
        case 200...299:
            if body.isEmpty { return .ended(.found) }
            guard let fields = JSONFields.read(body) else { return .ended(.failed, reason: "the answer is not JSON") }
            return .ended(.found, fields)
        default: return .ended(.failed, reason: "the service answered \(status.code) \(status.reasonPhrase)")
        }
    }
}
