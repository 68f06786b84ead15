import Testing

@testable import MediaEngine

struct LoadGaugeTests {
    @Test("a thread is full when it has worked most of the last second, and free again only with room to spare")
    func hysteresis() {
        var gauge = LoadGauge()
        // One phase that took long is nothing.
        gauge.note(20_000_000, of: 5_000_000)
        #expect(!gauge.isFull)
        for _ in 0..<2000 { gauge.note(4_400_000, of: 5_000_000) }
        #expect(!gauge.isFull)
        for _ in 0..<2000 { gauge.note(4_800_000, of: 5_000_000) }
        #expect(gauge.isFull)
        for _ in 0..<2000 { gauge.note(4_300_000, of: 5_000_000) }
        #expect(gauge.isFull)
        for _ in 0..<2000 { gauge.note(3_500_000, of: 5_000_000) }
        #expect(!gauge.isFull)
    }
}
