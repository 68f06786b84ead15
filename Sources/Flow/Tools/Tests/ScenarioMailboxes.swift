import Kernel
import StrictYAML

/// A mailbox of a test's world.
public struct ScenarioMailbox: Equatable, Sendable {
    /// With what its owner gets in; `nil` for nothing.
    public var pin: String?
    /// How many messages nobody has heard.
    public var new = 0
    /// How many were kept.
    public var saved = 0
    /// Whether the owner has recorded a greeting.
    public var hasGreeting = false
    /// Whether it takes no message.
    public var isFull = false

    /// Makes an empty mailbox.
    public init() {}
}

/// The mailboxes of a test while it is played. Messages are called `2001/1`, `2001/2`; greetings `2001/greeting`.
struct ScenarioMailboxes {
    private var settings: [String: ScenarioMailbox]
    private var messages: [String: [VoiceMessage]] = [:]

    init(_ mailboxes: [String: ScenarioMailbox], from caller: String, at moment: Double, _ localTime: String) {
        settings = mailboxes
        for (number, mailbox) in mailboxes {
            messages[number] = (0..<(mailbox.new + mailbox.saved)).map { index in
                VoiceMessage(
                    id: "\(index + 1)", recording: "\(number)/\(index + 1)", caller: caller, at: moment, localTime: localTime,
                    isNew: index < mailbox.new)
            }
        }
    }

    /// How many messages of a mailbox nobody has heard.
    func newMessages(_ number: String) -> Int { messages[number]?.count { $0.isNew } ?? 0 }

    mutating func answer(_ request: MailboxRequest) -> MailboxReply {
        switch request {
        case .visit(let number):
            guard let mailbox = settings[number] else { return .noSuchMailbox }
            return mailbox.isFull ? .full : .open(greeting: mailbox.hasGreeting ? "\(number)/greeting" : nil)
        case .deliver(let number):
            guard settings[number] != nil else { return .noSuchMailbox }
            let id = "\((messages[number]?.count ?? 0) + 1)"
            messages[number, default: []].append(
                VoiceMessage(id: id, recording: "\(number)/\(id)", caller: "", at: 0, localTime: "", isNew: true))
            return .done
        case .enter(let number, let pin):
            guard let mailbox = settings[number] else { return .noSuchMailbox }
            if let pin, !pin.isAccepted(by: { $0 == mailbox.pin }) { return .refused }
            return .entered(messages[number] ?? [])
        case .keep(let number, let message):
            messages[number] = messages[number]?.map { kept in
                var kept = kept
                if kept.id == message { kept.isNew = false }
                return kept
            }
            return .done
        case .delete(let number, let message):
            messages[number]?.removeAll { $0.id == message }
            return .done
        case .greet(let number):
            settings[number]?.hasGreeting = true
            return .done
        }
    }
}

extension ScenarioReader {
    /// A mailbox: `{ pin: "1234", new: 2, saved: 1, greeting: yes }`, or `full`.
    static var mailbox: YAMLValue<ScenarioMailbox> {
        YAMLValue { node, problems in
            var mailbox = ScenarioMailbox()
            if node.text == "full" {
                mailbox.isFull = true
                return mailbox
            }
            if node.text == "empty" { return mailbox }
            guard let reader = YAMLReader(node, "a mailbox (or `empty`, or `full`)", problems) else { return nil }
            mailbox.pin = reader.optionalText("pin")
            mailbox.new = reader.int("new", in: 0...100, default: 0)
            mailbox.saved = reader.int("saved", in: 0...100, default: 0)
            mailbox.hasGreeting = reader.yesNo("greeting", default: false)
            reader.finish()
            return mailbox
        }
    }
}
