import Foundation

/// What programs and web services are told of a message.
struct MessageNotice: Encodable {
    let mailbox: String
    let name: String
    let caller: String
    let callerName: String
    let at: Date
    let seconds: Int
    /// The path of the recording.
    let file: String
    let new: Int
    let saved: Int

    init(_ entry: MailboxFolder.Entry, in mailbox: MailboxSettings, file: String, _ counts: MessageCounts) {
        (self.mailbox, name) = (mailbox.number, mailbox.name)
        (caller, callerName, at, seconds) = (entry.caller, entry.callerName, entry.at, entry.seconds)
        self.file = file
        (new, saved) = (counts.new, counts.saved)
    }

    /// For a program: where a caller's number can do no harm.
    var environment: [String: String] {
        [
            "FRONTDESK_MAILBOX": mailbox, "FRONTDESK_NAME": name, "FRONTDESK_CALLER": caller, "FRONTDESK_CALLER_NAME": callerName,
            "FRONTDESK_SECONDS": "\(seconds)", "FRONTDESK_FILE": file, "FRONTDESK_NEW": "\(new)", "FRONTDESK_SAVED": "\(saved)",
        ]
    }

    /// For a web service.
    var json: String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
