import CallControl
import Flow
import Kernel
import MediaEngine

// What callers hear in a loop when nothing else is heard.
extension AttendantMachine {
    mutating func music(_ leg: LegID, _ music: FlowMusic?, into outputs: inout [Output]) {
        stopMusic(leg, into: &outputs)
        guard let music, calls[leg] != nil else { return }
        let id = PreparationID(rawValue: number())
        legOfPreparation[id] = leg
        calls[leg]?.music = AttendedCall.Music(preparation: id, staysOn: music.staysOn)
        outputs.append(.prepare(id, [music.sound]))
    }

    /// Ends music before something plays that it does not go on behind.
    mutating func playingBegins(_ leg: LegID, into outputs: inout [Output]) {
        if calls[leg]?.music?.staysOn == false { stopMusic(leg, into: &outputs) }
    }

    mutating func stopMusic(_ leg: LegID, into outputs: inout [Output]) {
        guard let call = calls[leg], let music = call.music else { return }
        legOfPreparation[music.preparation] = nil
        calls[leg]?.music = nil
        if let session = call.session { outputs.append(.media(session, .music(nil))) }
    }
}
