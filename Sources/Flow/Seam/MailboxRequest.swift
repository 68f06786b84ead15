/// What a flow asks of the mailboxes of the site. Each is answered by one `FlowInput.mailbox`.
public enum MailboxRequest: Equatable, Sendable {
    /// A caller wants to leave a message. Answered by `open`.
    case visit(String)
    /// The recording that was made for a message is one now. Answered by `done`.
    case deliver(String)
    /// Somebody wants to hear the messages; without a PIN where the flow needs none. Answered by `entered`.
    case enter(String, pin: Secret?)
    /// A message was heard and is kept. Answered by `done`.
    case keep(String, message: String)
    /// A message goes. Answered by `done`.
    case delete(String, message: String)
    /// The recording that was made for a greeting is the greeting now. Answered by `done`.
    case greet(String)

    /// What is asked, in a few words without secrets.
    public var told: String {
        switch self {
        case .visit(let number): "a message for \(number)"
        case .deliver(let number): "the message for \(number) is delivered"
        case .enter(let number, _): "the messages of \(number)"
        case .keep(let number, let message): "message \(message) of \(number) is kept"
        case .delete(let number, let message): "message \(message) of \(number) is deleted"
        case .greet(let number): "a greeting for \(number)"
        }
    }
}

/// What the mailboxes answer.
public enum MailboxReply: Equatable, Sendable {
    /// A message can be left, after this greeting of the owner's own; `nil` when there is none.
    case open(greeting: String?)
    /// The messages, new ones first, each kind in the order in which they came.
    case entered([VoiceMessage])
    /// It is done.
    case done
    /// There is no such mailbox.
    case noSuchMailbox
    /// The mailbox is full of messages that nobody has heard.
    case full
    /// The PIN is wrong.
    case refused
    /// Wrong PINs came too often; for a while none is looked at.
    case barred
    /// It did not work: why.
    case failed(String)
}

/// A message in a mailbox.
public struct VoiceMessage: Equatable, Sendable {
    /// Its name in the mailbox.
    public var id: String
    /// The name of its recording.
    public var recording: String
    /// Who left it; empty when the number was withheld.
    public var caller: String
    /// When it came, in seconds since 1970.
    public var at: Double
    /// The same as the server's clock showed it, such as `2026-11-23 17:30`.
    public var localTime: String
    /// Whether nobody has heard it yet.
    public var isNew: Bool

    /// Makes a message.
    public init(id: String, recording: String, caller: String, at: Double, localTime: String, isNew: Bool) {
        self.id = id
        self.recording = recording
        self.caller = caller
        self.at = at
        self.localTime = localTime
        self.isNew = isNew
    }
}
