/// When the next report is due (RFC 3550 section 6.2). A call has two members, so the least interval always rules.
public enum RTCPInterval {
    /// The least interval.
    public static let minimum = Duration.seconds(5)

    /// The time to the next report: the least interval, half of it before the first report, times a random factor from 0.5 to 1.5 so that
    /// many calls do not report in step.
    public static func next(isFirst: Bool, random: inout some RandomNumberGenerator) -> Duration {
        let base = (isFirst ? 2500 : 5000) * Int64(1_000_000)
        let thousandths = Int64(500 + random.next() % 1001)
        return .nanoseconds(base / 1000 * thousandths)
    }
}
