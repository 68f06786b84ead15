public import Kernel

/// The descriptions that we sent on one leg: it keeps our `o=` line for the life of the session, and raises its version by one when, and only
/// when, the description changes (RFC 3264 section 8).
public struct DescriptionHistory: Hashable, Sendable {
    /// The origin of the last description sent, or of the first to be sent.
    public private(set) var origin: Origin
    /// The last description sent; `nil` before the first.
    public private(set) var last: SessionDescription?

    /// Begins a session with an identifier that is unique among those of `address`, such as a random number below 2^63.
    public init(username: String = "-", sessionID: UInt64, address: IPAddress) {
        origin = Origin(username: username, sessionID: sessionID, version: 1, address: .ip(address))
    }

    /// The description to send on this leg: `description`, wherever it came from, with our origin and the right version.
    public mutating func outgoing(_ description: SessionDescription) -> SessionDescription {
        if let last {
            guard !last.sameMedia(as: description) else { return last }
            origin.version &+= 1
        }
        var sent = description
        sent.origin = origin
        last = sent
        return sent
    }
}

extension SessionDescription {
    /// Whether both say the same but for who says it: the `o=` line is left out.
    public func sameMedia(as other: SessionDescription) -> Bool {
        var copy = self
        copy.origin = other.origin
        return copy == other
    }

    /// A copy with one direction on every line that is in use; what the session said is taken out.
    public func withDirection(_ direction: MediaDirection) -> SessionDescription {
        mapDirections { _ in direction }
    }

    /// A copy that puts its reader on hold: every line in use is `sendonly`, or `inactive` where it did not send (RFC 3264 section 8.4).
    public func held() -> SessionDescription {
        mapDirections { $0.held }
    }

    private func mapDirections(_ change: (MediaDirection) -> MediaDirection) -> SessionDescription {
        var copy = self
        let common = attributes.direction ?? .sendReceive
        copy.attributes.setDirection(nil)
        for index in copy.media.indices where !copy.media[index].isRejected {
            copy.media[index].attributes.setDirection(change(copy.media[index].attributes.direction ?? common))
        }
        return copy
    }
}
