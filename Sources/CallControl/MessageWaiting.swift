/// How many messages wait in a mailbox, as a phone shows it (RFC 3842 section 3.5; ECMA-269 Set Message Waiting Indicator).
public struct MessageSummary: Equatable, Sendable {
    /// Messages that nobody has heard: the lamp is on when there are any.
    public var new: Int
    /// Messages that were heard and kept.
    public var old: Int

    /// No more messages than this are shown.
    public static let most = 9_999

    /// Makes a summary; numbers outside of 0 to `most` are brought inside.
    public init(new: Int, old: Int) {
        self.new = min(max(new, 0), Self.most)
        self.old = min(max(old, 0), Self.most)
    }

    /// The messages of two mailboxes together.
    public static func + (left: MessageSummary, right: MessageSummary) -> MessageSummary {
        MessageSummary(new: left.new + right.new, old: left.old + right.old)
    }
}

extension CallControl {
    /// Has the phones of a line show how many messages wait. Whoever asks must be able to dial the line, as for a call.
    mutating func setMessageWaiting(
        _ request: CallRequestID, from device: DeviceName, _ number: DirectoryNumber, _ summary: MessageSummary,
        into outputs: inout [Output]
    ) {
        let partitions = routing.searchSpace(line: routing.line(of: device, number: nil), device: device)
        guard case .line(let line)? = routing.destination(of: number, in: partitions) else {
            return refuse(request, .invalidDestination(number), into: &outputs)
        }
        for phone in line.devices { outputs.append(.messageWaiting(phone, line: line.number, summary)) }
        outputs.append(.result(request, .success(.done)))
    }
}
