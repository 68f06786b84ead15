import Kernel
import StrictYAML

/// `directory`: a person by the letters of a name (ITU-T E.161: 2 is A, B and C). With several who fit the caller chooses; the call then goes there.
struct Directory: FlowVerb {
    static let name = "directory"
    static let keys = [
        "directory": ["prompt", "by", "first-letter", "between-letters", "no-input", "no-match", "ring"] + RedirectWays.keys
    ].merging(Tries.keys) { first, _ in first }

    var announcement: Announcement
    var people: [DirectoryEntry]
    var by = DirectoryEntry.Part.last
    var firstLetter: Duration = .seconds(5)
    var betweenLetters: Duration = .seconds(3)
    var ring: Duration = RedirectWays.defaultRing
    var outcomes = RedirectWays()
    var tries = Tries()
    let phrases: DirectoryPhrases

    /// So many people are read out; with more, more letters are asked for.
    static let mostChoices = 8

    var endsStep: Bool { true }
    var needsAnswer: Bool { true }
    var takesInput: Bool { true }
    var effort: Effort { tries.effort(question: announcement, keys: 5, first: firstLetter, between: betweenLetters) }
    var ways: [Way] { outcomes.ways(.input) + tries.ways }

    static func read(_ source: ActionSource) -> Directory? {
        let compiler = source.compiler
        let standard = compiler.phrase(.enterName)
        var directory = Directory(announcement: standard, people: compiler.context.people ?? [], phrases: DirectoryPhrases(compiler))
        if compiler.context.people?.isEmpty == true {
            source.problems.error("`directory` needs people: lines with names, or `directory:` in frontdesk.yaml", at: source.verb.mark)
        }
        guard !source.verb.value.isNothing else { return directory }
        guard let reader = source.group() else { return nil }
        directory.announcement = reader.optional("prompt", as: compiler.announcement) ?? standard
        let part = reader.optional("by", as: .word(DirectoryEntry.Part.allCases.map(\.rawValue)))
        directory.by = part.flatMap { DirectoryEntry.Part(rawValue: $0) } ?? .last
        directory.firstLetter = reader.optional("first-letter", as: .duration(.seconds(1) ... .seconds(120))) ?? directory.firstLetter
        directory.betweenLetters =
            reader.optional("between-letters", as: .duration(.milliseconds(500) ... .seconds(60))) ?? directory.betweenLetters
        directory.ring = reader.optional("ring", as: .duration(.seconds(1) ... .seconds(600))) ?? directory.ring
        directory.outcomes = RedirectWays(reader, compiler)
        var after: Duration?
        directory.tries = compiler.tries(reader, after: &after)
        directory.firstLetter = after ?? directory.firstLetter
        reader.finish()
        return directory
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        var activity = DirectoryActivity(self, now: run.now)
        activity.ask(&run, into: &outputs)
        return .wait(activity)
    }
}

/// What the directory says.
struct DirectoryPhrases: Equatable, Sendable {
    let press: SpokenText
    let noneFits: Announcement
    let moreLetters: Announcement
    let oneMoment: Announcement

    init(_ compiler: FlowCompiler) {
        press = SpokenText(byLanguage: compiler.languages.map { Template(parts: [.text(StandardPhrase.forNamePress.text(in: $0))]) })
        noneFits = compiler.phrase(.noName)
        moreLetters = compiler.phrase(.moreLetters)
        oneMoment = compiler.phrase(.connecting)
    }
}
