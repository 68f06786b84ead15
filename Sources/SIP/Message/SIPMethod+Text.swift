extension SIPMethod {
    private static let known: [(text: String, method: SIPMethod)] = [
        ("INVITE", .invite), ("ACK", .ack), ("BYE", .bye), ("CANCEL", .cancel), ("OPTIONS", .options), ("REGISTER", .register),
        ("PRACK", .prack),
        ("UPDATE", .update), ("MESSAGE", .message), ("INFO", .info), ("REFER", .refer), ("SUBSCRIBE", .subscribe), ("NOTIFY", .notify),
        ("PUBLISH", .publish),
    ]

    /// The method that a token names; methods are case-sensitive, so `invite` is not `INVITE`.
    public init(_ text: String) {
        self = SIPMethod.known.first { $0.text == text }?.method ?? .other(text)
    }

    /// The method as it is written.
    public var text: String {
        if case .other(let text) = self { return text }
        return SIPMethod.known.first { $0.method == self }?.text ?? ""
    }
}

extension SIPMethod: CustomStringConvertible {
    /// The method as it is written.
    public var description: String { text }
}
