extension MediaDescription {
    /// Whether the line's profile is secure RTP (RFC 3711, RFC 5124, RFC 5764): nobody sends plain packets for it.
    public var isSecure: Bool { proto.uppercased().contains("RTP/SAVP") }
}

extension SessionDescription {
    /// Whether every line in use is secure RTP.
    public var isSecure: Bool { media.allSatisfy { $0.isRejected || $0.isSecure } }
}
