import Audio
import CallControl
import Flow
import Kernel
import MediaEngine

// Recordings of callers: from the order of a flow to the file, also when the caller hangs up meanwhile.
extension AttendantMachine {
    mutating func record(_ leg: LegID, _ order: FlowRecording, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg], call.session != nil else {
            return tell(leg, .recorded(.failed("the caller is not heard")), at: now, into: &outputs)
        }
        // What was recorded before and not discarded is wanted.
        leaveRecording(leg, of: call, into: &outputs)
        calls[leg]?.recording = CallRecording(order: order)
        outputs.append(.openRecording(leg, call.call, order.purpose))
    }

    mutating func recordingOpened(
        _ leg: LegID, _ result: Result<VoiceFile, VoiceFailure>, at now: Instant, into outputs: inout [Output]
    ) {
        guard let call = calls[leg], let session = call.session, case .opening = call.recording?.state else {
            if case .success(let file) = result { outputs.append(.dropRecording(file)) }
            return
        }
        switch result {
        case .success(let file):
            calls[leg]?.recording?.state = .running(file)
            outputs.append(.media(session, .evenOut(true)))
            outputs.append(.media(session, .record(path: file.path)))
        case .failure(let failure):
            calls[leg]?.recording = nil
            outputs.append(.trouble("A caller is not recorded: \(failure)"))
            tell(leg, .recorded(.failed("\(failure)")), at: now, into: &outputs)
        }
    }

    mutating func stopRecording(_ leg: LegID, at now: Instant, into outputs: inout [Output]) {
        guard let call = calls[leg], let session = call.session else { return }
        switch call.recording?.state {
        case .opening:
            calls[leg]?.recording = nil
            tell(leg, .recorded(.failed("no file was open yet")), at: now, into: &outputs)
        case .running(let file):
            calls[leg]?.recording?.state = .ending(file)
            outputs.append(.media(session, .stopRecording))
        case .ending, .complete, nil: break
        }
    }

    mutating func discardRecording(_ leg: LegID, into outputs: inout [Output]) {
        if case .complete(let file, _)? = calls[leg]?.recording?.state { outputs.append(.dropRecording(file)) }
        calls[leg]?.recording = nil
    }

    /// A second of a recording was heard.
    mutating func heard(_ session: MediaSessionID, _ reading: SpeechReading, at now: Instant, into outputs: inout [Output]) {
        leftRecordings[session]?.recording.reading = reading
        guard let leg = legOfMedia[session] else { return }
        calls[leg]?.recording?.reading = reading
        if calls[leg]?.recording?.isQuietForLong == true { stopRecording(leg, at: now, into: &outputs) }
    }

    /// A recording is complete; of a caller who is gone, perhaps.
    mutating func recorded(
        _ session: MediaSessionID, _ path: String, _ result: Result<Duration, MediaFailure>, at now: Instant, into outputs: inout [Output]
    ) {
        if var left = leftRecordings[session], left.recording.file?.path == path {
            leftRecordings[session] = nil
            guard left.complete(result, into: &outputs) else { return }
            return settle(left, into: &outputs)
        }
        guard let leg = legOfMedia[session], let recording = calls[leg]?.recording, recording.file?.path == path else { return }
        switch (recording.state, result) {
        case (.running(let file), .success(let length)), (.ending(let file), .success(let length)):
            calls[leg]?.recording?.state = .complete(file, length: length)
            let spoken = recording.reading.spoken
            tell(leg, .recorded(.complete(name: file.name, length: length, spoken: spoken)), at: now, into: &outputs)
        case (.running(let file), .failure(let failure)), (.ending(let file), .failure(let failure)):
            calls[leg]?.recording = nil
            outputs.append(.dropRecording(file))
            outputs.append(.trouble("A caller is not recorded: \(failure)"))
            tell(leg, .recorded(.failed("\(failure)")), at: now, into: &outputs)
        case (.opening, _), (.complete, _): break
        }
    }

    /// The caller is gone: what was said counts as if it had been confirmed.
    mutating func leaveRecording(_ leg: LegID, of call: AttendedCall, into outputs: inout [Output]) {
        guard let recording = call.recording else { return }
        let left = LeftRecording(leg: leg, recording: recording, setUp: call.setUp)
        switch recording.state {
        case .opening: break
        case .running, .ending: if let session = call.session { leftRecordings[session] = left }
        case .complete: settle(left, into: &outputs)
        }
    }
}

/// A recording whose caller is gone.
struct LeftRecording: Sendable {
    let leg: LegID
    var recording: CallRecording
    let setUp: SetUp

    /// Takes the end of the file; whether there is one to keep.
    fileprivate mutating func complete(_ result: Result<Duration, MediaFailure>, into outputs: inout [AttendantMachine.Output]) -> Bool {
        switch (recording.state, result) {
        case (.running(let file), .success(let length)), (.ending(let file), .success(let length)):
            recording.state = .complete(file, length: length)
            return true
        case (.running(let file), .failure(let failure)), (.ending(let file), .failure(let failure)):
            outputs.append(.dropRecording(file))
            outputs.append(.trouble("A caller is not recorded: \(failure)"))
            return false
        case (.opening, _), (.complete, _): return false
        }
    }
}
