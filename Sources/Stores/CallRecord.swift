/// What happened in a call that a flow served, from its first moment to its last.
public struct CallRecord: Codable, Equatable, Sendable {
    /// The call's number, as events and logs name it; it begins anew with each start of the server.
    public var call: UInt64
    /// When it began, in seconds since 1970.
    public var began: Double
    /// How long it was with the flow, in seconds.
    public var seconds: Double
    /// The calling number; empty when withheld.
    public var caller: String
    /// The number that was dialled.
    public var called: String
    /// The name of the flow.
    public var flow: String
    /// The version of the flow's file.
    public var version: String
    /// How it ended: `redirect 2001`, `hangup`, `reject busy`, `caller hangs up`.
    public var end: String
    /// The quality of what was heard from the caller, where media flowed.
    public var media: Media?
    /// What happened, in order.
    public var events: [Event]

    /// The longest list of events; what comes after is left out, and the last event says so.
    public static let mostEvents = 1000

    /// One thing that happened.
    public struct Event: Codable, Equatable, Sendable {
        /// Seconds since the call began.
        public var at: Double
        /// What it was.
        public var what: Kind
        /// The step, the action, what was heard, the key, or what was noted.
        public var text: String

        /// Makes an event.
        public init(at: Double, what: Kind, text: String) {
            self.at = at
            self.what = what
            self.text = text
        }
    }

    /// Kinds of events.
    public enum Kind: String, Codable, Sendable {
        /// A step was entered.
        case step
        /// An action was begun.
        case action
        /// The caller heard this.
        case heard
        /// The caller pressed a key; a dot where keys are secret.
        case pressed
        /// Something was noted: an outcome, a line of the flow's, a failure.
        case note
    }

    /// The quality of the caller's audio (RFC 3550, ITU-T G.107).
    public struct Media: Codable, Equatable, Sendable {
        /// Packets that came.
        public var received: UInt64
        /// Packets that did not.
        public var lost: UInt64
        /// The mean deviation of their distance, in milliseconds.
        public var jitter: Double
        /// To the caller's device and back, in milliseconds, where it reports.
        public var roundTrip: Double?
        /// How well it was understood, 1 to 4.5, estimated.
        public var score: Double?
        /// Packets that came and were not taken: malformed, forged, or not from the caller.
        public var dropped: UInt64?
        /// How our packets came to the caller's device, where it reports.
        public var atCaller: Reception?

        /// What a caller's device reports of what it hears.
        public struct Reception: Codable, Equatable, Sendable {
            /// Packets that it never had.
            public var lost: UInt64
            /// The mean deviation of their distance, in milliseconds.
            public var jitter: Double

            /// Makes a reception.
            public init(lost: UInt64, jitter: Double) {
                self.lost = lost
                self.jitter = jitter
            }
        }

        /// Makes a quality.
        public init(
            received: UInt64, lost: UInt64, jitter: Double, roundTrip: Double?, score: Double?, dropped: UInt64? = nil,
            atCaller: Reception? = nil
        ) {
            self.received = received
            self.lost = lost
            self.jitter = jitter
            self.roundTrip = roundTrip
            self.score = score
            self.dropped = dropped
            self.atCaller = atCaller
        }
    }

    /// Makes a record of a call that begins.
    public init(call: UInt64, began: Double, caller: String, called: String, flow: String, version: String) {
        self.call = call
        self.began = began
        self.caller = caller
        self.called = called
        self.flow = flow
        self.version = version
        seconds = 0
        end = ""
        events = []
    }

    /// Adds an event, unless there are too many.
    public mutating func add(_ what: Kind, _ text: String, at seconds: Double) {
        guard events.count < CallRecord.mostEvents else { return }
        let isLast = events.count == CallRecord.mostEvents - 1
        events.append(
            isLast
                ? Event(at: seconds, what: .note, text: "more than \(CallRecord.mostEvents) events; the rest is left out")
                : Event(at: seconds, what: what, text: text))
    }
}
