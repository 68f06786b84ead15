import Kernel
import SDP

/// A leg as call control sees it.
struct Leg: Sendable {
    var call: CallID
    let device: DeviceName
    /// The line it occupies; `nil` on a trunk.
    let seat: Seat?
    /// How the other party sees it.
    let party: Party
    var state: State
    /// Whether its device holds the call.
    var isHolding = false
    /// Whether that is because an application asked for it, so that the device may not know.
    var isHoldingByRequest = false
    /// The last description that the endpoint gave.
    var said: SessionDescription? {
        didSet { if let address = said?.audioAddress, address.isUnicast { near = address } }
    }
    /// An address of its device: the last at which it wanted to hear media, and until it named one that of its signalling.
    var near: IPAddress?
    /// The last description that the endpoint was given.
    var told: SessionDescription?
    /// The other devices that have its line.
    var sharers: [DeviceName] = []
    /// Whether it was called without a description, because its media is to go through the mixer.
    var isForMixer = false

    /// How far a leg has come.
    enum State: Equatable, Sendable {
        /// Its endpoint called us and waits for an answer.
        case calling
        /// Offered to the endpoint.
        case offered
        /// The endpoint alerts.
        case alerting
        /// Answered.
        case connected
    }

    var isConnected: Bool { state == .connected }

    /// What the leg said of its media, as it was before somebody else put it on hold.
    var ownMedia: SessionDescription? {
        isConnected && !isHolding ? said?.withDirection(.sendReceive) : said
    }

    /// The state in CSTA's terms.
    var publicState: LegState {
        switch state {
        case .calling: .initiated
        case .offered, .alerting: .alerting
        case .connected: isHolding ? .hold : .connected
        }
    }
}
