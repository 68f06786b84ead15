public import Foundation

/// What lies in a mailbox, for administrators.
public struct MailboxContents: Sendable {
    /// The mailbox.
    public let mailbox: MailboxSettings
    /// How many messages it holds.
    public let counts: MessageCounts
    /// How much room its recordings take.
    public let bytes: Int
    /// Whether the owner has recorded a greeting.
    public let hasGreeting: Bool

    /// Looks into the mailboxes of a folder. Waits for the disk.
    public static func survey(_ mailboxes: [MailboxSettings], in root: URL) -> [MailboxContents] {
        mailboxes.map { mailbox in
            let folder = MailboxFolder(mailbox, below: root)
            return MailboxContents(mailbox: mailbox, counts: folder.counts, bytes: folder.size, hasGreeting: folder.greeting != nil)
        }
    }
}
