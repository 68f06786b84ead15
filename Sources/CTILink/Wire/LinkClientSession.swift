import CTI

/// The application's end of a connection, as a pure state machine: requests become messages, and messages become replies and events.
struct LinkClientSession: Sendable {
    /// What waits for its reply.
    private var pending: [RequestID: ProviderRequest] = [:]

    /// The message of a request.
    mutating func text(_ id: RequestID, _ request: ProviderRequest) -> String {
        pending[id] = request
        let (method, parameters) = request.link
        return JSON.object(["jsonrpc": "2.0", "id": .number(id.rawValue), "method": .string(method), "params": parameters]).text()
    }

    /// Reads a message of the server; `nil` for one that means nothing to us, which a newer server may send.
    mutating func receive(_ text: String) throws(LinkMistake) -> LinkMessage? {
        guard let message = try? JSON(parsing: text) else { throw LinkMistake(text: "the message is no JSON") }
        if case .string(let method)? = message["method"] {
            return try ProviderEvent(method: method, parameters: message["params"]).map { .event($0) }
        }
        guard case .number(let number)? = message["id"], let whole = UInt64(exactly: number),
            let request = pending.removeValue(forKey: RequestID(whole))
        else { return nil }
        let id = RequestID(whole)
        if let error = message["error"] { return .reply(id, .failure(try Refusal(error))) }
        return .reply(id, .success(try ProviderReply(message["result"], to: request)))
    }
}
