/// Why a leg or a call ended, by its Q.850 number (ITU-T Q.850 table 1).
public struct Cause: Hashable, Sendable {
    /// The Q.850 cause value, 1–127.
    public let q850: UInt8

    /// Makes a cause from its Q.850 value; values outside 1–127 become 31, *normal, unspecified*.
    public init(q850: Int) {
        self.q850 = (1...127).contains(q850) ? UInt8(q850) : 31
    }

    /// 1, the number is not assigned.
    public static let unallocated = Cause(q850: 1)
    /// 16, a party hung up.
    public static let normalClearing = Cause(q850: 16)
    /// 17, the user is busy.
    public static let userBusy = Cause(q850: 17)
    /// 18, the user does not respond.
    public static let noUserResponding = Cause(q850: 18)
    /// 19, alerted, but nobody answered.
    public static let noAnswer = Cause(q850: 19)
    /// 20, the subscriber is absent: the device is not registered.
    public static let subscriberAbsent = Cause(q850: 20)
    /// 21, the call is rejected.
    public static let rejected = Cause(q850: 21)
    /// 22, the number changed.
    public static let numberChanged = Cause(q850: 22)
    /// 25, exchange routing error: a loop, or too many hops.
    public static let routingError = Cause(q850: 25)
    /// 26, another device took the call (non-selected user clearing).
    public static let answeredElsewhere = Cause(q850: 26)
    /// 27, the destination is out of order.
    public static let outOfOrder = Cause(q850: 27)
    /// 28, the number is incomplete or malformed.
    public static let invalidNumber = Cause(q850: 28)
    /// 31, normal, unspecified.
    public static let normalUnspecified = Cause(q850: 31)
    /// 38, the network is out of order.
    public static let networkOutOfOrder = Cause(q850: 38)
    /// 41, a temporary failure.
    public static let temporaryFailure = Cause(q850: 41)
    /// 42, the switching equipment is congested: a limit of ours is reached.
    public static let congestion = Cause(q850: 42)
    /// 44, the requested channel is not available: as many calls as can be served well.
    public static let channelUnavailable = Cause(q850: 44)
    /// 47, a resource is unavailable.
    public static let resourceUnavailable = Cause(q850: 47)
    /// 65, the bearer capability is not implemented: no codec in common.
    public static let incompatibleMedia = Cause(q850: 65)
    /// 79, the service is not implemented.
    public static let notImplemented = Cause(q850: 79)
    /// 102, a timer expired.
    public static let timerExpired = Cause(q850: 102)
    /// 127, interworking, unspecified.
    public static let interworking = Cause(q850: 127)
}
