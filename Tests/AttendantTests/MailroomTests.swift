import Attendant
import Flow
import Foundation
import Synchronization
import Testing

/// A mailroom in a folder of its own.
private final class Room: Sendable {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).appendingPathComponent("voicemail")
    let told = Mutex<[MessageCounts]>([])
    let troubles = Mutex<[String]>([])
    let posted = Mutex<[String]>([])

    deinit { try? FileManager.default.removeItem(at: root.deletingLastPathComponent()) }

    func mailroom(_ settings: (inout MailboxSettings) -> Void = { _ in }) -> Mailroom {
        var mailbox = MailboxSettings(number: "2001", name: "Sales", pin: .plain("1234"))
        settings(&mailbox)
        return Mailroom(
            root, [mailbox],
            surroundings: Mailroom.Surroundings(
                isPIN: { entered, pin in pin == .plain(entered) }, changed: { _, counts in self.told.withLock { $0.append(counts) } },
                post: { url, json, _ in
                    self.posted.withLock { $0.append("\(url) \(json)") }
                    return url.hasSuffix("/broken") ? "it is broken" : nil
                },
                trouble: { trouble in self.troubles.withLock { $0.append(trouble) } }))
    }

    /// A recording of so many bytes.
    func draft(_ mailroom: Mailroom, caller: String = "4711", bytes: Int = 1000) async throws -> MailDraft {
        let file = try await mailroom.draft(for: "2001").get()
        try Data(count: bytes).write(to: URL(fileURLWithPath: file.path))
        return MailDraft(file: file, length: .seconds(7), caller: caller, callerName: "Ann")
    }

    func messages(_ mailroom: Mailroom) async throws -> [VoiceMessage] {
        guard case .entered(let messages) = await mailroom.answer(.enter("2001", pin: nil), draft: nil) else { throw Missing() }
        return messages
    }

    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("2001").path)) ?? []).sorted()
    }
}

private struct Missing: Error {}

@Suite struct MailroomTests {
    @Test func `a message that is delivered is there for its owner, new until it is kept, and gone when it is deleted`() async throws {
        let room = Room()
        let mailroom = room.mailroom()
        #expect(await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom)) == .done)
        let message = try #require(try await room.messages(mailroom).first)
        #expect((message.caller, message.isNew) == ("4711", true))
        let audio = room.root.deletingLastPathComponent().appendingPathComponent(message.recording)
        #expect(FileManager.default.fileExists(atPath: audio.path))
        #expect(await mailroom.answer(.keep("2001", message: message.id), draft: nil) == .done)
        #expect(try await room.messages(mailroom).map(\.isNew) == [false])
        #expect(await mailroom.answer(.delete("2001", message: message.id), draft: nil) == .done)
        #expect(try await room.messages(mailroom).isEmpty)
        #expect(room.files.isEmpty)
        #expect(
            room.told.withLock { $0 } == [
                MessageCounts(new: 1, saved: 0), MessageCounts(new: 0, saved: 1), MessageCounts(new: 0, saved: 0),
            ])
    }

    @Test func `messages outlive the server; drafts and recordings without a message do not`() async throws {
        let room = Room()
        let first = room.mailroom()
        _ = await first.answer(.deliver("2001"), draft: try await room.draft(first))
        _ = try await room.draft(first)
        try Data(count: 10).write(to: room.root.appendingPathComponent("2001/20260101T000000Z-lost.wav"))
        let second = room.mailroom()
        await second.open()
        #expect(try await room.messages(second).count == 1)
        #expect(room.files.count == 2, "\(room.files)")
        #expect(room.told.withLock { $0.last } == MessageCounts(new: 1, saved: 0))
    }

    @Test func `a description that makes no sense, or names another file, is no message`() async throws {
        let room = Room()
        let mailroom = room.mailroom()
        _ = await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom))
        let folder = room.root.appendingPathComponent("2001")
        try Data("{".utf8).write(to: folder.appendingPathComponent("broken.json"))
        try Data(#"{"id":"../../secret","caller":"","callerName":"","at":"2026-01-01T00:00:00Z","seconds":1}"#.utf8).write(
            to: folder.appendingPathComponent("secret.json"))
        #expect(try await room.messages(mailroom).count == 1)
    }

    @Test(arguments: [(2, 1 << 20), (100, 2500)])
    func `in a full mailbox the oldest message that was heard makes room, and one that was not does not`(count: Int, bytes: Int)
        async throws
    {
        let room = Room()
        let mailroom = room.mailroom {
            $0.messages = count
            $0.bytes = bytes
        }
        for caller in ["1", "2", "3"].prefix(count == 2 ? 2 : 3) {
            _ = await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom, caller: caller))
        }
        #expect(await mailroom.answer(.visit("2001"), draft: nil) == .full)
        #expect(await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom)) == .full)
        #expect(room.troubles.withLock { $0.count } == 1, "a message that is lost is told to the administrator")
        let oldest = try #require(try await room.messages(mailroom).first)
        _ = await mailroom.answer(.keep("2001", message: oldest.id), draft: nil)
        #expect(await mailroom.answer(.visit("2001"), draft: nil) == .open(greeting: nil))
        #expect(try await room.messages(mailroom).contains { $0.id == oldest.id }, "who only comes by costs nobody a message")
        #expect(await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom)) == .done)
        let left = try await room.messages(mailroom)
        #expect(!left.contains { $0.id == oldest.id })
    }

    @Test func `the PIN lets its owner in; after eight wrong ones nobody gets in`() async throws {
        let room = Room()
        let mailroom = room.mailroom()
        #expect(await mailroom.answer(.enter("2001", pin: Secret("1234")), draft: nil) == .entered([]))
        for _ in 0..<Mailroom.mostWrongPINs { #expect(await mailroom.answer(.enter("2001", pin: Secret("1")), draft: nil) == .refused) }
        #expect(await mailroom.answer(.enter("2001", pin: Secret("1234")), draft: nil) == .barred)
        #expect(room.troubles.withLock { $0.count } == 1)
    }

    @Test func `a mailbox without a PIN opens for none`() async throws {
        let mailroom = Room().mailroom { $0.pin = nil }
        #expect(await mailroom.answer(.enter("2001", pin: Secret("")), draft: nil) == .refused)
    }

    @Test func `a greeting takes the place of the one before`() async throws {
        let room = Room()
        let mailroom = room.mailroom()
        for bytes in [500, 700] {
            #expect(await mailroom.answer(.greet("2001"), draft: try await room.draft(mailroom, bytes: bytes)) == .done)
        }
        #expect(await mailroom.answer(.visit("2001"), draft: nil) == .open(greeting: "voicemail/2001/greeting.wav"))
        #expect(try Data(contentsOf: room.root.appendingPathComponent("2001/greeting.wav")).count == 700)
        #expect(room.files == ["greeting.wav"])
    }

    @Test func `nobody has the mailbox of a number that is not configured, and a draft for it is removed`() async throws {
        let room = Room()
        let mailroom = room.mailroom()
        let draft = try await room.draft(mailroom)
        #expect(await mailroom.answer(.deliver("2009"), draft: draft) == .noSuchMailbox)
        #expect(room.files.isEmpty)
        await #expect(throws: VoiceFailure.self) { try await mailroom.draft(for: "../2001").get() }
    }

    @Test(.timeLimit(.minutes(5))) func `a program is told of a message by its environment`() async throws {
        let room = Room()
        let mark = room.root.deletingLastPathComponent().appendingPathComponent("mark")
        let mailroom = room.mailroom {
            $0.notify = [
                "sh", "-c",
                "echo \"$FRONTDESK_MAILBOX $FRONTDESK_CALLER $FRONTDESK_SECONDS $FRONTDESK_NEW\" > \"$1.part\"; mv \"$1.part\" \"$1\"",
                "sh", mark.path,
            ]
        }
        _ = await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom, caller: "$(touch /tmp/never)"))
        while !FileManager.default.fileExists(atPath: mark.path) { await Task.yield() }
        #expect(try String(contentsOf: mark, encoding: .utf8) == "2001 $(touch /tmp/never) 7 1\n")
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["http://127.0.0.1/messages", "http://127.0.0.1/broken"])
    func `a web service is told of a message, and one that fails is told to the administrator`(url: String) async throws {
        let room = Room()
        let mailroom = room.mailroom { $0.webhook = url }
        _ = await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom))
        while room.posted.withLock({ $0.isEmpty }) { await Task.yield() }
        let posted = try #require(room.posted.withLock { $0.first })
        #expect(posted.hasPrefix(url + " {"))
        for part in ["\"mailbox\":\"2001\"", "\"caller\":\"4711\"", "\"seconds\":7", "\"new\":1", "\"saved\":0"] {
            #expect(posted.contains(part), "\(posted)")
        }
        guard url.hasSuffix("/broken") else { return }
        while room.troubles.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(room.troubles.withLock { $0.first } == "Mailbox 2001: \(url) was not notified: it is broken")
    }

    @Test(.timeLimit(.minutes(5))) func `a program that fails is told to the administrator, and the message is delivered`() async throws {
        let room = Room()
        let mailroom = room.mailroom { $0.notify = ["no-such-program-anywhere"] }
        #expect(await mailroom.answer(.deliver("2001"), draft: try await room.draft(mailroom)) == .done)
        while room.troubles.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(room.troubles.withLock { $0.first }?.contains("notifies") == true)
    }
}
