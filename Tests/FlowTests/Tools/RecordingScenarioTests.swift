import Flow
import StrictYAML
import Testing

private let complaint = """
    start:
      - answer
      - record: { into: complaint, prompt: tell-us, silence: 4s, no-input: silent, failed: broken }
      - play: thanks
      - hangup
    silent:
      - hangup: declined
    broken:
      - hangup: unavailable
    """

@Suite struct RecordingScenarioTests {
    @Test(arguments: [
        "call: [hear: beep, wait: 2s, speak: 5s, wait: 3s, wait: 2s, hear: thanks], ends: hangup",
        "call: [hear: beep, speak: 6s, press: \"#\", hear: thanks], ends: hangup",
        "call: [hear: beep], ends: hangup declined",
        "call: [speak: 2s, hear: beep], ends: hangup declined",
        "recorder: down, call: [hear: beep, speak: 6s], ends: hangup unavailable",
    ])
    func `the caller of a test can speak, and is recorded until silence or a key`(test: String) throws {
        let (file, found) = ScenarioFile.read(bytes: Array("flow: t.yaml\ntests: { t: { \(test) } }\n".utf8), file: "tests.yaml")
        let scenario = try #require(file?.scenarios.first, "\(found.map(\.rendered))")
        #expect(ScenarioRun.play(scenario, of: try flow(complaint)).problems == [])
    }
}
