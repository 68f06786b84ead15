// Why we end a session by ourselves, without a word of its owner (RFC 3326, with the causes of ITU-T Q.850).
extension SIPHeaders {
    /// The peer did not answer, acknowledge or refresh in time.
    static let timedOut = SIPHeaders(reason: "Q.850;cause=102;text=\"Recovery on timer expiry\"")
    /// Another branch of a fork has the call.
    static let takenElsewhere = SIPHeaders(
        reason: "SIP;cause=200;text=\"Call completed elsewhere\", Q.850;cause=26;text=\"Answered elsewhere\"")

    private init(reason: String) {
        self.init()
        add("Reason", reason)
    }
}
