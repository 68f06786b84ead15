extension MediaDescription {
    /// Whether the line's profile is secure RTP (RFC 3711, RFC 5124, RFC 5764): nobody sends plain packets for it.
    public var isSecure: Bool { proto.uppercased().contains("RTP/SAVP") }
}

extension SessionDescription {
    /// Whether every line in use is secure RTP.
    public var isSecure: Bool { media.allSatisfy { $0.isRejected || $0.isSecure } }

    /// Whether there is a line in use that is secure RTP, or offers keys beside plain RTP (“best effort”).
    public var canBeSecure: Bool { secured != nil }

    /// This offer for a device that takes no plain media: a line that offers keys beside plain RTP is secure RTP, any other plain one is off. `nil` when
    /// nothing is left.
    public var secured: SessionDescription? {
        guard !isSecure else { return self }
        var copy = self
        for index in media.indices where !media[index].isRejected && !media[index].isSecure {
            switch (media[index].proto.uppercased(), media[index].offersCrypto) {
            case ("RTP/AVP", true): copy.media[index].proto = "RTP/SAVP"
            case ("RTP/AVPF", true): copy.media[index].proto = "RTP/SAVPF"
            default: copy.media[index] = media[index].rejected
            }
        }
        return copy.media.contains { !$0.isRejected } ? copy : nil
    }

    /// This answer to an offer that `secured` made, as one to the offer from which it was made: a line's profile is that of the offer (RFC 3264 section 6).
    public func answering(_ offer: SessionDescription) -> SessionDescription {
        var copy = self
        for (index, line) in zip(media.indices, offer.media) where line.kind == media[index].kind { copy.media[index].proto = line.proto }
        return copy
    }
}
