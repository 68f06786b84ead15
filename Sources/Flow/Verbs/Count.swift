import StrictYAML

/// `count`: adds to a counter of the business, for the metrics: `count: orders`.
struct Count: FlowVerb {
    static let name = "count"
    static let keys = ["count": ["name", "by"]]
    let counter: String
    let amount: Int

    static func read(_ source: ActionSource) -> Count? {
        let counter = YAMLValue<String>("a counter's name: letters, digits, `-` and `_`") { SymbolTable.isName($0) ? $0 : nil }
        if source.verb.value.mapping == nil { return source.required(counter).map { Count(counter: $0, amount: 1) } }
        guard let reader = source.group() else { return nil }
        let name = reader.required("name", as: counter)
        let amount = reader.int("by", in: 1...1_000_000, default: 1)
        reader.finish()
        return name.map { Count(counter: $0, amount: amount) }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        outputs.append(.count(counter, by: amount))
        return .onward
    }
}
