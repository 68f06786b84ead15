import Kernel
import StrictYAML

/// `park`: the caller waits at a park number, where anybody takes up the call by dialling it. Nobody does within the time of the park numbers: the call
/// comes back and goes on.
struct Park: FlowVerb {
    static let name = "park"
    static let keys = ["park": ["at", "taken", "failed"]]

    /// `nil` for any free number.
    var number: Template?
    var taken: Int?
    var failed: Int?
    var endsStep: Bool { true }
    var needsAnswer: Bool { true }
    var ways: [Way] { [Way(taken, .free, "taken"), Way(failed, .free, "failed")].compactMap { $0 } }

    static func read(_ source: ActionSource) -> Park? {
        if source.verb.value.isNothing { return Park() }
        if source.verb.value.mapping == nil { return source.required(source.compiler.template).map { Park(number: $0) } }
        guard let reader = source.group() else { return nil }
        let park = Park(
            number: reader.optional("at", as: source.compiler.template), taken: reader.optional("taken", as: source.compiler.step),
            failed: reader.optional("failed", as: source.compiler.step))
        reader.finish()
        return park
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.forgetTypedAhead()
        run.begin(.park(at: number?.render(in: run)), into: &outputs)
        return .wait(ParkingCall(park: self, deadline: run.now.advanced(by: .seconds(10))))
    }
}

private struct ParkingCall: FlowActivity {
    let park: Park
    let deadline: Instant

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .task(_, .ended(.busy, _, let reason)):
            (park.taken ?? park.failed).map { .go($0) } ?? .failed(.busy, "parking: \(reason)")
        case .task(_, .ended(let outcome, _, let reason)): park.failed.map { .go($0) } ?? .failed(outcome, "parking: \(reason)")
        case .deadline: park.failed.map { .go($0) } ?? .failed(.timedOut, "the call could not be parked in time")
        default: .stay
        }
    }
}
