import Flow
import Kernel
import MediaEngine
import Stores

/// What has happened in a call so far.
struct CallHistory: Sendable {
    private let start: Instant
    private(set) var record: CallRecord
    private var redirect = ""

    init(_ record: CallRecord, at now: Instant) {
        self.record = record
        start = now
    }

    private func seconds(_ now: Instant) -> Double { Double(start.duration(to: now).wholeMilliseconds) / 1000 }

    mutating func add(_ what: CallRecord.Kind, _ text: String, at now: Instant) { record.add(what, text, at: seconds(now)) }

    /// Takes what a command of the run tells about the call.
    mutating func note(_ command: FlowCommand, at now: Instant) {
        switch command {
        case .entered(let step): add(.step, step, at: now)
        case .began(let action): add(.action, action, at: now)
        case .pressed(let key): add(.pressed, key?.description ?? "•", at: now)
        case .play(let utterances): add(.heard, utterances.map(\.words).joined(separator: ", "), at: now)
        case .count(let counter, let amount): add(.note, "count \(counter) \(amount)", at: now)
        case .begin(_, let task): add(.note, task.summary, at: now)
        case .redirect(let redirect): self.redirect = redirect.to
        case .hangup(let cause): record.end = ScenarioEnd.hangup(cause).description
        case .reject(let cause): record.end = ScenarioEnd.reject(cause).description
        case .finished(.redirected): record.end = ScenarioEnd.redirect(redirect).description
        case .finished: record.end = ScenarioEnd.callerHungUp.description
        case .music(let music): add(.note, music.map { "music \($0.sound.words)" } ?? "music ends", at: now)
        case .record: add(.note, "recording", at: now)
        case .mailbox(let request): add(.note, "mailbox: \(request.told)", at: now)
        case .enterQueue, .leaveQueue: break
        case .callBack(let order): add(.note, "a call to \(order.number) is to be promised", at: now)
        case .setAgent(let state): add(.note, "agent \(state)", at: now)
        case .accept, .answer, .stopPlaying, .listen, .lookUp, .end, .log, .stopRecording, .discardRecording: break
        }
    }

    /// The call is refused without the flow.
    mutating func refuse() { record.end = ScenarioEnd.reject(.busy).description }

    /// The call is ended without the flow.
    mutating func hangUp() { record.end = ScenarioEnd.hangup(.normal).description }

    /// Somebody may take the call at a number.
    mutating func sendTo(_ number: String) { redirect = number }

    /// The record of the call, which is over.
    func ended(at now: Instant) -> CallRecord {
        var record = record
        record.seconds = seconds(now)
        return record
    }
}

extension CallRecord.Media {
    init(_ statistics: MediaStatistics) {
        self.init(
            received: statistics.received, lost: UInt64(clamping: statistics.lost), jitter: statistics.jitterMilliseconds,
            roundTrip: statistics.roundTripMilliseconds, score: statistics.meanOpinionScore,
            dropped: statistics.dropped > 0 ? statistics.dropped : nil,
            atCaller: statistics.atPeer.map { Reception(lost: UInt64(clamping: $0.lost), jitter: $0.jitterMilliseconds) })
    }
}
