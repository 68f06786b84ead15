import Flow
import Foundation
import Kernel
import StrictYAML
import Testing

/// A call through a flow in virtual time, with a world that answers at once, plays each utterance for two seconds, and notes what happens.
struct Story {
    var run: FlowRun
    private(set) var now = Instant.zero
    /// What the run wanted, as `seconds what`.
    private(set) var heard: [String] = []
    private var pending: [(at: Instant, order: Int, input: FlowInput)] = []
    private var playing: Int?
    private var order = 0

    /// How long one utterance plays.
    var utterance: Duration = .seconds(2)
    /// What lookups find, by key; a key without a record isn't found.
    var records: [String: [String: String]] = [:]
    /// When lookups are answered; never when `nil`.
    var lookupTime: Duration? = .milliseconds(10)
    /// How redirects end, by number; others succeed after a second.
    var redirects: [String: FlowOutcome] = [:]
    /// What comes of a recording when it is stopped.
    var recording = RecordingOutcome.complete(name: "recordings/a.wav", length: .seconds(9), spoken: .seconds(6))
    /// What mailboxes answer; `nil` for nothing.
    var mailbox: (MailboxRequest) -> MailboxReply? = { request in
        switch request {
        case .visit: .open(greeting: nil)
        case .enter: .entered([])
        default: .done
        }
    }
    /// What tasks report, one after the other; further ones never do.
    var tasks: [TaskReport] = []
    /// Prompts that can't be played.
    var broken: Set<String> = []

    init(_ flow: Flow, caller: String = "+4930111", data: [String: String] = [:], startedAt: Double = Story.mondayNoon) {
        run = FlowRun(
            flow, facts: CallFacts(callerNumber: caller, calledNumber: "5000", callID: "c1", data: data, startedAt: startedAt), at: .zero)
    }

    /// 2026-11-23 12:00 in Berlin.
    static let mondayNoon = 1_795_431_600.0

    mutating func start() { give(.start) }

    /// Lets time pass, with all that is due meanwhile.
    mutating func wait(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while true {
            let event = pending.min { ($0.at, $0.order) < ($1.at, $1.order) }
            let deadline = run.nextDeadline
            guard let next = [event?.at, deadline].compactMap({ $0 }).min(), next <= end else { break }
            now = max(now, next)
            if let event, event.at <= next {
                pending.removeAll { $0.order == event.order }
                if playing == event.order { playing = nil }
                give(event.input)
            } else {
                give(.deadline)
                // A deadline that is dealt with has moved or gone.
                if let after = run.nextDeadline, after <= next {
                    heard.append("STUCK")
                    return
                }
            }
        }
        now = end
    }

    mutating func press(_ keys: String) {
        for face in keys { if let key = DTMFKey(face) { give(.key(key)) } }
    }

    mutating func give(_ input: FlowInput) {
        var outputs: [FlowCommand] = []
        run.receive(input, at: now, into: &outputs)
        for output in outputs { perform(output) }
    }

    private mutating func later(_ input: FlowInput, _ delay: Duration) {
        order += 1
        pending.append((now.advanced(by: delay), order, input))
    }

    /// Nothing that was asked for is answered any more.
    mutating func forgetPending() { pending = [] }

    private mutating func note(_ what: String) {
        let tenths = now.nanoseconds / 100_000_000
        heard.append("\(tenths / 10).\(tenths % 10) \(what)")
    }

    private mutating func perform(_ command: FlowCommand) {
        switch command {
        case .answer, .accept:
            note(command == .answer ? "answer" : "accept")
            later(.done, .zero)
        case .reject(let cause): note("reject \(cause.rawValue)")
        case .hangup(let cause): note("hangup \(cause.rawValue)")
        case .play(let utterances):
            let words = utterances.map { utterance in
                let mark = utterance.language == "en-US" ? "" : "(\(utterance.language))"
                switch utterance.content {
                case .prompt(let name): return name + mark
                case .speech(let text): return "\"\(text)\"" + mark
                case .beep, .recording, .holdMusic: return utterance.words + mark
                }
            }
            note("play " + words.joined(separator: ", "))
            for word in words where broken.contains(word) { later(.promptFailed(word), .zero) }
            later(.played, utterance * utterances.count)
            playing = order
        case .stopPlaying:
            note("stop")
            if let playing { pending.removeAll { $0.order == playing } }
            playing = nil
        case .listen(let isOn): note(isOn ? "listen" : "listen no more")
        case .lookUp(let store, let key, _):
            note("look up \(store) \(key)")
            if let lookupTime { later(.record(records[key].map { .found($0) } ?? .notFound), lookupTime) }
        case .redirect(let redirect):
            note("redirect \(redirect.to)" + redirect.data.map { " \($0.name)=\($0.value)" }.joined())
            later(redirects[redirect.to].map { .redirectFailed($0) } ?? .redirected, .seconds(1))
        case .record(let order): note("record" + (order.silence.map { " until \($0.components.seconds) s of silence" } ?? ""))
        case .stopRecording:
            note("stop recording")
            later(.recorded(recording), .milliseconds(10))
        case .discardRecording: note("discard")
        case .mailbox(let request):
            note("mailbox: \(request.told)")
            if let reply = mailbox(request) { later(.mailbox(reply), .milliseconds(10)) }
        case .music(let music): note(music.map { "music \($0.sound.words)\($0.staysOn ? ", on hold" : "")" } ?? "music ends")
        case .setAgent(let state):
            note("agent \(state)")
            later(.agentSet(.found), .milliseconds(10))
        case .enterQueue(let order):
            note("queue \(order.wish.group)" + order.data.map { " \($0.name)=\($0.value)" }.joined())
        case .leaveQueue: note("leave queue")
        case .callBack(let order):
            note("call back \(order.number) for \(order.wish.group)")
            later(.callbackSet(.found), .milliseconds(10))
        case .log(let text): note("log \(text)")
        case .count(let counter, let amount): note("count \(counter) \(amount)")
        case .begin(let number, let task):
            note(task.summary)
            if let answer = tasks.isEmpty ? nil : tasks.removeFirst() { later(.task(number, answer), .milliseconds(100)) }
        case .end(let task): note("end task \(task)")
        case .pressed, .began: break
        case .entered(let step): note("[\(step)]")
        case .finished(let outcome): note("finished \(outcome.rawValue)")
        }
    }

    /// What happened, without times and steps.
    var told: [String] {
        heard.map { String($0.drop { $0 != " " }.dropFirst()) }.filter { !$0.hasPrefix("[") }
    }

    var steps: [String] {
        heard.compactMap { $0.contains("[") && $0.hasSuffix("]") ? String($0.drop { $0 != "[" }.dropFirst().dropLast()) : nil }
    }
}

extension [FlowCommand] {
    /// What is to be done, without what is only told for the record.
    var deeds: [FlowCommand] {
        filter {
            switch $0 {
            case .began, .pressed: false
            default: true
            }
        }
    }
}

/// A flow out of its steps.
func flow(_ steps: String, head: String = "", context: CheckContext = CheckContext(), _ location: SourceLocation = #_sourceLocation) throws
    -> Flow
{
    let text =
        "flow: T\nlines: [5000]\nlanguage: en-US\n\(head)\nsteps:\n"
        + steps.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
    let (flow, problems) = FlowChecker.check(text: text, file: "t.yaml", context: context)
    return try #require(flow, "\(problems.map(\.rendered).joined(separator: "\n"))", sourceLocation: location)
}

/// The files of the sample site.
enum Sample {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String { try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) }

    static func context() throws -> CheckContext {
        let (catalogue, problems) = PromptCatalogue.read(text: try text("Prompts/prompts.yaml"), file: "Prompts/prompts.yaml")
        #expect(problems.isEmpty)
        let numbers: Set<String> = ["5000", "2000", "2001", "2002", "2003", "2004"]
        return CheckContext(
            lines: numbers, prompts: catalogue.texts.mapValues { Set($0.keys) }, stores: ["customer"], mailboxes: ["2001", "2002"],
            numbers: numbers, agentGroups: ["support"], skills: ["german"])
    }
}
