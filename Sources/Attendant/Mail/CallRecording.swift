import Audio
import Flow
import Kernel

/// A recording of a caller that a flow asked for.
struct CallRecording: Sendable {
    /// How far it has come.
    enum State: Sendable {
        /// A file is being opened.
        case opening
        /// The caller is recorded.
        case running(VoiceFile)
        /// The file is being completed.
        case ending(VoiceFile)
        /// It can be kept or forgotten.
        case complete(VoiceFile, length: Duration)
    }

    let order: FlowRecording
    var state: State = .opening
    /// How much was spoken so far.
    var reading = SpeechReading(spoken: .zero, quiet: .zero)

    /// Its file, once there is one.
    var file: VoiceFile? {
        switch state {
        case .opening: nil
        case .running(let file), .ending(let file), .complete(let file, _): file
        }
    }

    /// Whether the caller has said so little that nothing needs to be kept.
    var isTooShort: Bool { reading.spoken < order.atLeast || reading.spoken <= .zero }

    /// Whether it is time to end it.
    var isQuietForLong: Bool {
        guard case .running = state, let silence = order.silence else { return false }
        return reading.quiet >= silence
    }
}
