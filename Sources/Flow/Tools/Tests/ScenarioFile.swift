import Kernel
public import StrictYAML

/// A file of tests beside a flow.
public struct ScenarioFile: Sendable {
    /// The flow's file, relative to this one.
    public var flow: String
    /// The tests, in the order of the file.
    public var scenarios: [Scenario]

    /// No file holds more tests.
    public static let mostScenarios = 2000

    /// Reads a file's bytes.
    ///
    /// - Returns: the tests, when there is no error, and everything that is wrong.
    public static func read(bytes: some Collection<UInt8>, file: String) -> (file: ScenarioFile?, diagnostics: [Diagnostic]) {
        let (root, problems) = StrictYAML.read(bytes: bytes, file: file)
        guard let root, let reader = YAMLReader(root, "the file", problems) else { return (nil, problems.sorted) }
        let flow = reader.text("flow")
        let common = ScenarioReader.world(reader, ScenarioWorld())
        var scenarios: [Scenario] = []
        if let tests = reader.group("tests") {
            if tests.pairs.count > mostScenarios { problems.error("a file holds at most \(mostScenarios) tests", at: tests.mark) }
            for pair in tests.pairs.prefix(mostScenarios) {
                guard let test = YAMLReader(pair.value, "the test", at: pair.mark, problems) else { continue }
                if let scenario = ScenarioReader.scenario(pair.key, test, common) { scenarios.append(scenario) }
            }
        } else if !reader.has("tests") {
            problems.missing("the file needs `tests`", at: reader.mark)
        }
        reader.finish()
        guard let flow, !problems.hasErrors else { return (nil, problems.sorted) }
        return (ScenarioFile(flow: flow, scenarios: scenarios), problems.sorted)
    }
}

/// Reads one test.
enum ScenarioReader {
    static func scenario(_ name: String, _ reader: YAMLReader, _ common: ScenarioWorld) -> Scenario? {
        let world = world(reader, common)
        let moments = reader.optional("call", as: .list(of: moment)) ?? []
        let ends = reader.required("ends", as: end)
        let with = texts(reader.group("with"))
        let steps = reader.texts("steps")
        let left = reader.group("messages")
        let messages = left?.pairs.compactMap { pair in left?.optional(pair.key, as: .int(0...1000)).map { (pair.key, $0) } } ?? []
        reader.finish()
        guard let ends else { return nil }
        return Scenario(
            name: name, line: reader.mark.line, world: world, moments: moments, ends: ends, with: with,
            messages: Dictionary(messages) { first, _ in first }, steps: steps)
    }

    /// What stands at the top of the file holds for every test that does not say otherwise.
    static func world(_ reader: YAMLReader, _ common: ScenarioWorld) -> ScenarioWorld {
        var world = common
        world.caller = reader.optionalText("caller") ?? world.caller
        world.callerName = reader.optionalText("caller-name") ?? world.callerName
        world.redirectedFrom = reader.optionalText("redirected-from") ?? world.redirectedFrom
        world.called = reader.optionalText("called") ?? world.called
        world.at = reader.optional("at", as: moment(of: "a day and time such as `2026-11-23 12:00`")) ?? world.at
        if let data = reader.group("data") { world.data = texts(data) }
        if let stores = reader.group("stores") {
            for pair in stores.pairs { world.stores[pair.key] = stores.optional(pair.key, as: store) }
        }
        if let mailboxes = reader.group("mailboxes") {
            for pair in mailboxes.pairs { world.mailboxes[pair.key] = mailboxes.optional(pair.key, as: mailbox) }
        }
        if let recorder = reader.optional("recorder", as: .word(["works", "down"])) { world.canRecord = recorder == "works" }
        if let agents = reader.group("agents") {
            for pair in agents.pairs { world.agents[pair.key] = agents.optional(pair.key, as: agent) }
        }
        if let callback = reader.optional("callback", as: .word(["answered", "no-answer", "full", "failed"])) {
            world.callback = FlowOutcome(rawValue: callback) ?? .found
        }
        if reader.has("waiting") { world.waiting = reader.optional("waiting", as: waiting).flatMap(\.count) }
        if let web = reader.group("web") {
            for pair in web.pairs { world.web[pair.key] = web.optional(pair.key, as: answer) }
        }
        if let answers = reader.group("answers") {
            let outcomes: [FlowOutcome] = [.busy, .noAnswer, .unreachable, .failed]
            for pair in answers.pairs {
                guard let word = answers.optional(pair.key, as: .word(outcomes.map(\.rawValue))) else { continue }
                world.answers[pair.key] = FlowOutcome(rawValue: word)
            }
        }
        return world
    }

    private static func moment(of expected: String) -> YAMLValue<String> {
        YAMLValue(expected) { LocalMoment($0) == nil ? nil : $0 }
    }

    private static func texts(_ reader: YAMLReader?) -> [String: String] {
        guard let reader else { return [:] }
        return Dictionary(reader.pairs.compactMap { pair in reader.optional(pair.key, as: .text).map { (pair.key, $0) } }) { first, _ in
            first
        }
    }

    private static var store: YAMLValue<ScenarioWorld.Store> {
        YAMLValue { node, problems in
            if node.text == "down" { return .down }
            if node.text == "slow" { return .slow }
            guard let records = YAMLReader(node, "a store's records, by key (or `down`, or `slow`)", problems) else { return nil }
            let fields = records.pairs.compactMap { pair -> (String, [String: String])? in
                YAMLReader(pair.value, "a record", problems).map { (pair.key, texts($0)) }
            }
            return .records(Dictionary(fields) { first, _ in first })
        }
    }

    private struct Waiting {
        var count: Int?
    }

    private static var waiting: YAMLValue<Waiting> {
        YAMLValue("how many wait already, or `full`") { text in
            text == "full" ? Waiting(count: nil) : Int(text).flatMap { (0...100).contains($0) ? Waiting(count: $0) : nil }
        }
    }

    private static var agent: YAMLValue<ScenarioAgent> {
        YAMLValue { node, problems in
            switch node.text {
            case "ready": return .ready
            case "not-ready": return .notReady
            default: break
            }
            guard let reader = YAMLReader(node, "an agent (`ready`, `not-ready`, or `talking: 40s`)", problems) else { return nil }
            let talking = reader.required("talking", as: .duration)
            reader.finish()
            return talking.map { .talking($0) }
        }
    }

    private static var answer: YAMLValue<ScenarioWorld.Store> {
        YAMLValue { node, problems in
            if node.text == "down" { return .down }
            if node.text == "slow" { return .slow }
            return YAMLReader(node, "the fields of an answer (or `down`, or `slow`)", problems).map { .records(["": texts($0)]) }
        }
    }

    private static var end: YAMLValue<ScenarioEnd> {
        YAMLValue("`redirect NUMBER`, `hangup`, `reject`, each of these two with a cause if you like, or `caller hangs up`") {
            ScenarioEnd($0)
        }
    }

    private static var moment: YAMLValue<Scenario.Moment> {
        YAMLValue { node, problems in
            if node.text == "hang-up" { return .hangUp }
            guard let reader = YAMLReader(node, "what happens (`hear:`, `press:`, `speak:`, `wait:` or `hang-up`)", problems) else {
                return nil
            }
            let heard = reader.optional("hear", as: .text).map { Scenario.Moment.hear($0, language: reader.optionalText("in")) }
            let pressed = reader.optional("press", as: keys).map { Scenario.Moment.press($0) }
            let waited = reader.optional("wait", as: .duration).map { Scenario.Moment.wait($0) }
            let spoken = reader.optional("speak", as: .duration).map { Scenario.Moment.speak($0) }
            reader.finish()
            return heard ?? pressed ?? spoken ?? waited
        }
    }

    private static var keys: YAMLValue<[DTMFKey]> {
        YAMLValue("keys such as `1` or \"4711#\"") { text in
            let keys = text.compactMap { DTMFKey($0) }
            return keys.count == text.count && !keys.isEmpty ? keys : nil
        }
    }
}
