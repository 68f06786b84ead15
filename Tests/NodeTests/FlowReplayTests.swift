import Flow
import Stores
import Testing

@testable import Node

struct FlowReplayTests {
    private static func flow(_ key: Int) throws -> Flow {
        let text = """
            flow: Main
            lines: [5000]
            language: en-US
            steps:
              a:
                - answer
                - play: welcome
                - menu: { prompt: choose, keys: { \(key): sales }, no-input: { attempts: 1, go: b }, no-match: { attempts: 1, go: b } }
              sales:
                - redirect: { to: 2001, busy: b, no-answer: b, unreachable: b, failed: b }
              b:
                - hangup
            """
        return try #require(FlowChecker.check(text: text, file: "main.yaml").flow)
    }

    private static func record(_ end: String, keys: [(String, Double)], notes: [String] = []) -> CallRecord {
        var record = CallRecord(call: 1, began: 1_795_431_600, caller: "+4930111", called: "5000", flow: "Main", version: "x")
        for (key, at) in keys { record.add(.pressed, key, at: at) }
        for note in notes { record.add(.note, note, at: 30) }
        record.end = end
        record.seconds = 40
        return record
    }

    @Test(arguments: [(1, FlowReplay.Outcome.same), (2, .other(before: "redirect 2001", now: "hangup"))])
    func `a call whose key leads elsewhere by now is told with both ends`(key: Int, outcome: FlowReplay.Outcome) throws {
        let record = FlowReplayTests.record("redirect 2001", keys: [("1", 9.5)])
        #expect(FlowReplay(try FlowReplayTests.flow(key)).play(record, customer: nil) == outcome)
    }

    @Test func `an agent who was busy is busy again, and who hung up hangs up again`() throws {
        let replay = FlowReplay(try FlowReplayTests.flow(1))
        let busy = FlowReplayTests.record(
            "hangup", keys: [("1", 3)], notes: ["redirecting to 2001", "redirect did not succeed: busy"])
        #expect(replay.play(busy, customer: nil) == .same)
        #expect(replay.play(FlowReplayTests.record("caller hangs up", keys: []), customer: nil) == .same)
    }

    @Test func `a call with secret keys is left out`() throws {
        let outcome = FlowReplay(try FlowReplayTests.flow(1)).play(FlowReplayTests.record("hangup", keys: [("•", 3)]), customer: nil)
        #expect(outcome == .skipped("keys were secret"))
    }
}
