import Kernel

/// The recorder of a test's world: it hears when the caller of the test speaks, and ends after silence as the real one does.
struct ScenarioRecorder {
    private var order: FlowRecording?
    /// What was recorded last, until something becomes of it.
    private var last: (order: FlowRecording, spoken: Duration)?
    private var began = Instant.zero
    private var speech: [(from: Instant, to: Instant)] = []
    private var count = 0
    /// When the recording ends by itself.
    private(set) var ends: Instant?

    /// How long the world takes to complete a file.
    private static let completion: Duration = .milliseconds(10)

    /// The caller speaks for so long from now on.
    mutating func speak(from now: Instant, for duration: Duration) {
        speech.append((now, now.advanced(by: duration)))
        rearm()
    }

    /// Whether the caller speaks from now until then.
    func hearsSpeech(from now: Instant, until then: Instant) -> Bool { speech.contains { $0.from <= now && then <= $0.to } }

    mutating func begin(_ order: FlowRecording, at now: Instant) {
        self.order = order
        began = now
        rearm()
    }

    mutating func stop(at now: Instant) {
        if order != nil { ends = now.advanced(by: Self.completion) }
    }

    /// The recording has come to its end.
    mutating func complete(at now: Instant) -> RecordingOutcome {
        let spoken = speech.reduce(Duration.zero) { sum, span in
            let (from, to) = (max(span.from, began), min(span.to, now))
            return from < to ? sum + from.duration(to: to) : sum
        }
        last = order.map { ($0, spoken) }
        (order, ends) = (nil, nil)
        count += 1
        return .complete(name: "recordings/\(count).wav", length: began.duration(to: now), spoken: spoken)
    }

    /// What was recorded last is kept or forgotten.
    mutating func dispose() { last = nil }

    /// The mailbox in which a message lies when the caller hangs up.
    mutating func mailboxLeft(at now: Instant) -> String? {
        if order != nil { _ = complete(at: now) }
        defer { last = nil }
        guard let last, case .message(let mailbox) = last.order.purpose, last.spoken > .zero, last.spoken >= last.order.atLeast else {
            return nil
        }
        return mailbox
    }

    private mutating func rearm() {
        guard let order else { return }
        ends = order.silence.map { (speech.map(\.to).filter { $0 > began }.max() ?? began).advanced(by: $0) }
    }
}
