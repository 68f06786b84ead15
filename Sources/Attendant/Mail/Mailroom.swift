public import Flow
public import Foundation
import Kernel

/// The mailboxes of a site: callers leave messages, owners hear them. It waits for the disk, so nothing else should wait for it.
public actor Mailroom {
    private let root: URL
    private let mailboxes: [String: MailboxSettings]
    private let surroundings: Surroundings
    /// Mailboxes whose PIN was guessed.
    private var guessed = FailedAttempts<String>(window: .seconds(600), capacity: 1000)
    private var notifications = 0

    /// After so many wrong PINs in a row nobody gets in for ten minutes.
    public static let mostWrongPINs = 8
    /// No more messages are told to programs and services at once.
    private static let mostNotifications = 16
    /// How long each may take.
    private static let notificationLimit: Duration = .seconds(30)

    /// What the mailboxes need of others.
    public struct Surroundings: Sendable {
        /// Whether what was entered is the PIN. May be slow.
        public var isPIN: @Sendable (_ entered: String, _ pin: MailboxSettings.PIN) -> Bool
        /// Hears of the messages of a mailbox whenever their number has changed.
        public var changed: @Sendable (_ mailbox: String, MessageCounts) -> Void
        /// Posts JSON to a web service within a time; gives the reason when that failed.
        public var post: @Sendable (_ url: String, _ json: String, _ limit: Duration) async -> String?
        /// Takes troubles for the administrator.
        public var trouble: @Sendable (String) -> Void

        /// Makes the surroundings.
        public init(
            isPIN: @escaping @Sendable (String, MailboxSettings.PIN) -> Bool, changed: @escaping @Sendable (String, MessageCounts) -> Void,
            post: @escaping @Sendable (String, String, Duration) async -> String?, trouble: @escaping @Sendable (String) -> Void
        ) {
            self.isPIN = isPIN
            self.changed = changed
            self.post = post
            self.trouble = trouble
        }
    }

    /// Makes the mailboxes of a folder, in which each has one of its own.
    public init(_ root: URL, _ mailboxes: [MailboxSettings], surroundings: Surroundings) {
        self.root = root
        self.mailboxes = Dictionary(mailboxes.map { ($0.number, $0) }) { first, _ in first }
        self.surroundings = surroundings
    }

    /// Puts the folders in order and tells how many messages wait.
    public func open() {
        for mailbox in mailboxes.values.sorted(by: { $0.number < $1.number }) {
            folder(mailbox).sweep()
            tellCounts(mailbox)
        }
    }

    /// A file for a message or a greeting.
    public func draft(for number: String) -> Result<VoiceFile, VoiceFailure> {
        guard let mailbox = mailboxes[number] else { return .failure(VoiceFailure("there is no mailbox \(number)")) }
        do throws(VoiceFailure) {
            return .success(try folder(mailbox).draft())
        } catch {
            return .failure(error)
        }
    }

    /// Does what a flow asks for. A draft that comes with it is used or removed.
    public func answer(_ request: MailboxRequest, draft: MailDraft?) -> MailboxReply {
        guard let mailbox = mailboxes[request.mailbox] else {
            draft?.file.remove()
            return .noSuchMailbox
        }
        do {
            return try answer(request, mailbox, draft)
        } catch {
            draft?.file.remove()
            surroundings.trouble("Mailbox \(mailbox.number): \(error)")
            return .failed("\(error)")
        }
    }

    private func answer(_ request: MailboxRequest, _ mailbox: MailboxSettings, _ draft: MailDraft?) throws -> MailboxReply {
        let folder = folder(mailbox)
        switch request {
        case .visit:
            return folder.mayTake(messages: mailbox.messages, bytes: mailbox.bytes) ? .open(greeting: folder.greeting) : .full
        case .deliver:
            guard let draft else { return .failed("nothing was recorded") }
            return try deliver(draft, mailbox, folder)
        case .enter(_, let pin): return enter(mailbox, folder, pin)
        case .keep(_, let message): try folder.markHeard(message, at: Date())
        case .delete(_, let message): try folder.delete(message)
        case .greet:
            guard let draft else { return .failed("nothing was recorded") }
            try folder.greet(draft)
            return .done
        }
        tellCounts(mailbox)
        return .done
    }

    private func deliver(_ draft: MailDraft, _ mailbox: MailboxSettings, _ folder: MailboxFolder) throws -> MailboxReply {
        guard folder.makeRoom(messages: mailbox.messages, bytes: mailbox.bytes) else {
            draft.file.remove()
            surroundings.trouble("Mailbox \(mailbox.number) is full; a message from \(draft.caller) was lost")
            return .full
        }
        let entry = try folder.deliver(draft, at: Date())
        tellCounts(mailbox)
        notify(mailbox, of: entry, folder)
        return .done
    }

    // MARK: Owners

    private func enter(_ mailbox: MailboxSettings, _ folder: MailboxFolder, _ pin: Secret?) -> MailboxReply {
        if let pin {
            let now = Instant(nanoseconds: Int64(clamping: DispatchTime.now().uptimeNanoseconds))
            guard !guessed.isBarred(mailbox.number, at: now) else { return .barred }
            guard let right = mailbox.pin, pin.isAccepted(by: { surroundings.isPIN($0, right) }) else {
                if guessed.fail(mailbox.number, mostFailures: Self.mostWrongPINs, at: now) {
                    surroundings.trouble("Mailbox \(mailbox.number): wrong PINs came too often; for ten minutes none is looked at")
                }
                return .refused
            }
            guessed.succeed(mailbox.number)
        }
        let entries = folder.entries
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd HH:mm"
        let ordered = entries.filter { $0.heard == nil } + entries.filter { $0.heard != nil }
        return .entered(
            ordered.map { entry in
                VoiceMessage(
                    id: entry.id, recording: folder.recording(of: entry.id), caller: entry.caller, at: entry.at.timeIntervalSince1970,
                    localTime: format.string(from: entry.at), isNew: entry.heard == nil)
            })
    }

    // MARK: Telling others

    private func tellCounts(_ mailbox: MailboxSettings) { surroundings.changed(mailbox.number, folder(mailbox).counts) }

    /// Tells the program and the web service that the mailbox names.
    private func notify(_ mailbox: MailboxSettings, of entry: MailboxFolder.Entry, _ folder: MailboxFolder) {
        guard !mailbox.notify.isEmpty || mailbox.webhook != nil else { return }
        guard notifications < Self.mostNotifications else {
            return surroundings.trouble(
                "Mailbox \(mailbox.number): nobody is notified, since \(Self.mostNotifications) notifications are under way already")
        }
        let file = root.deletingLastPathComponent().appendingPathComponent(folder.recording(of: entry.id)).path
        let notice = MessageNotice(entry, in: mailbox, file: file, folder.counts)
        let post = surroundings.post
        notifications += 1
        Task {
            var troubles: [String] = []
            if !mailbox.notify.isEmpty {
                let program = OutsideProgram(words: mailbox.notify, environment: notice.environment, limit: Self.notificationLimit)
                let ending = await program.run()
                if ending != .exit(0) { troubles.append("the program that notifies \(ending)") }
            }
            if let webhook = mailbox.webhook, let failure = await post(webhook, notice.json, Self.notificationLimit) {
                troubles.append("\(webhook) was not notified: \(failure)")
            }
            notified(mailbox.number, troubles)
        }
    }

    private func notified(_ number: String, _ troubles: [String]) {
        notifications -= 1
        for trouble in troubles { surroundings.trouble("Mailbox \(number): \(trouble)") }
    }

    private func folder(_ mailbox: MailboxSettings) -> MailboxFolder { MailboxFolder(mailbox, below: root) }
}

extension MailboxRequest {
    /// The mailbox that it is about.
    var mailbox: String {
        switch self {
        case .visit(let number), .deliver(let number), .enter(let number, _), .keep(let number, _), .delete(let number, _),
            .greet(let number):
            number
        }
    }
}
