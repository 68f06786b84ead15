import Attendant
import Foundation
import StrictYAML

/// Reads the group `mailboxes`.
enum MailboxReader {
    /// No site has more.
    private static let most = 10_000

    static func mailboxes(_ root: YAMLReader) -> [MailboxSettings] {
        let pairs = root.node("mailboxes")?.mapping ?? []
        if pairs.count > most { root.problems.error("a site has at most \(most) mailboxes", at: pairs[most].mark) }
        return pairs.prefix(most).compactMap { pair in
            // The number names a folder.
            guard (1...32).contains(pair.key.utf8.count), pair.key.utf8.allSatisfy({ (48...57).contains($0) }) else {
                root.problems.error("expected the number of a mailbox, such as `2001`, found `\(pair.key.prefix(40))`", at: pair.mark)
                return nil
            }
            guard let reader = YAMLReader(pair.value, "mailbox `\(pair.key)`", at: pair.mark, root.problems) else { return nil }
            var mailbox = MailboxSettings(number: pair.key, name: reader.optionalText("name") ?? "", pin: pin(reader))
            mailbox.notify = reader.texts("notify")
            mailbox.webhook = reader.optional("webhook", as: webAddress)
            mailbox.messages = reader.int("messages", in: 1...10_000, default: mailbox.messages)
            mailbox.bytes = reader.int("megabytes", in: 1...100_000, default: mailbox.bytes >> 20) << 20
            reader.finish()
            return mailbox
        }
    }

    private static var webAddress: YAMLValue<String> {
        YAMLValue("the address of a web service, such as `https://example.com/messages`") { text in
            text.hasPrefix("https://") || text.hasPrefix("http://") ? URL(string: text)?.host.map { _ in text } : nil
        }
    }

    private static func pin(_ reader: YAMLReader) -> MailboxSettings.PIN? {
        if let hash = reader.optional("pin-hash", as: .marked(.text)) {
            if PasswordHash(text: hash.value) != nil { return .hash(hash.value) }
            reader.problems.error("expected a hash as `frontdesk password` prints it", at: hash.mark)
        }
        let pin = YAMLValue<String>("a PIN of 4 to 20 digits") { text in
            (4...20).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } ? text : nil
        }
        return reader.optional("pin", as: pin).map { .plain($0) }
    }
}
