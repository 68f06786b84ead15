import Flow
import Kernel
import Testing

private let leaving = """
    start:
      - answer
      - voicemail: { mailbox: 2001, at-least: 1s, no-input: silent, full: full, failed: broken }
      - hangup
    silent:
      - hangup: declined
    full:
      - hangup: busy
    broken:
      - hangup: unavailable
    """

@Suite struct VoicemailTests {
    /// A caller who has spoken and pressed the key that ends the recording.
    private func spoken(_ outcome: RecordingOutcome? = nil, _ steps: String = leaving) throws -> Story {
        var story = Story(try flow(steps))
        if let outcome { story.recording = outcome }
        story.start()
        story.wait(.seconds(10))
        story.press("#")
        story.wait(.seconds(1))
        return story
    }

    @Test func `greeting, tone, recording, the choice, and the message is delivered`() throws {
        var story = try spoken()
        story.press("1")
        story.wait(.seconds(3))
        #expect(
            story.told == [
                "answer", "mailbox: a message for 2001", "play voicemail-greeting", "play beep", "record until 5 s of silence",
                "stop recording",
                "play voicemail-review", "stop", "mailbox: the message for 2001 is delivered", "log voicemail: a message for 2001",
                "play voicemail-thanks", "hangup normal",
            ])
    }

    @Test func `the owner's greeting is heard instead of the standard one`() throws {
        var story = Story(try flow(leaving))
        story.mailbox = { _ in .open(greeting: "voicemail/2001/greeting.wav") }
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.last == "play recording voicemail/2001/greeting.wav")
    }

    @Test func `a caller can listen, and record again`() throws {
        var story = try spoken()
        story.press("2")
        #expect(story.told.last == "play recording recordings/a.wav, voicemail-review")
        story.press("3")
        #expect(story.told.suffix(2) == ["discard", "play beep"])
    }

    @Test func `who presses nothing has sent the message, and who presses on for ever as well`() throws {
        var silent = try spoken()
        silent.wait(.seconds(20))
        #expect(silent.told.last == "hangup normal")
        var restless = try spoken()
        restless.press("999999")
        restless.wait(.seconds(3))
        #expect(restless.told.last == "hangup normal")
    }

    @Test func `with review off nothing is asked`() throws {
        let story = try spoken(nil, leaving.replacing("at-least: 1s", with: "review: no"))
        #expect(!story.told.contains("play voicemail-review"))
        #expect(story.told.contains("mailbox: the message for 2001 is delivered"))
    }

    @Test(arguments: [
        (RecordingOutcome.complete(name: "a", length: .seconds(3), spoken: .zero), "hangup declined"),
        (.complete(name: "a", length: .seconds(3), spoken: .milliseconds(500)), "hangup declined"),
        (.failed("the disk is full"), "hangup unavailable"),
    ])
    func `too little is no message, and what cannot be recorded takes its way`(outcome: RecordingOutcome, end: String) throws {
        #expect(try spoken(outcome).told.last == end)
    }

    @Test(arguments: [
        (MailboxReply.full, "hangup busy"), (.noSuchMailbox, "hangup unavailable"), (.failed("the disk is gone"), "hangup unavailable"),
    ])
    func `what a mailbox refuses takes its way`(reply: MailboxReply, end: String) throws {
        var story = Story(try flow(leaving))
        story.mailbox = { _ in reply }
        story.start()
        story.wait(.seconds(1))
        #expect(story.told.last == end)
    }

    @Test func `mailboxes that never answer do not hold the caller`() throws {
        var story = Story(try flow(leaving))
        story.mailbox = { _ in nil }
        story.start()
        story.wait(.seconds(6))
        #expect(story.told.last == "hangup unavailable")
    }
}

@Suite struct MailboxTests {
    private static let steps = """
        start:
          - answer
          - mailbox: { number: 2001, no-input: silent, no-match: wrong, failed: broken }
          - hangup
        silent:
          - hangup: declined
        wrong:
          - hangup: busy
        broken:
          - hangup: unavailable
        """

    private func story(_ reply: @escaping @Sendable (MailboxRequest) -> MailboxReply?) throws -> Story {
        var story = Story(try flow(Self.steps))
        story.mailbox = reply
        story.start()
        story.wait(.seconds(1))
        return story
    }

    private static func message(_ caller: String) -> VoiceMessage {
        VoiceMessage(id: "1", recording: "voicemail/2001/1.wav", caller: caller, at: 0, localTime: "2026-11-23 17:30", isNew: true)
    }

    @Test func `the PIN is asked for, and how many messages there are is said, then who called, when, and what`() throws {
        var story = try story { if case .enter = $0 { .entered([Self.message("4711")]) } else { .done } }
        story.press("1234#")
        story.wait(.seconds(1))
        #expect(
            story.told.suffix(2) == [
                "mailbox: the messages of 2001",
                "play mailbox-new, \"one\", mailbox-message, \"one\", mailbox-from, \"four seven one one\", mailbox-received, "
                    + "\"November twenty-third twenty twenty-six\", \"five thirty PM\", recording voicemail/2001/1.wav, mailbox-menu",
            ])
    }

    @Test func `a withheld number is not read out, and cannot be called back`() throws {
        var story = try story { if case .enter = $0 { .entered([Self.message("")]) } else { .done } }
        story.press("1234#")
        story.wait(.seconds(1))
        #expect(story.told.last?.contains("mailbox-from") == false)
        story.press("5")
        #expect(story.told.last == "play mailbox-not-reached, mailbox-menu")
    }

    @Test func `whoever left it is called back, and the message counts as heard`() throws {
        var story = try story { if case .enter = $0 { .entered([Self.message("4711")]) } else { .done } }
        story.press("1234#")
        story.wait(.seconds(1))
        story.press("5")
        #expect(story.told.suffix(2) == ["mailbox: message 1 of 2001 is kept", "redirect 4711"])
    }

    @Test(arguments: [(MailboxReply.refused, 3), (.barred, 1), (.noSuchMailbox, 3)])
    func `wrong PINs end it`(reply: MailboxReply, tries: Int) throws {
        var story = try story { _ in reply }
        for _ in 0..<tries {
            #expect(story.told.last?.hasSuffix("mailbox-pin") == true)
            story.press("1#")
            story.wait(.seconds(1))
        }
        #expect(story.told.last == "hangup busy")
    }

    @Test func `silence ends it, and mailboxes that fail or never answer do as well`() throws {
        var silent = try story { _ in .entered([]) }
        silent.wait(.seconds(60))
        #expect(silent.told.last == "hangup declined")
        for reply in [MailboxReply.failed("gone"), nil] {
            var story = try story { _ in reply }
            story.press("1#")
            story.wait(.seconds(6))
            #expect(story.told.last == "hangup unavailable")
        }
    }

    @Test func `the PIN never shows in what is asked`() {
        #expect(MailboxRequest.enter("2001", pin: nil).told == "the messages of 2001")
    }
}
