import Kernel
import StrictYAML

/// `menu`: one key, or an extension.
struct Menu: FlowVerb {
    static let name = "menu"
    static let keys = [
        "menu": ["prompt", "keys", "extensions", "no-input", "no-match", "between-digits", BargeIn.key],
        "extensions": ["pattern"] + RedirectWays.keys,
    ].merging(Tries.keys) { first, _ in first }

    var announcement = Announcement()
    /// Steps by event code of the key.
    var keys: [Int?] = Array(repeating: nil, count: 16)
    var extensions: [ExtensionPattern] = []
    var extensionWays = RedirectWays()
    var heedsSpeech = false
    var tries = Tries()
    var firstKey: Duration = .seconds(5)
    var betweenKeys: Duration = .seconds(3)

    var endsStep: Bool { true }
    var leavesFlow: Bool { !extensions.isEmpty || tries.leaveFlow }
    var needsAnswer: Bool { true }
    var takesInput: Bool { true }
    var effort: Effort {
        tries.effort(question: announcement, keys: extensions.map(\.count).max() ?? 1, first: firstKey, between: betweenKeys)
    }
    var ways: [Way] {
        let keys = keys.enumerated().compactMap { code, step in
            Way(step, .input, "key \(DTMFKey(code: UInt8(code))?.description ?? "")")
        }
        return keys + extensionWays.ways(.input) + tries.ways
    }

    static func read(_ source: ActionSource) -> Menu? {
        guard let reader = source.group() else { return nil }
        let compiler = source.compiler
        var menu = Menu()
        menu.announcement = reader.optional("prompt", as: compiler.announcement) ?? Announcement()
        menu.heedsSpeech = BargeIn.heedsSpeech(reader)
        let faces = menu.readKeys(reader, compiler)
        menu.readExtensions(reader, compiler)
        var after: Duration?
        menu.tries = compiler.tries(reader, after: &after)
        menu.firstKey = after ?? menu.firstKey
        menu.betweenKeys = reader.duration("between-digits", default: menu.betweenKeys)
        reader.finish()
        if faces.isEmpty && menu.extensions.isEmpty {
            reader.problems.error("`menu` needs `keys` or `extensions`, or there is nothing to press", at: reader.mark)
        }
        menu.checkConflicts(faces, isDeliberate: reader.has("between-digits"), reader.problems)
        return menu
    }

    private mutating func readKeys(_ reader: YAMLReader, _ compiler: FlowCompiler) -> [(key: DTMFKey, mark: Mark)] {
        guard let group = reader.group("keys") else { return [] }
        var faces: [(DTMFKey, Mark)] = []
        for pair in group.pairs {
            guard let key = compiler.key(pair) else { continue }
            if faces.contains(where: { $0.0 == key }) { reader.problems.error("the key \(key) stands twice in this menu", at: pair.mark) }
            faces.append((key, pair.mark))
            keys[Int(key.code)] = compiler.step.read(pair.value, reader.problems)
        }
        return faces
    }

    private mutating func readExtensions(_ reader: YAMLReader, _ compiler: FlowCompiler) {
        guard let pair = reader.pair("extensions") else { return }
        if pair.value.mapping != nil, let group = reader.group("extensions") {
            extensions = group.required("pattern", as: .oneOrMany(of: ExtensionPattern.value)) ?? []
            extensionWays = RedirectWays(group, compiler)
            group.finish()
        } else {
            extensions = reader.optional("extensions", as: .oneOrMany(of: ExtensionPattern.value)) ?? []
        }
    }

    private func checkConflicts(_ faces: [(key: DTMFKey, mark: Mark)], isDeliberate: Bool, _ problems: Diagnostics) {
        for (key, mark) in faces {
            guard let pattern = extensions.first(where: { $0.fits([key]) }) else { continue }
            if pattern.count == 1 {
                problems.error("the key \(key) and the extension `\(pattern)` can't be told apart", at: mark)
            } else if !isDeliberate {
                problems.warning(
                    "the key \(key) acts only after \(betweenKeys.wholeMilliseconds / 1000) s, because an extension `\(pattern)` may follow",
                    at: mark,
                    hint: "write `between-digits:` to choose the time")
            }
        }
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        var activity = MenuActivity(self, now: run.now)
        let progress = activity.begin(&run, into: &outputs)
        if case .stay = progress { return .wait(activity) }
        return progress
    }
}
