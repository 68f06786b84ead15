public import Kernel
public import SDP

/// What call control asks of the mixer, through which the parties of a conference, and of a call that is recorded or monitored, hear each other.
public enum MixerCommand: Equatable, Sendable {
    /// Open a port for a leg at an address that `near` can reach; answered by `opened` or `failed`. `hasPerson`: somebody is at the
    /// leg's device, and no application, so that music and tones are of use.
    case open(LegID, in: CallID, MixerRole, near: IPAddress?, hasPerson: Bool)
    /// The leg's media is settled.
    case connect(LegID, NegotiatedAudio)
    /// The leg takes part in another way from here on.
    case change(LegID, MixerRole)
    /// The leg's device pressed a key outside of its media: these legs are sent it in theirs, unless it came in the media, too.
    case key(LegID, DTMFKey, to: [LegID])
    /// Close the leg's port. The last one of a call takes its recording along.
    case close(LegID)
    /// Record a call, the voice of whoever has been in it longest left and all others' right; answered by `recording` or `recordingFailed`.
    case record(CallID)
    /// Leave out, or no longer leave out, what is said.
    case pause(CallID, Bool)
    /// End the recording.
    case stopRecording(CallID)
}

/// How a leg takes part in a mix.
public enum MixerRole: Sendable {
    /// It hears the others and is heard.
    case talker
    /// It hears the others and is not heard.
    case listener
    /// It holds: neither.
    case away
    /// It waits alone, and hears music.
    case waiting
}

/// A port of the mixer.
public struct MixerPort: Equatable, Sendable {
    /// Where it receives.
    public let address: TransportAddress
    /// Its keys, made for it alone, one a suite of SRTP, the suite that we like best first.
    public let keys: [SRTPKey]

    /// Makes a port.
    public init(address: TransportAddress, keys: [SRTPKey]) {
        self.address = address
        self.keys = keys
    }
}

/// What the mixer tells call control.
public enum MixerSignal: Equatable, Sendable {
    /// The port of a leg is open.
    case opened(LegID, MixerPort)
    /// There is no port for a leg.
    case failed(LegID)
    /// Nothing has come from the device of a leg for the time set, though it should send.
    case silent(LegID)
    /// A call is recorded, in the file of this name.
    case recording(CallID, file: String)
    /// A call cannot be recorded, for this reason.
    case recordingFailed(CallID, reason: String)
}
