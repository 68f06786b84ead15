import Kernel
import StrictYAML

/// `answer`: the caller hears us from here on.
struct Answer: FlowVerb {
    static let name = "answer"
    var answers: Bool { true }

    static func read(_ source: ActionSource) -> Answer? {
        source.expectNothing()
        return Answer()
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard !run.isAnswered else { return .onward }
        outputs.append(.answer)
        return .wait(CallSetUp(deadline: run.now.advanced(by: .seconds(15)), answers: true))
    }
}

/// `accept`: the caller hears ringing.
struct Accept: FlowVerb {
    static let name = "accept"

    static func read(_ source: ActionSource) -> Accept? {
        source.expectNothing()
        return Accept()
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard !run.isAnswered else { return .onward }
        outputs.append(.accept)
        return .wait(CallSetUp(deadline: run.now.advanced(by: .seconds(5)), answers: false))
    }
}

/// The wait for an accept or answer.
private struct CallSetUp: FlowActivity {
    let deadline: Instant
    let answers: Bool

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .done:
            if answers { run.isAnswered = true }
            return .onward
        case .failed(let reason): return .failed(.failed, "the call could not be \(answers ? "answered" : "accepted"): \(reason)")
        case .deadline: return .failed(.timedOut, "the call could not be \(answers ? "answered" : "accepted") in time")
        default: return .stay
        }
    }
}

/// `reject`: refuses the call, with a cause.
struct Reject: FlowVerb {
    static let name = "reject"
    let cause: FlowCause
    var endsStep: Bool { true }

    static func read(_ source: ActionSource) -> Reject? {
        source.cause(default: .declined).map { Reject(cause: $0) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        // An answered call can only be hung up.
        outputs.append(run.isAnswered ? .hangup(cause) : .reject(cause))
        return .over
    }
}

/// `hangup`: ends the call, with a cause.
struct Hangup: FlowVerb {
    static let name = "hangup"
    let cause: FlowCause
    var endsStep: Bool { true }

    static func read(_ source: ActionSource) -> Hangup? {
        source.cause(default: .normal).map { Hangup(cause: $0) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.hangup(cause))
        return .over
    }
}

extension ActionSource {
    fileprivate func cause(default value: FlowCause) -> FlowCause? {
        if verb.value.isNothing { return value }
        return YAMLValue.word(FlowCause.allCases.map(\.rawValue)).read(verb.value, problems).flatMap { FlowCause(rawValue: $0) }
    }
}
