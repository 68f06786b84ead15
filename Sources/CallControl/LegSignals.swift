public import Kernel
public import SDP

/// What an endpoint tells call control about a leg. Every kind of endpoint turns its own signalling into these.
public enum LegSignal: Equatable, Sendable {
    /// A new call comes from the endpoint, which has named the leg.
    indirect case setUp(SetUp, from: DeviceName)
    /// The far end is being alerted; early media may come with it.
    case alerting(MediaStep)
    /// The far end answered.
    case connected(MediaStep)
    /// A step of offer/answer after the set-up: a new offer, or the answer to ours.
    case media(MediaStep)
    /// The far end refused our offer and keeps the session as it was.
    case mediaRefused
    /// The far end sent a key outside of the media (SIP INFO).
    case digit(DTMFKey)
    /// The leg is over. Nothing follows.
    case released(Cause)
}

/// What call control tells an endpoint to do with a leg.
public enum LegCommand: Equatable, Sendable {
    /// Offer a new call to `device`; call control has named the leg.
    indirect case setUp(SetUp, to: DeviceName)
    /// Tell the caller that the called party is alerted.
    case alert(MediaStep)
    /// Tell the caller that the call is answered.
    case connect(MediaStep)
    /// A step of offer/answer after the set-up.
    case media(MediaStep)
    /// Refuse the offer that the endpoint brought; the session stays as it was.
    case refuseMedia
    /// Ask a phone that rings to take the call.
    case answer
    /// Tell the far end that the other party pressed a key outside of the media (SIP INFO).
    case digit(DTMFKey)
    /// The other party or the data of the call changed.
    case update(Party, CallData)
    /// End the leg. No signal is due in return.
    case release(Cause)
}

/// A step of offer/answer (RFC 3264) that travels with a signal. Descriptions are kept apart, so that passing one on costs a reference.
public enum MediaStep: Equatable, Sendable {
    /// Nothing about media.
    case none
    /// A description that wants an answer.
    indirect case offer(SessionDescription)
    /// The answer to the other side's offer.
    indirect case answer(SessionDescription)
    /// A request that the other side make an offer (late offer: a set-up or re-offer without a description).
    case solicit
}

/// What is known of a new call when it is offered.
public struct SetUp: Equatable, Sendable {
    /// Who calls.
    public var calling: Party
    /// The number that is dialled, or that this leg is sent to.
    public var called: DirectoryNumber
    /// The number that the caller dialled first, when the call was forwarded or redirected since.
    public var originalCalled: DirectoryNumber?
    /// The numbers that passed the call on, latest first (RFC 5806).
    public var diversions: [Diversion]
    /// What travels with the call.
    public var data: CallData
    /// An offer, or `.solicit` when the called side is to make one.
    public var media: MediaStep
    /// How many more hops the call may take (RFC 3261 Max-Forwards).
    public var hopsLeft: Int
    /// Whether the called device is to answer by itself (RFC 5373).
    public var answersItself = false
    /// An address of the caller's device, which our media is to be able to reach: of its media, and until it named one of its signalling. `nil` when
    /// neither is known, and for applications at the other end of the CTI link.
    public var near: IPAddress?

    /// Makes a set-up.
    public init(
        calling: Party, called: DirectoryNumber, originalCalled: DirectoryNumber? = nil, diversions: [Diversion] = [],
        data: CallData = CallData(),
        media: MediaStep = .solicit, hopsLeft: Int = 70
    ) {
        self.calling = calling
        self.called = called
        self.originalCalled = originalCalled
        self.diversions = diversions
        self.data = data
        self.media = media
        self.hopsLeft = hopsLeft
    }
}

/// A party of a call as the other one may see it.
public struct Party: Equatable, Sendable {
    /// The number; `nil` when it is withheld or unknown.
    public var number: DirectoryNumber?
    /// The display name, if there is one.
    public var name: String?

    /// Makes a party.
    public init(number: DirectoryNumber?, name: String? = nil) {
        self.number = number
        self.name = name
    }
}

/// One step of a call's way: who passed it on, and why (RFC 5806).
public struct Diversion: Equatable, Sendable {
    /// The number that passed the call on.
    public var number: DirectoryNumber
    /// Why it did.
    public var reason: Reason

    /// Why a call is passed on (the words of RFC 5806).
    public enum Reason: String, Sendable, CaseIterable {
        /// The line was busy.
        case userBusy = "user-busy"
        /// Nobody answered.
        case noAnswer = "no-answer"
        /// All calls are forwarded.
        case unconditional
        /// An application redirected the call.
        case deflection
        /// The device was not registered, or failed.
        case unavailable
        /// None of these.
        case unknown
    }

    /// Makes a diversion.
    public init(number: DirectoryNumber, reason: Reason) {
        self.number = number
        self.reason = reason
    }
}

/// What travels with a call: names and values in the order in which they were first set. Bounded, because it ends up in one SIP header.
public struct CallData: Equatable, Sendable {
    /// The most entries a call may carry.
    public static let maximumEntries = 32
    /// The most UTF-8 bytes of all names and values together.
    public static let maximumBytes = 2048

    /// The entries in order.
    public private(set) var entries: [Entry] = []

    /// A name with its value.
    public struct Entry: Equatable, Sendable {
        /// The name, `[A-Za-z0-9_.-]+`.
        public let name: String
        /// The value, any text.
        public let value: String
    }

    /// Makes empty data.
    public init() {}

    /// The value of `name`, if it is there.
    public subscript(name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    /// Sets `name` to `value`; returns `false` and changes nothing when a limit would be passed or the name is malformed.
    public mutating func set(_ name: String, to value: String) -> Bool {
        let allowed = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "_.-".utf8.contains($0)
        }
        guard !name.isEmpty, allowed else { return false }
        var changed = entries
        if let index = changed.firstIndex(where: { $0.name == name }) {
            changed[index] = Entry(name: name, value: value)
        } else {
            changed.append(Entry(name: name, value: value))
        }
        let bytes = changed.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard changed.count <= CallData.maximumEntries, bytes <= CallData.maximumBytes else { return false }
        entries = changed
        return true
    }

    /// Takes over every entry of `other` that fits; returns the names of those that do not.
    public mutating func merge(_ other: CallData) -> [String] {
        other.entries.filter { !set($0.name, to: $0.value) }.map(\.name)
    }
}
