extension MediaDirection {
    /// The direction of someone who does, or does not, send and receive.
    public init(sends: Bool, receives: Bool) {
        self = sends ? (receives ? .sendReceive : .sendOnly) : (receives ? .receiveOnly : .inactive)
    }

    /// Whether the writer sends.
    public var sends: Bool { self == .sendReceive || self == .sendOnly }

    /// Whether the writer receives.
    public var receives: Bool { self == .sendReceive || self == .receiveOnly }

    /// The same flow seen from the other end.
    public var reversed: MediaDirection { MediaDirection(sends: receives, receives: sends) }

    /// What is left when both must agree: the answer to an offer's `reversed` direction (RFC 3264 section 6.1).
    public func limited(to other: MediaDirection) -> MediaDirection {
        MediaDirection(sends: sends && other.sends, receives: receives && other.receives)
    }

    /// The direction that puts the other end on hold: nothing is received any more (RFC 3264 section 8.4).
    public var held: MediaDirection { limited(to: .sendOnly) }
}
