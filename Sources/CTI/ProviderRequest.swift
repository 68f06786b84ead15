public import CallControl
public import Kernel
public import SDP

/// An application's connection to a CTIManager. The driver names it, and never uses a name twice.
public struct ApplicationID: Hashable, Sendable, Comparable {
    /// The number of the connection.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders connections by age.
    public static func < (left: ApplicationID, right: ApplicationID) -> Bool { left.rawValue < right.rawValue }
}

/// The name an application gives to a request, answered with the same one.
public struct RequestID: Hashable, Sendable {
    /// The number of the request, chosen by the application.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What an application asks of the CTIManager (JTAPI 1.4 and ECMA-269 services). A connection is named by its leg.
public enum ProviderRequest: Equatable, Sendable {
    /// Opens the provider. Everything else is refused before. The heartbeat interval is clamped to the service parameters; an application that
    /// asks for none is not watched, and counts as failed only when its connection is gone.
    case openProvider(user: String, password: String, heartbeat: Duration?)
    /// Closes the provider; calls on its devices are treated as if the application had failed.
    case closeProvider
    /// Says that the application is alive.
    case heartbeat
    /// Opens a device: its events arrive from here on.
    case openDevice(DeviceName)
    /// Closes a device.
    case closeDevice(DeviceName)
    /// Registers how the application terminates media on a CTI port or route point. From here on it takes calls.
    case registerMedia(DeviceName, MediaRegistration)
    /// Withdraws the registration.
    case unregisterMedia(DeviceName)
    /// AcceptCall: the call is taken note of, and the caller hears ringing.
    case accept(LegID)
    /// AnswerCall. On a device with dynamic media the reply comes after `setMedia`. A phone that rings is asked to take the call; `established`
    /// tells that it did.
    case answer(LegID)
    /// Rejects a call that is not answered.
    case reject(LegID, Cause)
    /// DeflectCall: sends the call elsewhere, before or after the answer. There is one reply. A supervised redirect is `done` when the destination
    /// has answered, a blind one when the number can be reached; a supervised one that fails later is refused with
    /// `callControl(.destinationFailed)`, and the call is the application's as before.
    case redirect(LegID, Redirect)
    /// HoldCall.
    case hold(LegID)
    /// RetrieveCall.
    case retrieve(LegID)
    /// ClearConnection.
    case drop(LegID, Cause)
    /// Gives the address for a call on a device with dynamic media, after `mediaAddressNeeded`.
    case setMedia(LegID, TransportAddress)
    /// MakeCall from a line of an opened device. Dialling a park number takes up the call that waits there.
    case makeCall(DeviceName, line: DirectoryNumber, to: DirectoryNumber, data: CallData, Origination = Origination())
    /// ConsultationCall: holds the call and makes another one from the same line.
    case consult(LegID, to: DirectoryNumber, data: CallData, Origination = Origination())
    /// TransferCall: the other parties of two calls of one device talk to each other. The second may still ring.
    case transfer(LegID, with: LegID)
    /// ConferenceCall: the parties of two calls of one device come together with it; its connection in the first call ends.
    case conference(LegID, with: LegID)
    /// SingleStepConferenceCall: calls an opened device into the call, to talk, or to listen silently, which needs the group for monitoring.
    case join(LegID, DeviceName, line: DirectoryNumber, MixerRole)
    /// Begins, pauses, goes on with or ends the recording of the call, which needs the group for recording.
    case record(LegID, RecordingStep)
    /// Takes over a call that another device of a shared line holds; both devices are open.
    case takeOver(LegID, by: DeviceName)
    /// RouteSelect: the numbers to which a call is to go that asked by `routeRequest` or `reRoute`, tried one after the other.
    case routeSelect(LegID, [DirectoryNumber])
    /// RouteEnd: the call is left to the line's treatment of failures.
    case routeEnd(LegID)
    /// ParkCall: the other party waits at the park number, or at a free one.
    case park(LegID, at: DirectoryNumber?)
    /// MonitorStart and MonitorStop on all park numbers: whether `parked` and `unparked` are told of every call.
    case monitorParks(Bool)
    /// Puts entries into the data that travels with the call.
    case attach(LegID, CallData)
    /// Set Message Waiting Indicator (ECMA-269; JTAPI `setMessageWaiting`): the phones of a line that an opened device may dial show how many messages wait.
    case setMessageWaiting(DeviceName, DirectoryNumber, MessageSummary)
    /// SnapshotDevice: the calls that exist on a device.
    case snapshot(DeviceName)
    /// GetAgentState for every agent of whose line the application controls a phone.
    case agentStates
    /// MonitorStart and MonitorStop on those agents: whether `agentState` is told of every change.
    case monitorAgents(Bool)
    /// SetAgentState: what an agent asks for. It ends wrap-up; a call goes on.
    case setAgentState(AgentID, AgentWish)
    /// Keeps a ready agent for a call that is on its way, for at most `within` (and five minutes). When a call on the agent's line has begun and
    /// ended, the agent has `wrapUp`.
    case reserveAgent(AgentID, wrapUp: Duration, within: Duration)
    /// Gives back an agent whom this application keeps; of others, nothing changes.
    case releaseAgent(AgentID)
}

/// How an application terminates media on a device.
public enum MediaRegistration: Equatable, Sendable {
    /// Not at all: calls are only routed.
    case none
    /// Not at all: each call asks the application where it is to go, by `routeRequest` (CSTA RouteRegister). Of several applications the first is asked.
    case routing
    /// One address for every call.
    case fixed(TransportAddress, MediaCapabilities)
    /// Asked call by call.
    case dynamic(MediaCapabilities)
}

/// What a request that succeeded brought.
public enum ProviderReply: Equatable, Sendable {
    /// It is done.
    case done
    /// The provider is open, with the heartbeat interval that the server settled on.
    case opened(heartbeat: Duration)
    /// A call is being made, with this leg for the device that asked.
    case made(CallID, LegID)
    /// The calls on a device.
    case calls([CallSnapshot])
    /// The call waits at this park number.
    case parked(at: DirectoryNumber)
    /// The call is recorded, in the server's file of this name.
    case recording(file: String)
    /// The agents that the application may see.
    case agents([AgentSnapshot])
}

/// A call on a device as it stands.
public struct CallSnapshot: Equatable, Sendable {
    /// The call.
    public var call: CallID
    /// The device's leg.
    public var leg: LegID
    /// The state of the leg.
    public var state: LegState
    /// Of a call that nobody answered: its place among those of the line, of which 1 waits longest.
    public var position: Int?

    /// Makes a snapshot.
    public init(call: CallID, leg: LegID, state: LegState, position: Int? = nil) {
        self.call = call
        self.leg = leg
        self.state = state
        self.position = position
    }
}

/// Why the CTIManager refuses a request. Each names whom and what it concerns.
public enum Refusal: Error, Equatable, Sendable {
    /// The provider is not open.
    case providerNotOpen
    /// The provider is open already.
    case providerAlreadyOpen(user: String)
    /// No such user, or the wrong password; which of the two is not told.
    case badCredentials(user: String)
    /// Wrong passwords came from the same address too often; for a while none is looked at.
    case tooManyFailures(user: String)
    /// The user is not in a group that the request needs; for which device, if it concerns one.
    case missingGroup(user: String, AccessGroup, device: DeviceName? = nil)
    /// The connection is plain, and the user's group demands TLS.
    case secureConnectionRequired(user: String)
    /// There is no such device.
    case noSuchDevice(DeviceName)
    /// The device is not among the user's controlled devices.
    case deviceNotControlled(user: String, DeviceName)
    /// The application has not opened the device.
    case deviceNotOpen(DeviceName)
    /// A device of this kind cannot do that.
    case wrongDeviceKind(DeviceName, Device.Kind)
    /// Another application registered the device with other media.
    case registrationConflict(DeviceName, user: String)
    /// The call needs media, and the device is registered without or not at all.
    case mediaNotRegistered(DeviceName)
    /// There is no such call on a device of this application.
    case noSuchCall(LegID)
    /// Call control refused.
    case callControl(CallRequestFailure)
    /// A limit is reached: which one, and how high it is.
    case limitReached(String, Int)
    /// There is no such agent.
    case noSuchAgent(AgentID)
    /// No phone of the agent's line is among the user's controlled devices.
    case agentNotControlled(user: String, AgentID)
    /// The agent takes no call in this state.
    case agentNotReady(AgentID, AgentState)
}

/// The access control groups of `CTI.md`.
public enum AccessGroup: String, Sendable, CaseIterable {
    /// May connect at all.
    case enabled = "Standard CTI Enabled"
    /// May control any CTI-controllable device.
    case controlAllDevices = "Standard CTI Allow Control of All Devices"
    /// May monitor calls silently.
    case callMonitoring = "Standard CTI Allow Call Monitoring"
    /// Is notified of park and unpark.
    case parkMonitoring = "Standard CTI Allow Call Park Monitoring"
    /// May record calls.
    case callRecording = "Standard CTI Allow Call Recording"
    /// May change the calling number of a call.
    case callingNumberModification = "Standard CTI Allow Calling Number Modification"
    /// May receive SRTP keys.
    case srtpKeys = "Standard CTI Allow Reception of SRTP Key Material"
    /// Must connect with TLS.
    case secureConnection = "Standard CTI Secure Connection"
}
