import Foundation
import Simulation
import Testing

/// Nobody wrote these stories: the seed did. `make simulate SEED=n` shows what happened in one.
struct SimulationTests {
    /// Two hundred seeds of at least fifty calls each.
    @Test(
        "whatever people, applications, administrators and the network do, each call is accounted for and nothing is left",
        arguments: 1...200)
    func anything(seed: Int) {
        let report = Run.carryOut(seed: UInt64(seed))
        #expect(report.findings.isEmpty)
        #expect(report.calls >= 50)
    }

    /// In one process tables of equal content have equal orders; in another one they have not, so that a run that depends on one is found out.
    @Test("the same seed gives the same run, in another process as well")
    func determinism() throws {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
        let process = Process()
        process.executableURL = root.appendingPathComponent(".build/debug/simulate")
        process.arguments = ["--seeds", "8", "--fingerprints"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let here = (1...8).map { seed in
            let report = Run.carryOut(seed: UInt64(seed))
            return "seed \(seed): \(report.calls) calls, fingerprint \(report.fingerprint)"
        }
        let there = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(there.split(separator: "\n").prefix(8).map(String.init) == here)
    }
}
