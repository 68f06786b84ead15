// Flows that call flows.
extension FlowRun {
    /// No more flows than this wait for each other.
    static let deepestCalls = 8

    /// What waits while a called flow runs.
    struct Caller: Sendable {
        let flow: Flow
        let step: Int
        let action: Int
        let variables: [FlowValue]
        let languageIndex: Int
        /// The group that takes the results.
        let into: String?
    }

    /// Begins another flow; it returns behind the action that called it.
    mutating func enter(_ name: String, _ arguments: [(name: String, value: FlowValue)], into: String?) -> Progress {
        guard let callee = library[name] else { return .failed(.failed, "there is no flow `\(name)` to call") }
        guard callers.count < Self.deepestCalls else {
            return .failed(
                .failed,
                "flows call each other more than \(Self.deepestCalls) deep: \((callers.map(\.flow.name) + [flow.name, name]).joined(separator: " → "))"
            )
        }
        let spoken = language
        push(into: into)
        begin(callee)
        speak(spoken)
        for (name, value) in arguments { set(name, value) }
        return .go(0)
    }

    /// Goes back to the flow that called this one.
    mutating func leave(_ results: [(name: String, value: FlowValue)]) -> Progress {
        let spoken = language
        guard let into = pop() else { return .failed(.failed, "`return` in a flow that nothing called") }
        speak(spoken)
        if let group = into.group {
            clear(group: group)
            for (name, value) in results { set("\(group).\(name)", value) }
        }
        return .onward
    }
}
