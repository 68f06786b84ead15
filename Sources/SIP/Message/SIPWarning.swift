/// What is wrong with a session description, for the Warning header (RFC 3261 section 20.43).
public enum SIPWarning: String, Sendable {
    /// A transport that is not taken, such as plain RTP where SRTP is asked for.
    case incompatibleTransport = "302 frontdesk \"Incompatible transport protocol\""
    /// No codec in common.
    case incompatibleFormat = "305 frontdesk \"Incompatible media format\""
}
