import CallControl
import Kernel
import SIP

/// How many messages wait for each phone, and which phones have subscribed to hear of it (RFC 3842, RFC 6665).
struct MessageLamps: Sendable {
    /// A phone that has subscribed.
    struct Subscription: Sendable {
        let user: String
        var dialog: NotifierDialog
        var expires: Instant
    }

    typealias Key = NotifierDialog.Identity

    /// What each device has been told to show, by line.
    private var summaries: [DeviceName: [DirectoryNumber: MessageSummary]] = [:]
    private(set) var subscriptions: [Key: Subscription] = [:]
    private var deadlines = Deadlines<Key>()
    /// The NOTIFY requests of subscriptions that are not answered yet.
    private var requests: [OutgoingID: Key] = [:]
    private var lastRequest: UInt64 = 0

    /// The name of the event package.
    static let package = "message-summary"
    /// The type of its bodies.
    static let type = "application/simple-message-summary"
    /// A phone has no more subscriptions; the one that ends first goes.
    static let mostPerPhone = 4
    /// How long a subscription lasts, in seconds (RFC 3842 section 3.4).
    static let lifetimes: ClosedRange<Int64> = 60...86_400
    static let standardLifetime: Int64 = 3600
    /// Requests outside of dialogs are numbered apart from those of trunk registrations.
    private static let numberSpace: UInt64 = 1 << 63

    var nextDeadline: Instant? { deadlines.next }

    /// The messages of all lines of a device; `nil` when nobody has said anything about it.
    func summary(of device: DeviceName) -> MessageSummary? {
        guard let lines = summaries[device]?.values else { return nil }
        return lines.reduce(MessageSummary(new: 0, old: 0), +)
    }

    /// Notes what a device is to show; whether that is news.
    mutating func set(_ summary: MessageSummary, line: DirectoryNumber, of device: DeviceName) -> Bool {
        guard summaries[device]?[line] != summary else { return false }
        summaries[device, default: [:]][line] = summary
        return true
    }

    /// Forgets devices that are gone.
    mutating func keepOnly(_ devices: Set<DeviceName>, users: Set<String>) {
        summaries = summaries.filter { devices.contains($0.key) }
        for (key, subscription) in subscriptions where !users.contains(subscription.user) { remove(key) }
    }

    // MARK: Subscriptions

    /// The subscriptions of a user, in a stable order.
    func keys(of user: String) -> [Key] {
        subscriptions.filter { $0.value.user == user }.map(\.key).sorted { ($0.callID, $0.localTag) < ($1.callID, $1.localTag) }
    }

    /// Begins or extends a subscription; gives one that had to make room.
    mutating func keep(_ subscription: Subscription) -> Key? {
        let key = subscription.dialog.identity
        let others = keys(of: subscription.user).filter { $0 != key }
        var gone: Key?
        if others.count >= Self.mostPerPhone {
            gone = others.min { (subscriptions[$0]?.expires ?? .zero) < (subscriptions[$1]?.expires ?? .zero) }
        }
        subscriptions[key] = subscription
        deadlines.set(key, at: subscription.expires)
        return gone
    }

    mutating func remove(_ key: Key) {
        subscriptions[key] = nil
        deadlines.cancel(key)
    }

    /// The next subscription that has ended.
    mutating func popExpired(at now: Instant) -> Key? { deadlines.popExpired(at: now) }

    /// A NOTIFY in a subscription, with the name of its request.
    mutating func notify(_ key: Key, contact: NameAddress, headers: SIPHeaders, body: [UInt8]) -> (OutgoingID, OutgoingRequest)? {
        guard let request = subscriptions[key]?.dialog.notify(contact: contact, headers: headers, body: body) else { return nil }
        let id = newRequest()
        requests[id] = key
        return (id, request)
    }

    /// A name for a request.
    mutating func newRequest() -> OutgoingID {
        lastRequest += 1
        return OutgoingID(Self.numberSpace | lastRequest)
    }

    /// Takes a final response to a NOTIFY: a subscriber that does not know the subscription, or does not answer, has none (RFC 6665 section 4.2.2).
    ///
    /// - Returns: Whether the request was one of these.
    mutating func handle(_ response: SIPResponse, to id: OutgoingID) -> Bool {
        guard id.rawValue & Self.numberSpace != 0 else { return false }
        guard response.status >= 200, let key = requests.removeValue(forKey: id) else { return true }
        if response.status >= 400 { remove(key) }
        return true
    }

    /// The body for a phone (RFC 3842 section 5.2).
    static func body(_ summary: MessageSummary, account: SIPURI) -> [UInt8] {
        let lines = [
            "Messages-Waiting: \(summary.new > 0 ? "yes" : "no")", "Message-Account: \(account)",
            "Voice-Message: \(summary.new)/\(summary.old) (0/0)",
        ]
        return Array(lines.map { "\($0)\r\n" }.joined().utf8)
    }
}
