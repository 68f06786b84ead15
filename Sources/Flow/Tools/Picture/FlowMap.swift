/// A flow as steps and the ways between them, for pictures and reports.
public struct FlowMap: Equatable, Sendable {
    /// A step.
    public struct Step: Equatable, Sendable {
        /// What a caller meets at the end of a step.
        public enum Role: String, Sendable, CaseIterable {
            /// Goes on by itself.
            case onward = "goes on"
            /// A question to the caller.
            case asks = "asks the caller"
            /// A person, a queue, a mailbox.
            case person = "to a person"
            /// The end of the call.
            case ends = "ends the call"
        }

        /// Its name.
        public var name: String
        /// Its actions, a line each; those that only choose a way are left out.
        public var actions: [String]
        /// What a caller meets at its end.
        public var role: Role
        /// The ways out of it, one for each step that it leads to.
        public var ways: [Way]
    }

    /// A way out of a step.
    public struct Way: Equatable, Sendable {
        /// The number of the step that it leads to.
        public var to: Int
        /// What takes a call there, such as `key 1`; several ways to one step are one way with all their names, and none when a call goes there in any case.
        public var names: [String]
        /// The names that only what goes wrong has: silence, a busy agent, a store that is down.
        var exceptions: [String] { names.filter { FlowOutcome(rawValue: $0) != nil } }
        /// The other names.
        var usual: [String] { names.filter { FlowOutcome(rawValue: $0) == nil } }
        /// Whether only what goes wrong takes a call there.
        public var isException: Bool { !names.isEmpty && usual.isEmpty }
        /// The names in a line.
        public var label: String { names.joined(separator: ", ") }
    }

    /// The flow's name.
    public var name: String
    /// The lines that it answers.
    public var lines: [String]
    /// The steps; a call begins in the first.
    public var steps: [Step]

    /// Draws up the map of a flow.
    public init(_ flow: Flow) {
        name = flow.name
        lines = flow.lines
        steps = flow.program.steps.map { FlowMap.step($0) }
    }

    private static func step(_ step: FlowProgram.Step) -> Step {
        var ways: [Way] = []
        let always = Set(step.actions.flatMap { $0.verb.ways }.filter(\.name.isEmpty).map(\.step))
        for way in step.actions.flatMap({ $0.verb.ways }) {
            let names = always.contains(way.step) ? [] : [way.name]
            if let index = ways.firstIndex(where: { $0.to == way.step }) {
                ways[index].names += names.filter { !ways[index].names.contains($0) }
            } else {
                ways.append(Way(to: way.step, names: names))
            }
        }
        let choosing: Set<String> = ["go", "if", "switch"]
        let actions = step.actions.filter { !choosing.contains(type(of: $0.verb).name) }.map(\.summary)
        return Step(name: step.name, actions: actions, role: role(step), ways: ways)
    }

    private static func role(_ step: FlowProgram.Step) -> Step.Role {
        guard let last = step.actions.last?.verb else { return .onward }
        if [Hangup.name, Reject.name].contains(type(of: last).name) { return .ends }
        if step.actions.contains(where: { $0.verb.takesInput }) { return .asks }
        return last.leavesFlow ? .person : .onward
    }
}
