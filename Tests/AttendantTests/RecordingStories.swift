import Attendant
import Audio
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import Stores
import Testing

@Suite struct RecordingStories {
    private static let flow = """
        flow: Test
        lines: [5000]
        language: en-US
        steps:
          welcome:
            - answer
            - record: { into: note, silence: 4s, no-input: silent, failed: broken }
            - play: thanks
            - hangup
          silent:
            - hangup: busy
          broken:
            - hangup: unavailable
        """
    private static let file = VoiceFile(name: "recordings/a.wav", path: "/site/var/recordings/a.wav")

    /// A caller who has heard the tone, with a file open or refused.
    private func recording(_ result: Result<VoiceFile, VoiceFailure> = .success(file), flow: String = flow) throws -> Reception {
        var reception = try Reception(flow)
        try reception.bringCaller()
        _ = reception.take()
        reception.give(.media(.heard(reception.session)))
        #expect(try reception.ready().map(\.content) == [.beep])
        let play = try #require(reception.take().play)
        reception.give(.media(.played(reception.session, play, stopped: false)))
        #expect(reception.take().opensRecording)
        reception.give(.recordingOpened(reception.leg, result))
        return reception
    }

    private func hear(_ reception: inout Reception, spoken: Duration, quiet: Duration) {
        reception.give(.media(.recording(reception.session, SpeechReading(spoken: spoken, quiet: quiet))))
    }

    @Test func `the caller is recorded after the tone until silence, and the flow goes on when the file is complete`() throws {
        var reception = try recording()
        #expect(reception.take().recordsTo == Self.file.path)
        hear(&reception, spoken: .seconds(2), quiet: .seconds(3))
        #expect(!reception.take().stopsRecording)
        hear(&reception, spoken: .seconds(2), quiet: .seconds(4))
        #expect(reception.take().stopsRecording)
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(6)))))
        #expect(try reception.ready() == [Utterance(.prompt("thanks"), language: "en-US")])
    }

    @Test func `who speaks over the prompt stops it, and is recorded at once`() throws {
        var reception = try Reception(Self.flow.replacing("into: note,", with: "into: note, prompt: tell-us, barge-in: speech,"))
        try reception.bringCaller()
        _ = reception.take()
        reception.give(.media(.heard(reception.session)))
        #expect(reception.outputs.listens == [true])
        #expect(try reception.ready().map(\.words) == ["tell-us"])
        _ = reception.take()
        reception.give(.media(.spoke(reception.session)))
        let wanted = reception.take()
        #expect(wanted.stopsPlaying && wanted.opensRecording)
        #expect(wanted.listens == [], "what is listened to has the first words")
        reception.give(.recordingOpened(reception.leg, .success(Self.file)))
        #expect(reception.take().recordsTo == Self.file.path)
        reception.give(.connectionCleared(.normalClearing))
        reception.give(.media(.closed(reception.session, MediaStatistics())))
        let record = try #require(reception.take().record)
        #expect(record.events.contains { $0.what == .note && $0.text == "begins to speak" })
    }

    @Test func `a prompt that nobody speaks over ends listening, and the tone comes`() throws {
        var reception = try Reception(Self.flow.replacing("into: note,", with: "into: note, prompt: tell-us, barge-in: speech,"))
        try reception.bringCaller()
        reception.give(.media(.heard(reception.session)))
        _ = try reception.ready()
        let play = try #require(reception.take().play)
        reception.give(.media(.played(reception.session, play, stopped: false)))
        #expect(reception.outputs.listens == [false])
        #expect(try reception.ready().map(\.content) == [.beep])
    }

    @Test func `a recording of nothing is removed, and the flow takes its way`() throws {
        var reception = try recording()
        hear(&reception, spoken: .zero, quiet: .seconds(4))
        _ = reception.take()
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(4)))))
        #expect(reception.outputs.dropped == [Self.file])
        #expect(reception.requests() == [.drop(reception.leg, .userBusy)])
    }

    @Test func `a second recording of a call leaves the first one alone`() throws {
        var reception = try recording(flow: Self.flow.replacing("- play: thanks", with: "- record: again"))
        hear(&reception, spoken: .seconds(2), quiet: .seconds(4))
        _ = reception.take()
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(6)))))
        #expect(try reception.ready().map(\.content) == [.beep])
        let play = try #require(reception.take().play)
        reception.give(.media(.played(reception.session, play, stopped: false)))
        let wanted = reception.take()
        #expect(wanted.opensRecording)
        #expect(wanted.dropped.isEmpty)
    }

    @Test func `a disk without room takes the flow's way for it, and is told to the administrator`() throws {
        var reception = try recording(.failure(VoiceFailure("full")))
        #expect(reception.outputs.contains { if case .trouble = $0 { true } else { false } })
        #expect(reception.requests() == [.drop(reception.leg, .subscriberAbsent)])
    }

    @Test(arguments: [(Duration.seconds(3), [VoiceFile]()), (.zero, [file])])
    func `what was said stays when the caller hangs up, and a file of nothing does not`(spoken: Duration, dropped: [VoiceFile]) throws {
        var reception = try recording()
        hear(&reception, spoken: spoken, quiet: .zero)
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.take().isClosing)
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(5)))))
        #expect(reception.take().dropped == dropped)
        #expect(reception.machine.callCount == 0)
    }

    @Test func `the end of another recording is not taken for the end of this one`() throws {
        var reception = try recording()
        _ = reception.take()
        reception.give(.media(.recorded(reception.session, path: "/site/var/recordings/older.wav", .success(.seconds(1)))))
        #expect(reception.take().isEmpty)
    }

    @Test func `a file that opens after the caller is gone is removed`() throws {
        var reception = try Reception(Self.flow)
        try reception.bringCaller()
        reception.give(.connectionCleared(.normalClearing))
        _ = reception.take()
        reception.give(.recordingOpened(reception.leg, .success(Self.file)))
        #expect(reception.take().dropped == [Self.file])
    }

    /// A caller who leaves a message, with the recording running.
    private func leavingMessage() throws -> Reception {
        var reception = try Reception(
            Self.flow.replacing(
                "record: { into: note, silence: 4s, no-input: silent, failed: broken }",
                with: "voicemail: { mailbox: 2001, no-input: silent, failed: broken }"))
        try reception.bringCaller()
        _ = reception.take()
        reception.give(.media(.heard(reception.session)))
        let (request, job) = try #require(reception.take().mailbox)
        #expect(request == .visit("2001"))
        reception.give(.mailbox(reception.leg, job, .open(greeting: nil)))
        for heard in [Utterance.Content.prompt("voicemail-greeting"), .beep] {
            #expect(try reception.ready().map(\.content) == [heard])
            let play = try #require(reception.take().play)
            reception.give(.media(.played(reception.session, play, stopped: false)))
        }
        #expect(reception.take().opensRecording)
        reception.give(.recordingOpened(reception.leg, .success(Self.file)))
        _ = reception.take()
        return reception
    }

    @Test func `who hangs up in the middle of a message has left it`() throws {
        var reception = try leavingMessage()
        hear(&reception, spoken: .seconds(3), quiet: .zero)
        reception.give(.connectionCleared(.normalClearing))
        #expect(reception.take().mailbox == nil)
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(4)))))
        let wanted = reception.take()
        #expect(wanted.mailbox?.request == .deliver("2001"))
        #expect(wanted.draft == MailDraft(file: Self.file, length: .seconds(4), caller: "+493023125010", callerName: ""))
    }

    @Test func `who hangs up before saying anything has left none`() throws {
        var reception = try leavingMessage()
        reception.give(.connectionCleared(.normalClearing))
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(1)))))
        let wanted = reception.take()
        #expect(wanted.mailbox == nil)
        #expect(wanted.dropped == [Self.file])
    }

    @Test func `who hangs up during the choice has left the message, and it is delivered once`() throws {
        var reception = try leavingMessage()
        hear(&reception, spoken: .seconds(3), quiet: .seconds(5))
        reception.give(.media(.recorded(reception.session, path: Self.file.path, .success(.seconds(8)))))
        #expect(try reception.ready().map(\.content) == [.prompt("voicemail-review")])
        reception.give(.connectionCleared(.normalClearing))
        let requests = reception.take().compactMap { if case .mailbox(_, _, let request, _) = $0 { request } else { nil } }
        #expect(requests == [.deliver("2001")])
    }

    @Test func `music plays in a loop until something else plays`() throws {
        var reception = try Reception(
            Self.flow.replacing(
                "- record: { into: note, silence: 4s, no-input: silent, failed: broken }",
                with: "- music: { sound: waltz, for: 3s }\n    - music: tango"))
        try reception.bringCaller()
        _ = reception.take()
        reception.give(.media(.heard(reception.session)))
        #expect(try reception.ready().map(\.words) == ["waltz"])
        #expect(reception.take().music == [true])
        reception.pass(.seconds(3))
        #expect(reception.outputs.music.first == false)
        #expect(reception.outputs.music.last == false, "the prompt behind the second music ends it at once")
    }
}

extension [AttendantMachine.Output] {
    fileprivate var opensRecording: Bool { contains { if case .openRecording = $0 { true } else { false } } }
    fileprivate var recordsTo: String? { media.compactMap { if case .record(let path) = $0 { path } else { nil } }.first }
    /// Whether each command about speech begins to listen.
    fileprivate var listens: [Bool] { media.compactMap { if case .detectSpeech(let isOn) = $0 { isOn } else { nil } } }
    fileprivate var stopsRecording: Bool { media.contains { if case .stopRecording = $0 { true } else { false } } }
    fileprivate var mailbox: (request: MailboxRequest, job: MailJob)? {
        compactMap { if case .mailbox(_, let job, let request, _) = $0 { (request: request, job: job) } else { nil } }.last
    }
    fileprivate var draft: MailDraft? { compactMap { if case .mailbox(_, _, _, let draft) = $0 { draft } else { nil } }.last }
    fileprivate var dropped: [VoiceFile] { compactMap { if case .dropRecording(let file) = $0 { file } else { nil } } }
    /// Whether each command about music begins it.
    fileprivate var music: [Bool] { media.compactMap { if case .music(let clip) = $0 { clip != nil } else { nil } } }
}
