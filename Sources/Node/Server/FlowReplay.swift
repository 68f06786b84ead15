public import Flow
import Kernel
public import Stores

/// Plays what a real caller pressed through a flow, in virtual time, to see whether the call would end elsewhere.
public struct FlowReplay: Sendable {
    /// What came of a call.
    public enum Outcome: Equatable, Sendable {
        /// It would end as it did.
        case same
        /// It would end elsewhere: where it did, and where it would.
        case other(before: String, now: String)
        /// It cannot be replayed: why.
        case skipped(String)
    }

    private let flow: Flow

    /// Keys that follow each other more slowly are pressed after so long: in virtual time prompts are short.
    private static let longestPause: Duration = .seconds(2)

    /// Makes a replay through a flow.
    public init(_ flow: Flow) { self.flow = flow }

    /// Plays a call.
    ///
    /// - Parameter customer: The record of the caller in the customer store, if there is one.
    public func play(_ record: CallRecord, customer: [String: String]?) -> Outcome {
        guard let end = ScenarioEnd(record.end) else { return .skipped("it ended in a way that cannot be compared: \(record.end)") }
        var moments: [Scenario.Moment] = []
        var last = 0.0
        for event in record.events where event.what == .pressed {
            guard let key = event.text.first.flatMap({ DTMFKey($0) }) else { return .skipped("keys were secret") }
            moments += [.wait(min(.seconds(event.at - last), FlowReplay.longestPause)), .press([key])]
            last = event.at
        }
        if end == .callerHungUp { moments += [.wait(min(.seconds(record.seconds - last), FlowReplay.longestPause)), .hangUp] }
        var world = ScenarioWorld()
        world.caller = record.caller
        world.at = flow.localTime(at: record.began)
        if let customer { world.stores["customer"] = .records([record.caller: customer]) }
        world.answers = FlowReplay.answers(record)
        var scenario = Scenario(silentCallerIn: world)
        scenario.moments = moments
        let found = ScenarioRun.play(scenario, of: flow).end
        if found == end { return .same }
        return .other(before: end.description, now: found?.description ?? "goes on")
    }

    /// Which numbers did not take the call.
    private static func answers(_ record: CallRecord) -> [String: FlowOutcome] {
        var answers: [String: FlowOutcome] = [:]
        var number = ""
        for event in record.events where event.what == .note {
            if event.text.hasPrefix("redirecting to ") {
                number = String(event.text.dropFirst("redirecting to ".count))
            } else if event.text.hasPrefix("redirect did not succeed: ") {
                answers[number] = FlowOutcome(rawValue: String(event.text.dropFirst("redirect did not succeed: ".count)))
            }
        }
        return answers
    }
}
