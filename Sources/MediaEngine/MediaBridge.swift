/// A bridge of a media engine: it mixes its members, each of whom hears all the others and not itself.
///
/// What there is to know to build on it:
///
/// - **Make** one with `engine.makeBridge(beside:)`, on the thread of a session that is to be in it; **open** more sessions there with
///   `engine.open(family:port:beside:)`. A session of another thread is refused with `notJoined`.
/// - **Join and leave** with the commands of a session: `.join(bridge, as: .talker)`, `.leave`. To join another bridge, or the same one in another
///   role, just join. A session that is closed leaves. At most `MediaBridge.maximumMembers`.
/// - **Roles**: a `talker` hears and is heard; a `listener` hears and is not heard, and nobody can tell that it is there (silent monitoring).
/// - **What a member hears**, in this order: what is played to it with `.play`; the others; its music (`.music(clip)`), when no other talker is
///   there; silence. A session outside any bridge is the same without the others: so *hold with music* is `.leave` and `.music(clip)`, and *retrieve*
///   is `.join` again. Music begins at its beginning when it is given, runs in a loop, and ends with `.music(nil)`.
/// - **Keys** of members are reported as ever and are not mixed as events; tones within the audio are audio.
/// - **Two sessions in a bridge** relay media between peers that cannot reach each other, whatever codec, packet time and address family each has.
/// - **Record** with the bridge's own commands: a stereo WAV, on the left the talker who has been there longest when the recording begins, on the
///   right everybody else. `bridgeRecorded` follows `.stopRecording`, `.close`, or a failure. What is said during a pause is left out.
/// - **Close** it with `.close`: its members stay sessions, outside any bridge.
public enum MediaBridge {
    /// The most members of a bridge.
    public static let maximumMembers = 32
    /// The most bridges of a media thread.
    public static let maximumPerThread = 1024
}

/// The name of a bridge.
public struct BridgeID: Hashable, Sendable {
    /// The number, made as that of a session is.
    public let rawValue: UInt64

    /// Makes an identifier.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a member is to its bridge.
public enum BridgeRole: Hashable, Sendable {
    /// Hears the others and is heard.
    case talker
    /// Hears the others and is not heard.
    case listener
}

/// What a bridge is told.
public enum BridgeCommand: Sendable {
    /// Record to a stereo WAV file; a recording that runs is ended first.
    case record(path: String)
    /// Leave out what comes from now on.
    case pauseRecording
    /// Record again.
    case resumeRecording
    /// End the recording; `bridgeRecorded` follows.
    case stopRecording
    /// Let all members go, end the recording, and end the bridge.
    case close
}
