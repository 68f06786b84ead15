import Kernel
import SDP

/// A call whose parties exchange media with our mixer instead of with each other: three and more parties, or two who are recorded or monitored.
struct Conference: Sendable {
    /// The most parties, silent ones included.
    static let mostMembers = 32

    let id: CallID
    /// What was known of the call when it came to the mixer.
    var setUp: SetUp
    /// In the order in which they came.
    var members: [Member] = []
    var recording: Recording?

    struct Member: Sendable {
        let leg: LegID
        var role: MixerRole
        var media: Media = .opening
    }

    /// How far the media of a member is on its way to the mixer.
    enum Media: Equatable, Sendable {
        /// The mixer was asked for a port.
        case opening
        /// The member's device was made an offer, with which it also may be called.
        case offered(at: TransportAddress)
        case settled(at: TransportAddress)

        var address: TransportAddress? {
            switch self {
            case .opening: nil
            case .offered(let address), .settled(let address): address
            }
        }
    }

    enum Recording: Sendable {
        case beginning(CallRequestID)
        case running(file: String, isPaused: Bool)
    }

    subscript(leg: LegID) -> Member? { members.first { $0.leg == leg } }

    /// The members who can be heard, held ones included.
    var talkers: [LegID] { members.filter { $0.role != .listener }.map(\.leg) }

    /// Whether the parties could as well talk to each other directly.
    var isNeedless: Bool { talkers.count <= 2 && members.count == talkers.count && recording == nil }

    /// Whether no offer of ours is out, so that everybody's media can be moved.
    var isQuiet: Bool {
        members.allSatisfy { if case .offered = $0.media { false } else { true } }
    }
}
