import Kernel
import StrictYAML

/// `lookup`: a record of a store, into a group of variables. A store that is slow or down leaves them as nothing, and the call goes on.
struct Lookup: FlowVerb {
    static let name = "lookup"
    static let keys = ["lookup": ["store", "by", "into", "deadline", "not-found", "failed"]]

    var store: String
    var by: Template
    var into: String
    var deadline: Duration = .milliseconds(800)
    var notFound: Int?
    var failed: Int?

    var effort: Effort { Effort(wait: deadline) }
    var ways: [Way] { [Way(notFound, .free, "not-found"), Way(failed, .free, "failed")].compactMap { $0 } }

    static func read(_ source: ActionSource) -> Lookup? {
        let compiler = source.compiler
        let byCaller = Template(parts: [.value(.variable(compiler.symbols.place(of: "caller.number")))])
        if source.verb.value.mapping == nil {
            guard let store = source.required(compiler.store) else { return nil }
            compiler.symbols.setGroups.insert(store)
            return Lookup(store: store, by: byCaller, into: store)
        }
        guard let reader = source.group() else { return nil }
        let store = reader.required("store", as: compiler.store)
        var lookup = Lookup(store: store ?? "", by: byCaller, into: store ?? "")
        if let by = reader.optional("by", as: compiler.hiddenTemplate) { lookup.by = by }
        if let into = reader.optional("into", as: compiler.groupName) { lookup.into = into }
        if let deadline = reader.optional("deadline", as: .duration(.milliseconds(50) ... .seconds(30))) { lookup.deadline = deadline }
        lookup.notFound = reader.optional("not-found", as: compiler.step)
        lookup.failed = reader.optional("failed", as: compiler.step)
        reader.finish()
        compiler.symbols.setGroups.insert(lookup.into)
        return store == nil ? nil : lookup
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        run.clear(group: into)
        let value = by.value(in: run)
        let key = value.comparedText ?? value.shown
        // A withheld number finds nobody.
        guard !key.isEmpty else { return notFound.map { .go($0) } ?? .onward }
        outputs.append(.lookUp(store: store, key: key, deadline: deadline))
        return .wait(LookingUp(lookup: self, deadline: run.now.advanced(by: deadline)))
    }
}

private struct LookingUp: FlowActivity {
    let lookup: Lookup
    let deadline: Instant

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch input {
        case .record(.found(let fields)):
            run.fill(group: lookup.into, from: fields)
            return .onward
        case .record(.notFound):
            outputs.append(.log("lookup of \(lookup.store): \(FlowOutcome.notFound.rawValue)"))
            return lookup.notFound.map { .go($0) } ?? .onward
        case .record(.failed(let reason)):
            outputs.append(.log("lookup of \(lookup.store): \(FlowOutcome.failed.rawValue): \(reason)"))
            return lookup.failed.map { .go($0) } ?? .onward
        case .deadline:
            outputs.append(.log("lookup of \(lookup.store): \(FlowOutcome.timedOut.rawValue)"))
            return lookup.failed.map { .go($0) } ?? .onward
        default: return .stay
        }
    }
}
