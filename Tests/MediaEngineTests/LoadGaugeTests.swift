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

    @Test(
        "a full thread shares with the idlest, so that both have the same afterwards, unless all are busy themselves",
        arguments: [
            ([0.95, 0.15], 1, 0.4 / 0.95), ([0.95, 0.5, 0.25], 2, 0.35 / 0.95), ([0.95, 0.75], nil, 0), ([0.95], nil, 0),
        ] as [([Double], Int?, Double)])
    func relief(loads: [Double], thread: Int?, share: Double) {
        let relief = LoadGauge.relief(of: 0, among: loads)
        #expect(relief?.thread == thread)
        #expect(abs((relief?.share ?? 0) - share) < 1e-9)
    }
}
