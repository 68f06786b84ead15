/// Who or what answered a call that we placed.
public enum Answerer: String, Equatable, Sendable {
    /// Somebody said a word or two and waits.
    case human
    /// Somebody speaks on and on, as greetings of answering machines do.
    case machine
    /// Nobody says anything.
    case silence
}

/// Tells from the timing of what is said first whether a human or a machine answered, and hears the beep after which a machine records.
///
/// A human says “hello?” and waits; a machine tells a sentence or more. That is a guess: of humans who answer with a sentence some are taken for machines.
public struct AnswerDetector: Sendable {
    /// What is found.
    public enum Finding: Equatable, Sendable {
        /// Who answered; found once.
        case answered(by: Answerer)
        /// A beep has ended, and nothing follows it so far.
        case beep
    }

    /// The times by which it decides, from the answer on.
    public struct Timing: Equatable, Sendable {
        /// Whoever says nothing for so long is nobody.
        public var longestSilence = Duration.seconds(4)
        /// Whoever is quiet for so long has finished.
        public var pause = Duration.milliseconds(800)
        /// A greeting that lasts so long, its short pauses included, is a machine's.
        public var longGreeting = Duration.milliseconds(2400)

        /// Makes the defaults.
        public init() {}
    }

    /// The rate at which it hears, in samples a second.
    public static let rate = 8000
    private static let frame = rate / 50

    private let timing: Timing
    private var meter = SpeechMeter(rate: rate)
    private var beeps = BeepDetector()
    private var elapsed = Duration.zero
    private var began: Duration?
    private var isDecided = false
    /// The frame that is being filled.
    private var samples: [160 of Int16] = .init(repeating: 0)
    private var filled = 0

    /// Begins at the answer.
    public init(timing: Timing = Timing()) { self.timing = timing }

    /// Hears what comes next, and hands what it finds to `report`.
    public mutating func hear(_ next: Span<Int16>, report: (Finding) -> Void) {
        for index in next.indices {
            samples[filled] = next[index]
            filled += 1
            guard filled == AnswerDetector.frame else { continue }
            filled = 0
            if let answerer = decide() { report(.answered(by: answerer)) }
            if beeps.hears(samples) { report(.beep) }
        }
    }

    /// Hears a frame; who answered, if that is clear with it.
    private mutating func decide() -> Answerer? {
        elapsed += .milliseconds(20)
        guard !isDecided else { return nil }
        meter.hear(samples.span)
        let reading = meter.reading
        if began == nil, reading.spoken > .zero { began = elapsed - reading.spoken }
        let answerer: Answerer? =
            if let began {
                if elapsed - reading.quiet - began >= timing.longGreeting {
                    .machine
                } else {
                    reading.quiet >= timing.pause ? .human : nil
                }
            } else {
                elapsed >= timing.longestSilence ? .silence : nil
            }
        isDecided = answerer != nil
        return answerer
    }
}
