import CTI
import CallControl
import Flow
import Kernel

// Mailboxes: what flows ask of them, and what becomes of recordings that were made for them.
extension AttendantMachine {
    mutating func mailbox(_ leg: LegID, _ request: MailboxRequest, at now: Instant, into outputs: inout [Output]) {
        guard calls[leg] != nil else { return }
        var draft: MailDraft?
        switch request {
        case .deliver, .greet:
            draft = takeDraft(leg)
            if draft == nil { return tell(leg, .mailbox(.failed("nothing was recorded")), at: now, into: &outputs) }
        case .visit, .enter, .keep, .delete: break
        }
        let job = MailJob(rawValue: number())
        calls[leg]?.mailJob = job
        outputs.append(.mailbox(leg, job, request, draft))
    }

    mutating func mailboxAnswered(_ leg: LegID, _ job: MailJob, _ reply: MailboxReply, at now: Instant, into outputs: inout [Output]) {
        guard calls[leg]?.mailJob == job else { return }
        tell(leg, .mailbox(reply), at: now, into: &outputs)
    }

    /// The recording that is complete, for whoever wants it.
    private mutating func takeDraft(_ leg: LegID) -> MailDraft? {
        guard let call = calls[leg], let recording = call.recording, case .complete(let file, let length) = recording.state else {
            return nil
        }
        calls[leg]?.recording = nil
        return MailDraft(file, length, from: call.setUp)
    }

    /// The phones of the mailbox's line are to show it.
    mutating func messagesChanged(_ mailbox: String, _ counts: MessageCounts, into outputs: inout [Output]) {
        messages[mailbox] = counts
        if isConnected { light(mailbox, counts, into: &outputs) }
    }

    /// A mailbox whose number no line has is refused, which does no harm.
    mutating func light(_ mailbox: String, _ counts: MessageCounts, into outputs: inout [Output]) {
        guard let device = configuration.devices.first?.name else { return }
        let summary = MessageSummary(new: counts.new, old: counts.saved)
        ask(.setMessageWaiting(device, DirectoryNumber(mailbox), summary), .ignored, into: &outputs)
    }

    /// A recording whose caller is gone: a message is delivered all the same.
    mutating func settle(_ left: LeftRecording, into outputs: inout [Output]) {
        guard case .complete(let file, let length) = left.recording.state else { return }
        switch left.recording.order.purpose {
        case .file where !left.recording.isTooShort: break
        case .message(let mailbox) where !left.recording.isTooShort:
            let job = MailJob(rawValue: number())
            outputs.append(.mailbox(left.leg, job, .deliver(mailbox), MailDraft(file, length, from: left.setUp)))
        default: outputs.append(.dropRecording(file))
        }
    }
}

/// Names what was asked of the mailboxes.
public struct MailJob: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64
}

extension MailDraft {
    /// No more of a caller's name is kept.
    private static let longestName = 128

    fileprivate init(_ file: VoiceFile, _ length: Duration, from setUp: SetUp) {
        self.init(
            file: file, length: length, caller: setUp.calling.number?.text ?? "",
            callerName: String((setUp.calling.name ?? "").prefix(Self.longestName)))
    }
}
