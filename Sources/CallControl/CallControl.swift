public import Kernel

/// The switchboard's core: it knows endpoints and legs, routes dialled numbers, forwards, redirects and joins media. A pure state machine.
public struct CallControl: Sendable {
    /// What reaches call control.
    public enum Input: Equatable, Sendable {
        /// An endpoint signals on a leg.
        case leg(LegID, LegSignal)
        /// Somebody asks for a service; the result comes as `.result` with the same identifier.
        case request(CallRequestID, CallRequest)
        /// A device became reachable or unreachable (registered or not, opened by an application or not, trunk up or down).
        case device(DeviceName, available: Bool)
        /// An application that had this leg failed: its call goes to the line's CFOF number.
        case applicationFailed(LegID)
        /// The configuration changed.
        case plan(NumberingPlan)
        /// `nextDeadline` has come.
        case deadline
    }

    /// What call control wants done.
    public enum Output: Equatable, Sendable {
        /// Tell the endpoint of the leg's device.
        case leg(LegID, LegCommand)
        /// The result of a request.
        case result(CallRequestID, Result<CallRequestDone, CallRequestFailure>)
        /// Something happened that observers may want to know.
        case event(CallEvent)
    }

    /// What a request that succeeded brought.
    public enum CallRequestDone: Equatable, Sendable {
        /// It is done.
        case done
        /// A call was made, with this leg for the device that asked.
        case made(CallID, LegID)
    }

    /// How much call control takes on at once.
    public struct Limits: Equatable, Sendable {
        /// The most calls at a time; a further one gets cause 42.
        public var calls = 20_000
        /// The most forwards and redirects one call may go through.
        public var hops = 12

        /// Makes the default limits.
        public init() {}
    }
}
