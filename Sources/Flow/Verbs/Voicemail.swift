import Kernel
import StrictYAML

/// `voicemail`: the caller hears a greeting and leaves a message in a mailbox. Who hangs up has left it.
struct Voicemail: FlowVerb {
    static let name = "voicemail"
    static let keys = [
        "voicemail": ["mailbox", "greeting", "review", "no-input", "too-short", "full", "failed"] + RecordingLimits.keys
    ]

    var mailbox: Template
    var greeting: Announcement?
    var reviews = true
    var limits = RecordingLimits()
    var noInput: Int?
    var tooShort: Int?
    var full: Int?
    var failed: Int?

    /// What it says by itself.
    enum Words {
        static let greeting = "voicemail-greeting"
        static let review = "voicemail-review"
        static let thanks = "voicemail-thanks"
        static let all = [greeting, review, thanks]
    }

    var needsAnswer: Bool { true }
    var effort: Effort { Effort(wait: limits.longest) }
    var ways: [Way] {
        [
            Way(noInput, .silence, "no-input"), Way(tooShort, .silence, "too-short"), Way(full, .free, "full"),
            Way(failed, .free, "failed"),
        ].compactMap { $0 }
    }

    static func read(_ source: ActionSource) -> Voicemail? {
        let compiler = source.compiler
        compiler.says(Words.all, in: source.verb)
        if source.verb.value.mapping == nil { return source.required(compiler.mailbox).map { Voicemail(mailbox: $0) } }
        guard let reader = source.group() else { return nil }
        let mailbox = reader.required("mailbox", as: compiler.mailbox)
        var voicemail = Voicemail(mailbox: mailbox ?? Template(parts: []))
        voicemail.greeting = reader.optional("greeting", as: compiler.announcement)
        voicemail.reviews = reader.yesNo("review", default: true)
        voicemail.limits = RecordingLimits(reader)
        voicemail.noInput = reader.optional("no-input", as: compiler.step)
        voicemail.tooShort = reader.optional("too-short", as: compiler.step)
        voicemail.full = reader.optional("full", as: compiler.step)
        voicemail.failed = reader.optional("failed", as: compiler.step)
        reader.finish()
        return mailbox == nil ? nil : voicemail
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let number = mailbox.render(in: run).filter { !$0.isWhitespace }
        run.forgetTypedAhead()
        outputs.append(.mailbox(.visit(number)))
        return .wait(VoicemailActivity(self, number, run))
    }
}

extension FlowCompiler {
    /// The number of a mailbox, perhaps with variables.
    var mailbox: YAMLValue<Template> {
        YAMLValue { node, problems in
            guard let template = self.template.read(node, problems) else { return nil }
            if let fixed = template.fixed, let known = self.context.mailboxes, !known.contains(fixed) {
                problems.error("there is no mailbox \(fixed) in frontdesk.yaml", at: node.mark, word: fixed, among: known.sorted())
            }
            return template
        }
    }
}
