import SDP

/// A call as call control sees it: the caller, the party that answered, and what is being done to reach another one.
struct Call: Sendable {
    let id: CallID
    /// The party that stays when the other goes: who called, or who stands in the caller's place since the caller redirected the call.
    var caller: LegID
    /// The party that answered, if one did and is still there.
    var peer: LegID?
    /// What the next destination is told. Its `media` is not used.
    var setUp: SetUp
    /// What happens once the device that the call is made for has answered.
    var dials: Dialling?
    /// The destination that is being tried.
    var attempt: Attempt?
    /// The step of offer/answer that is under way between the parties.
    var exchange: Exchange = .idle
    /// A party that answered while an exchange was under way: its media is joined with the caller's afterwards.
    var pendingJoin: Join?
    /// Where the call is parked: then there is neither a peer nor an attempt.
    var parking: Parking?
    /// Why its two parties go to the mixer when nothing else is done with them.
    var pairing: Pairing?
    /// How often the call was forwarded or redirected.
    var hops = 0
    /// The lines that forwarded the call since it was dialled or redirected.
    var forwardedBy: [LineKey] = []

    init(id: CallID, caller: LegID, setUp: SetUp) {
        self.id = id
        self.caller = caller
        self.setUp = setUp
        self.setUp.media = .none
    }

    /// Every leg of the call.
    var legs: [LegID] {
        [caller] + (peer.map { [$0] } ?? []) + (attempt?.legs ?? []) + (attempt?.redirections.map(\.by) ?? [])
    }

    /// Whether nothing about media is under way.
    var isQuiet: Bool { exchange == .idle && pendingJoin == nil }

    /// The other one of the two parties who talk.
    func other(than leg: LegID) -> LegID? {
        leg == caller ? peer : (leg == peer ? caller : nil)
    }
}

/// What a call that is made for a device does when the device has answered.
enum Dialling: Equatable, Sendable {
    /// It goes on to a number.
    case number(DirectoryNumber)
    /// It takes over the call that this leg holds.
    case held(LegID)
}

/// A request that waits for the media of a call to settle.
struct Deferred: Sendable {
    let id: CallRequestID
    let request: CallRequest
    /// The leg that it is about: when that is gone, so is the request.
    let leg: LegID
}

/// A destination that is being tried.
struct Attempt: Sendable {
    /// The line that rings; `nil` on a trunk.
    var line: LineKey?
    /// The legs that are offered the call.
    var legs: [LegID] = []
    /// Whether one of them alerts.
    var isAlerting = false
    /// The leg whose early media the caller hears.
    var earlyMedia: LegID?
    /// Why legs of the attempt failed so far: busy, if any was busy.
    var cause: Cause?
    /// How long it may ring; `nil` for the line's own time.
    var ring: Duration?
    /// The supervised redirects that wait for the outcome, the latest last: each one's leg gets the call back when the next fails.
    var redirections: [Redirection] = []
    /// The line of an application that failed while it waited for the outcome: its failure treatment comes last.
    var failedLine: LineKey?
}

/// A supervised redirect that waits for its outcome.
struct Redirection: Sendable {
    let request: CallRequestID
    /// The leg that asked.
    let by: LegID
    let to: DirectoryNumber
    /// What the next destination was told before.
    let setUp: SetUp
    /// How many forwards and redirects the call had gone through.
    let hops: Int
    /// For a leg that had not answered: the line that rang, and whether it alerted.
    let line: LineKey?
    let isAlerting: Bool
}

/// A party to be joined with the caller.
struct Join: Sendable {
    let leg: LegID
    let media: Media

    /// How the party's last description came about.
    enum Media: Sendable {
        /// It answers the caller's.
        case answered
        /// It is an offer, and the party is owed the answer.
        case offered
        /// It belongs to another call, from which the party comes.
        case foreign
        /// It is an offer, which the mixer answers.
        case forMixer
    }
}

/// A step of offer/answer between the parties of a call. There is never more than one (RFC 3264 section 4).
enum Exchange: Equatable, Sendable {
    case idle
    /// A leg was made an offer; what its answer is for.
    case offering(to: LegID, Purpose)
    /// A leg was asked for an offer, because another leg asked for one.
    case soliciting(LegID, for: LegID)

    indirect enum Purpose: Equatable, Sendable {
        /// It goes to the leg that made the offer, which is back to what it said before when the offer is refused. `isVital`: without an answer
        /// the call has no media.
        case passOn(to: LegID, before: SessionDescription?, isVital: Bool)
        /// It is compared with what the other leg was told; when it differs, that leg is made an offer, at most so many times.
        case align(with: LegID, rounds: Int, isVital: Bool)
        /// It tells that the hold (or retrieve) of the other leg worked, after which a call may be made from its line.
        case hold(CallRequestID, by: LegID, isHolding: Bool, then: PlannedCall? = nil)
        /// It tells of a hold that was promised already; when it is refused, there is none any more.
        case goOnHolding(by: LegID)
        /// It brings a parked party to a port of the mixer.
        case park(at: MixerPort)
        /// Nobody is left to want it.
        case nothing
    }
}
