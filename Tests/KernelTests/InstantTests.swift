import Kernel
import Testing

struct InstantTests {
    @Test("time is added and measured in nanoseconds")
    func arithmetic() {
        let later = Instant.zero.advanced(by: .milliseconds(1500))
        #expect(later.nanoseconds == 1_500_000_000)
        #expect(Instant.zero.duration(to: later) == .milliseconds(1500))
        #expect(later.duration(to: .zero) == .milliseconds(-1500))
        #expect(Instant.zero < later)
    }

    @Test("a moment beyond the end of the clock is its end, not the past")
    func saturation() {
        let late = Instant(nanoseconds: .max - 5)
        #expect(late.advanced(by: .seconds(1)).nanoseconds == .max)
        #expect(Instant(nanoseconds: 5).advanced(by: .seconds(Int64.max)).nanoseconds == .max)
        #expect(Instant(nanoseconds: .min + 5).advanced(by: .seconds(-1)).nanoseconds == .min)
        #expect(Instant(nanoseconds: .min).duration(to: Instant(nanoseconds: .max)) == .nanoseconds(Int64.max))
        #expect(Instant(nanoseconds: .max).duration(to: Instant(nanoseconds: .min)) == .nanoseconds(Int64.min))
    }

    @Test(
        "a duration in whole units is rounded towards zero and saturates",
        arguments: [
            (Duration.nanoseconds(1), Int64(1), Int64(0)), (.microseconds(1999), 1_999_000, 1),
            (.milliseconds(-1500), -1_500_000_000, -1500),
            (.seconds(Int64.max), .max, Int64.max / 1_000_000), (.seconds(Int64.min), .min, Int64.min / 1_000_000), (.zero, 0, 0),
        ])
    func wholeUnits(duration: Duration, nanoseconds: Int64, milliseconds: Int64) {
        #expect(duration.wholeNanoseconds == nanoseconds)
        #expect(duration.wholeMilliseconds == milliseconds)
    }
}
