import Kernel
import SDP

/// A call whose parties exchange media with our mixer instead of with each other: three and more parties, or two who are recorded or monitored, or who
/// cannot talk directly.
struct Conference: Sendable {
    /// The most parties, silent ones included.
    static let mostMembers = 32

    let id: CallID
    /// What was known of the call when it came to the mixer.
    var setUp: SetUp
    /// In the order in which they came.
    var members: [Member] = []
    var recording: Recording?
    /// Whether other parties have come or gone, so that those who are left must be told of each other.
    var hasChanged = false
    /// What the two said of their media to each other who came to the mixer first.
    var saidBefore: [LegID: SessionDescription] = [:]
    /// Whether two of its parties share no codec, no protection or no kind of address.
    var isRelay = false

    struct Member: Sendable {
        let leg: LegID
        var role: MixerRole
        var media: Media = .opening
    }

    /// How far the media of a member is on its way to the mixer.
    enum Media: Equatable, Sendable {
        /// The member's device is called without an offer, because only its answer tells from where it reaches the mixer.
        case called
        /// The device answered with an offer; the mixer was asked for a port.
        case answering
        /// The mixer was asked for a port to which the device's media is to move.
        case opening
        /// The device was made an offer, perhaps because it asked for one.
        case offered(at: MixerPort, asAsked: Bool = false)
        case settled(at: MixerPort)
        /// It cannot come there.
        case stranded(Stranding)

        var port: MixerPort? {
            switch self {
            case .called, .answering, .opening, .stranded: nil
            case .offered(let port, _), .settled(let port): port
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
    var isNeedless: Bool { !isRelay && talkers.count <= 2 && members.count == talkers.count && recording == nil }

    /// The member whose media cannot come to the mixer; first the one that waits for an answer.
    var stranded: (leg: LegID, why: Stranding)? {
        let all = members.compactMap { member in if case .stranded(let why) = member.media { (leg: member.leg, why: why) } else { nil } }
        return all.first { $0.why == .owed } ?? all.first
    }

    /// Whether nothing is under way at all, ports included.
    var isAtRest: Bool { isQuiet && members.allSatisfy { $0.media != .opening } }

    /// Whether no offer or answer is under way, so that everybody's media can be moved.
    var isQuiet: Bool {
        members.allSatisfy { member in
            switch member.media {
            case .opening, .settled, .called, .stranded: true
            case .offered, .answering: false
            }
        }
    }
}
