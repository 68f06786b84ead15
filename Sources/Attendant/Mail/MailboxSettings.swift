/// A mailbox as the configuration has it.
public struct MailboxSettings: Equatable, Sendable {
    /// Its number; where a line has the same one, its phones show that messages wait.
    public var number: String
    /// Whose it is.
    public var name: String
    /// With what its owner gets in; `nil` where only flows that ask for no PIN lead in.
    public var pin: PIN?
    /// The program that is run after each message, with its arguments; empty for none.
    public var notify: [String]
    /// The web service that is told of each message by POST; `nil` for none.
    public var webhook: String?
    /// The most messages that it holds. Where it is full, the oldest one that was heard makes room.
    public var messages: Int
    /// The most bytes that it holds, likewise.
    public var bytes: Int

    /// What the owner enters.
    public enum PIN: Equatable, Sendable, CustomStringConvertible {
        /// The PIN itself.
        case plain(String)
        /// Its hash, as `frontdesk password` prints it.
        case hash(String)

        /// Dots.
        public var description: String { "•••" }
    }

    /// Makes a mailbox.
    public init(
        number: String, name: String, pin: PIN?, notify: [String] = [], webhook: String? = nil, messages: Int = 100, bytes: Int = 100 << 20
    ) {
        self.number = number
        self.name = name
        self.pin = pin
        self.notify = notify
        self.webhook = webhook
        self.messages = messages
        self.bytes = bytes
    }
}

/// How many messages a mailbox holds.
public struct MessageCounts: Equatable, Sendable {
    /// Those that nobody has heard.
    public var new: Int
    /// The others.
    public var saved: Int

    /// Makes counts.
    public init(new: Int, saved: Int) {
        self.new = new
        self.saved = saved
    }
}

/// A recording that may become a message or a greeting, with who made it.
public struct MailDraft: Equatable, Sendable {
    /// The file.
    public var file: VoiceFile
    /// How long it is.
    public var length: Duration
    /// The caller's number; empty when it was withheld.
    public var caller: String
    /// The caller's name; empty when there is none.
    public var callerName: String

    /// Makes a draft.
    public init(file: VoiceFile, length: Duration, caller: String, callerName: String) {
        self.file = file
        self.length = length
        self.caller = caller
        self.callerName = callerName
    }
}
