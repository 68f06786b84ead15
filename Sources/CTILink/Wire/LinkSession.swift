public import CTI
import Kernel

/// One application's end of the CTI link, as a pure state machine: JSON-RPC 2.0 requests become requests of the CTIManager, whose replies and events become
/// responses and notifications.
public struct LinkSession: Sendable {
    /// What is to be done about a message.
    public enum Output: Equatable, Sendable {
        /// Ask the CTIManager; its answer goes to `reply`.
        case request(RequestID, ProviderRequest)
        /// Send a message.
        case send(String)
    }

    /// The most requests of one application that wait for their answers.
    public static let mostPending = 256

    /// Whether the provider was opened.
    public private(set) var isOpen = false
    /// The `id` of each request that waits; none for a notification, which gets no response.
    private var pending: [RequestID: JSON?] = [:]
    private var last: UInt64 = 0

    /// Makes the session of a new connection.
    public init() {}

    /// Takes a message of the application.
    public mutating func receive(_ text: String) -> Output? {
        guard let message = try? JSON(parsing: text) else {
            return .send(LinkSession.error(-32700, "the message is no JSON", id: .null))
        }
        let id = message["id"]
        do throws(LinkMistake) {
            try LinkSession.check(message)
        } catch {
            return .send(LinkSession.error(-32600, error.text, id: id.flatMap { $0.isIdentifier ? $0 : nil } ?? .null))
        }
        guard case .string(let name)? = message["method"], let method = LinkMethod.byName[name] else {
            return refuse(-32601, LinkSession.unknown(message["method"]), id)
        }
        guard pending.count < LinkSession.mostPending else {
            return refuse(-32000, "\(LinkSession.mostPending) requests wait for their answers already", id)
        }
        do throws(LinkMistake) {
            let request = try method.request(message["params"])
            last += 1
            pending[RequestID(last)] = .some(id)
            return .request(RequestID(last), request)
        } catch {
            return refuse(-32602, error.text, id)
        }
    }

    /// The response to a request; `nil` when it was a notification.
    public mutating func reply(_ request: RequestID, _ result: Result<ProviderReply, Refusal>) -> String? {
        if case .success(.opened) = result { isOpen = true }
        guard let id = pending.removeValue(forKey: request) ?? nil else { return nil }
        let outcome: (String, JSON) =
            switch result {
            case .success(let reply): ("result", reply.json)
            case .failure(let refusal): ("error", refusal.json)
            }
        return JSON.object(["jsonrpc": "2.0", "id": id, outcome.0: outcome.1]).text()
    }

    /// The notification of an event.
    public static func notification(_ event: ProviderEvent) -> String {
        let (method, parameters) = event.link
        return JSON.object(["jsonrpc": "2.0", "method": .string(method), "params": parameters]).text()
    }

    // MARK: What is wrong

    private static func check(_ message: JSON) throws(LinkMistake) {
        guard case .object(let members) = message else {
            if case .array = message { throw LinkMistake(text: "batches are not taken: send one request a message") }
            throw LinkMistake(text: "expected a JSON-RPC request, an object, found \(message.kind)")
        }
        guard members["jsonrpc"] == "2.0" else { throw LinkMistake(text: "a request has the member \"jsonrpc\": \"2.0\"") }
        guard members["id"]?.isIdentifier ?? true else { throw LinkMistake(text: "`id` is a string or a number") }
        guard case .string? = members["method"] else { throw LinkMistake(text: "a request has a `method`, a string") }
        let known = ["jsonrpc", "id", "method", "params"]
        for name in members.keys.sorted() where !known.contains(name) {
            let hint = NearestWord.find(name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw LinkMistake(text: "a request has no member `\(name)`\(hint)")
        }
    }

    private static func unknown(_ method: JSON?) -> String {
        guard case .string(let name)? = method else { return "there is no such method" }
        let hint = NearestWord.find(name, among: LinkMethod.all.map(\.name)).map { "; did you mean `\($0)`?" } ?? ""
        return "there is no method `\(name.prefix(60))`\(hint)"
    }

    /// A notification gets no response, whatever is wrong with it (JSON-RPC 2.0 section 4.1).
    private func refuse(_ code: Int, _ text: String, _ id: JSON?) -> Output? {
        id.map { .send(LinkSession.error(code, text, id: $0)) }
    }

    private static func error(_ code: Int, _ text: String, id: JSON) -> String {
        JSON.object(["jsonrpc": "2.0", "id": id, "error": ["code": .number(Double(code)), "message": .string(text)]]).text()
    }
}

extension JSON {
    /// Whether a request may be named so.
    fileprivate var isIdentifier: Bool {
        switch self {
        case .string, .number: true
        default: false
        }
    }
}
