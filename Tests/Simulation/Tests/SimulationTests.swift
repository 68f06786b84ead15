import Simulation
import Testing

/// Nobody wrote these stories: the seed did. `make simulate SEED=n` shows what happened in one.
struct SimulationTests {
    @Test(
        "whatever people, applications, administrators and the network do, every call is accounted for and nothing is left",
        arguments: UInt64(1)...200)
    func anything(seed: UInt64) {
        let report = Run.carryOut(seed: seed)
        #expect(report.findings.isEmpty)
        #expect(report.calls >= 50)
    }

    @Test("the same seed gives the same run", arguments: [3, 77, 140] as [UInt64])
    func determinism(seed: UInt64) {
        let reports = (0..<2).map { _ in Run.carryOut(seed: seed) }
        #expect(reports[0].fingerprint == reports[1].fingerprint)
    }
}
