import Kernel
import StrictYAML

/// `mailbox`: the owner of a mailbox hears the messages, deletes them, calls back, and records a greeting.
struct Mailbox: FlowVerb {
    static let name = "mailbox"
    static let keys = ["mailbox": ["number", "pin", "no-input", "no-match", "failed"]]

    /// Whose; `nil` asks for the number.
    var number: Template?
    var asksPIN = true
    var noInput: Int?
    var noMatch: Int?
    var failed: Int?

    /// What it says by itself.
    enum Words {
        static let number = "mailbox-number"
        static let pin = "mailbox-pin"
        static let wrong = "mailbox-wrong"
        static let new = "mailbox-new"
        static let saved = "mailbox-saved"
        static let none = "mailbox-none"
        static let message = "mailbox-message"
        static let from = "mailbox-from"
        static let received = "mailbox-received"
        static let menu = "mailbox-menu"
        static let kept = "mailbox-kept"
        static let deleted = "mailbox-deleted"
        static let notReached = "mailbox-not-reached"
        static let end = "mailbox-end"
        static let greeting = "mailbox-greeting"
        static let greetingReview = "mailbox-greeting-review"
        static let greetingKept = "mailbox-greeting-kept"
        static let greetingUnchanged = "mailbox-greeting-unchanged"
        static let all = [
            number, pin, wrong, new, saved, none, message, from, received, menu, kept, deleted, notReached, end, greeting, greetingReview,
            greetingKept, greetingUnchanged,
        ]
    }

    var needsAnswer: Bool { true }
    var takesInput: Bool { true }
    /// The owner may call back.
    var leavesFlow: Bool { true }
    var ways: [Way] {
        [Way(noInput, .silence, "no-input"), Way(noMatch, .silence, "no-match"), Way(failed, .free, "failed")].compactMap { $0 }
    }

    static func read(_ source: ActionSource) -> Mailbox? {
        let compiler = source.compiler
        compiler.says(Words.all, in: source.verb)
        compiler.speaksValues = true
        if source.verb.value.isNothing { return Mailbox() }
        if source.verb.value.mapping == nil { return source.required(compiler.mailbox).map { Mailbox(number: $0) } }
        guard let reader = source.group() else { return nil }
        var mailbox = Mailbox()
        mailbox.number = reader.optional("number", as: compiler.mailbox)
        mailbox.asksPIN = reader.optional("pin", as: .word(["ask", "none"])) != "none"
        if !mailbox.asksPIN, mailbox.number == nil {
            reader.problems.error("without a PIN the mailbox needs its `number`: else anybody could hear any messages", at: reader.mark)
        }
        mailbox.noInput = reader.optional("no-input", as: compiler.step)
        mailbox.noMatch = reader.optional("no-match", as: compiler.step)
        mailbox.failed = reader.optional("failed", as: compiler.step)
        reader.finish()
        return mailbox
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        var activity = MailboxActivity(self, run)
        activity.begin(&run, into: &outputs)
        return .wait(activity)
    }
}
