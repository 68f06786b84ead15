import Audio
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine

// How a flow's call is hung up.
extension AttendantMachine {
    /// How long at least a caller hears why the call ends.
    private static let farewell: Duration = .seconds(3)

    /// Ends a call. Whoever hears us hears the tone of the cause first: in an answered call the cause itself reaches nobody's ear.
    mutating func hangUp(_ leg: LegID, _ cause: FlowCause, at now: Instant, into outputs: inout [Output]) {
        guard let tone = configuration.farewells[cause], let call = calls[leg], call.phase == .talking, let session = call.session else {
            ask(.drop(leg, cause.q850), .ignored, into: &outputs)
            return
        }
        stopMusic(leg, into: &outputs)
        stopPlaying(leg, into: &outputs)
        let periods = max(1, Int((AttendantMachine.farewell / tone.duration).rounded(.up)))
        outputs.append(.media(session, .play(PlayID(number()), Array(repeating: tone, count: periods))))
        calls[leg]?.phase = .hangingUp(cause, at: now.advanced(by: tone.duration * periods))
    }
}

extension FlowCause {
    /// The cause in call control's terms.
    var q850: Cause {
        switch self {
        case .normal: .normalClearing
        case .busy: .userBusy
        case .declined: .rejected
        case .unavailable: .subscriberAbsent
        }
    }
}
