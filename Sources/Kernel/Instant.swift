/// A moment on a node's monotonic clock, in nanoseconds since the node (or the simulation) began.
///
/// Pure cores never read a clock: every input brings its `Instant`.
public struct Instant: InstantProtocol, Hashable, Sendable {
    /// Nanoseconds since the beginning.
    public let nanoseconds: Int64

    /// The beginning of the clock.
    public static let zero = Instant(nanoseconds: 0)

    /// Makes a moment from nanoseconds since the beginning.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The moment `duration` later, at the end of the clock when there is none: a timer that far off never comes, rather than at once.
    public func advanced(by duration: Duration) -> Instant {
        let step = duration.wholeNanoseconds
        let (sum, overflow) = nanoseconds.addingReportingOverflow(step)
        return Instant(nanoseconds: overflow ? (step < 0 ? .min : .max) : sum)
    }

    /// The time from this moment to `other`; negative when `other` is earlier.
    public func duration(to other: Instant) -> Duration {
        let (difference, overflow) = other.nanoseconds.subtractingReportingOverflow(nanoseconds)
        return .nanoseconds(overflow ? (other < self ? .min : .max) : difference)
    }

    /// Orders moments by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// The duration in nanoseconds, saturating at about 292 years.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration in whole milliseconds, rounded towards zero.
    public var wholeMilliseconds: Int64 {
        wholeNanoseconds / 1_000_000
    }
}
