/// What a run knows of its call when it starts.
public struct CallFacts: Equatable, Sendable {
    /// The calling number, as it came; empty when withheld.
    public var callerNumber: String
    /// The calling name; empty when there is none.
    public var callerName: String
    /// The number that was dialled.
    public var calledNumber: String
    /// The number that passed the call on, if any.
    public var redirectedFrom: String
    /// The call's identifier in records.
    public var callID: String
    /// What travelled with the call.
    public var data: [String: String]
    /// How many callers wait in queues as the call begins.
    public var waiting = 0
    /// The wall clock at the start, in seconds since 1970.
    public var startedAt: Double

    /// Makes the facts of a call.
    public init(
        callerNumber: String, callerName: String = "", calledNumber: String, redirectedFrom: String = "", callID: String,
        data: [String: String] = [:],
        startedAt: Double
    ) {
        self.callerNumber = callerNumber
        self.callerName = callerName
        self.calledNumber = calledNumber
        self.redirectedFrom = redirectedFrom
        self.callID = callID
        self.data = data
        self.startedAt = startedAt
    }
}
