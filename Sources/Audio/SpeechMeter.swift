/// How much somebody has spoken, and for how long it has been quiet since.
public struct SpeechReading: Equatable, Sendable {
    /// How long somebody spoke, in all.
    public var spoken: Duration
    /// How long nobody has spoken, up to now.
    public var quiet: Duration

    /// Makes a reading.
    public init(spoken: Duration, quiet: Duration) {
        self.spoken = spoken
        self.quiet = quiet
    }
}

/// Tells speech from silence by its energy, 20 ms at a time. What a line hums follows the quietest moments heard, so that a noisy line counts as silence
/// after some seconds.
public struct SpeechMeter: Sendable {
    private let frame: Int
    private var sum: Int64 = 0
    private var filled = 0
    /// The loudness of the line without speech, as root mean square.
    private var floor = 60.0
    private var loudInARow = 0
    private var spokenFrames = 0
    private var quietFrames = 0

    /// Fewer loud frames in a row are a click.
    private static let shortest = 3
    /// Speech is at least so loud (about -44 dB below full scale), and so much louder than the line.
    private static let faintest = 200.0
    private static let distance = 3.0
    /// How fast the floor rises in a frame, and between what; it falls at once.
    private static let rise = 1.01
    private static let lowestFloor = 30.0
    private static let highestFloor = 1500.0

    /// Begins with nothing heard, at so many samples a second.
    public init(rate: Int) {
        frame = max(rate / 50, 1)
    }

    /// What was heard so far.
    public var reading: SpeechReading {
        SpeechReading(spoken: .milliseconds(spokenFrames * 20), quiet: .milliseconds(quietFrames * 20))
    }

    /// Hears what comes next.
    public mutating func hear(_ samples: Span<Int16>) {
        for index in samples.indices {
            sum += Int64(samples[index]) * Int64(samples[index])
            filled += 1
            if filled == frame { endFrame() }
        }
    }

    private mutating func endFrame() {
        let level = (Double(sum) / Double(frame)).squareRoot()
        (sum, filled) = (0, 0)
        let isLoud = level > max(Self.faintest, Self.distance * floor)
        floor = min(max(level, Self.lowestFloor), floor * Self.rise, Self.highestFloor)
        loudInARow = isLoud ? loudInARow + 1 : 0
        if loudInARow < Self.shortest {
            quietFrames += 1
        } else {
            // What turned out to be no click was speech from its beginning.
            spokenFrames += loudInARow == Self.shortest ? Self.shortest : 1
            quietFrames = 0
        }
    }
}
