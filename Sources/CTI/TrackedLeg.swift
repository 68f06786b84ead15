import CallControl
import Kernel
import SDP

/// A leg at a device that may be controlled.
struct TrackedLeg: Sendable {
    let device: DeviceName
    /// The line, as far as it is known.
    var line: DirectoryNumber?
    /// The call; `nil` until its first event comes.
    var call: CallID?
    var state: LegState = .alerting
    /// Our side of a leg at a port or route point; `nil` for a phone, which is its own endpoint.
    var terminal: Terminal?
}

/// Our side of a leg at a CTI port or route point: we are its endpoint, on behalf of an application.
struct Terminal: Sendable {
    var phase: Phase
    /// What the set-up brought: an offer, or the wish for one.
    var media: MediaStep = .solicit
    /// The application that answers, and so terminates the media.
    var owner: Owner?

    struct Owner: Sendable {
        let application: ApplicationID
        let capabilities: MediaCapabilities
        /// With which keys the media is protected; `nil` when it is plain.
        let protection: MediaProtection?
        /// The `answer` that has no reply yet.
        var request: RequestID?
    }

    enum Phase: Sendable {
        /// Call control makes the call for the application, and the set-up is about to come.
        case originating
        /// Nobody has reacted yet.
        case offered
        /// Accepted.
        case alerting
        /// Answered, but for the address of the media.
        case awaitingAddress
        /// Answered.
        case talking(Talk)
    }

    /// The media of an answered leg.
    struct Talk: Sendable {
        let local: TransportAddress
        /// Our last description.
        var said: SessionDescription
        /// Whether it was an offer that is not answered yet.
        var isOffer: Bool
        /// What was settled last.
        var audio: NegotiatedAudio?
    }

    /// The state in CSTA's terms.
    var state: LegState {
        switch phase {
        case .originating: .initiated
        case .offered, .alerting, .awaitingAddress: .alerting
        case .talking: .connected
        }
    }
}
