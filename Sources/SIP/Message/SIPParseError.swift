/// Why bytes are not a SIP message: what was expected, what was found, and where. Enough of the message is kept to answer it when an answer
/// is due (RFC 3261 section 8.2, RFC 4475).
public struct SIPParseError: Error, Equatable, Sendable {
    /// The response that the message deserves: 400, 416, 505, …
    public var status: Int
    /// The reason phrase for it, plain English.
    public var reason: String
    /// The offset in the message at which the fault was found, in bytes.
    public var offset: Int
    /// What could be read of a request that is to be answered; `nil` when no answer is due (a response, an ACK, or no usable Via).
    public var answerable: SIPRequest?

    /// Makes an error.
    public init(status: Int = 400, reason: String, offset: Int, answerable: SIPRequest? = nil) {
        self.status = status
        self.reason = reason
        self.offset = offset
        self.answerable = answerable
    }
}
