import Attendant
import Flow
import Foundation
import Kernel
import Node
import Stores

/// A call of the terminal through a flow, in real time: the interpreter that answers real calls, with a person for the world.
struct TerminalCall {
    private enum Event: Sendable {
        case typed(TypedKeys.Typed)
        case tick
        case input(FlowInput)
    }

    private var run: FlowRun
    private let catalogue: PromptCatalogue
    private let store: CustomerStore?
    private let speaker: LoudSpeaker?
    private let services = FlowServices(web: WebClient())
    private let began = ContinuousClock.now
    private var pending: [(at: Instant, input: FlowInput)] = []
    private var playing: Instant?
    private var isListening = false
    private var recordingSince = Instant.zero
    /// The number that rings, and whose outcome is to be typed.
    private var rings: FlowRedirect?
    private let events: AsyncStream<Event>
    private let yield: AsyncStream<Event>.Continuation

    init(_ flow: Flow, _ facts: CallFacts, site: Site, catalogue: PromptCatalogue, speaker: LoudSpeaker?) {
        run = FlowRun(flow, facts: facts, at: .zero)
        self.catalogue = catalogue
        self.speaker = speaker
        store = site.customerFile.flatMap { try? CustomerStore(path: $0.path, region: site.country) }
        (events, yield) = AsyncStream.makeStream(of: Event.self)
    }

    private var now: Instant {
        let time = ContinuousClock.now - began
        return Instant.zero.advanced(by: time)
    }

    /// Goes through the call until it is over.
    mutating func run(_ typed: TypedKeys) async {
        let yield = yield
        let keys = Task { for await one in typed.all { yield.yield(.typed(one)) } }
        let clock = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(20))
                yield.yield(.tick)
            }
        }
        give(.start)
        for await event in events {
            switch event {
            case .tick: pass()
            case .typed(.key(let key)): press(key)
            case .typed(.speech): speak()
            case .typed(.hangUp):
                say("you hang up")
                give(.released)
            case .input(let input): give(input)
            }
            if run.isOver { break }
        }
        keys.cancel()
        clock.cancel()
        speaker?.stop()
    }

    private mutating func pass() {
        let now = now
        if let first = pending.first, first.at <= now {
            pending.removeFirst()
            give(first.input)
        }
        if let playing, playing <= now, speaker?.isPlaying != true {
            self.playing = nil
            give(.played)
        }
        if let deadline = run.nextDeadline, deadline <= now { give(.deadline) }
    }

    private mutating func press(_ key: DTMFKey) {
        guard let ringing = rings else {
            say("you press \(key)")
            return give(.key(key))
        }
        let outcome: FlowInput
        switch key.character {
        case "1": outcome = .redirected
        case "2": outcome = .redirectFailed(.busy)
        case "3": outcome = .redirectFailed(.noAnswer)
        case "4": outcome = .redirectFailed(.unreachable)
        default: return
        }
        say("\(ringing.to): \(["1": "answers", "2": "is busy", "3": "does not answer"][key.character] ?? "is unreachable")")
        rings = nil
        give(outcome)
    }

    private mutating func speak() {
        say("you speak")
        guard isListening else { return }
        isListening = false
        give(.spoke)
    }

    /// Whoever sits at a terminal is taken to speak all the time, and to fall silent after a while.
    private mutating func record() {
        say("● recorded from here on: speak, if you like; it ends after 10 seconds, or by a key if the flow says so")
        recordingSince = now
        pending.append((now.advanced(by: .seconds(10)), .recorded(.complete(name: "nowhere", length: .seconds(10), spoken: .seconds(7)))))
    }

    /// The mailboxes of a terminal take every PIN and hold two messages.
    private mutating func ask(_ request: MailboxRequest) {
        say("mailbox: \(request.told)")
        let messages = (1...2).map {
            VoiceMessage(id: "\($0)", recording: "\($0)", caller: "4930123456", at: 0, localTime: "2026-11-23 17:30", isNew: true)
        }
        let reply: MailboxReply =
            switch request {
            case .visit: .open(greeting: nil)
            case .enter: .entered(messages)
            case .deliver, .keep, .delete, .greet: .done
            }
        pending.append((now, .mailbox(reply)))
    }

    private mutating func endRecording() {
        pending.removeAll { if case .recorded = $0.input { true } else { false } }
        let length = recordingSince.duration(to: now)
        pending.append((now, .recorded(.complete(name: "nowhere", length: length, spoken: length))))
    }

    /// At a terminal one caller is ahead, and an agent takes the call after half a minute.
    private mutating func enterQueue(_ order: FlowQueue) {
        say("waits for \(order.wish.group); an agent comes free in 30 seconds")
        let minute = Duration.seconds(60)
        pending.append((now, .queue(.place(position: 2, waiting: 2, wait: minute))))
        pending.append((now.advanced(by: .seconds(20)), .queue(.place(position: 1, waiting: 1, wait: minute))))
        pending.append((now.advanced(by: .seconds(27)), .queue(.offered)))
        pending.append((now.advanced(by: .seconds(30)), .redirected))
    }

    private mutating func give(_ input: FlowInput) {
        var commands: [FlowCommand] = []
        run.receive(input, at: now, into: &commands)
        for command in commands { perform(command) }
    }

    private mutating func perform(_ command: FlowCommand) {
        switch command {
        case .answer, .accept:
            say(command == .answer ? "answered" : "it rings")
            pending.append((now, .done))
        case .play(let utterances): play(utterances)
        case .stopPlaying:
            playing = nil
            speaker?.stop()
        case .listen(let isOn):
            isListening = isOn
            if isOn { say("  type s to speak over it") }
        case .lookUp(let store, let key, _): lookUp(store, key)
        case .begin(let number, let task):
            say(task.summary)
            let (services, yield) = (services, yield)
            Task { yield.yield(.input(.task(number, await services.perform(task)))) }
        case .redirect(let redirect):
            rings = redirect
            say("rings at \(redirect.to)" + redirect.data.map { ", \($0.name): \($0.value)" }.joined())
            say("  press 1: answers, 2: is busy, 3: nobody answers, 4: is not there")
        case .record: record()
        case .enterQueue(let order): enterQueue(order)
        case .leaveQueue: pending.removeAll { if case .queue = $0.input { true } else { $0.input == .redirected } }
        case .callBack(let order):
            say("a call to \(order.number) is promised")
            pending.append((now, .callbackSet(.found)))
        case .setAgent:
            say("the agent's state is set")
            pending.append((now, .agentSet(.found)))
        case .stopRecording: endRecording()
        case .discardRecording: say("● what was recorded is forgotten")
        case .mailbox(let request): ask(request)
        case .music(let music): say(music.map { "♫ \(text(of: $0.sound)), again and again" } ?? "♫ the music ends")
        case .entered(let step): say("— \(step)")
        case .log(let text): say("log: \(text)")
        case .count(let counter, let amount): say("count: \(counter) \(amount)")
        case .hangup(let cause): say("the flow hangs up (\(cause.rawValue))")
        case .reject(let cause): say("the flow refuses the call (\(cause.rawValue))")
        case .finished(let outcome) where outcome != .hangup: say("the end: \(outcome.rawValue)")
        default: break
        }
    }

    private mutating func play(_ utterances: [Utterance]) {
        var length = 0
        for utterance in utterances {
            let text = text(of: utterance)
            length += max(600, text.count * 65)
            say("♪ \(text)")
        }
        playing = now.advanced(by: .milliseconds(length))
        speaker?.play(utterances, catalogue)
    }

    private func text(of utterance: Utterance) -> String {
        guard case .prompt(let name) = utterance.content else { return utterance.words }
        return catalogue.text(of: name, in: utterance.language).map { "\($0)  (\(name))" } ?? "(\(name))"
    }

    private func lookUp(_ name: String, _ key: String) {
        let (store, yield) = (name == "customer" ? store : nil, yield)
        Task {
            let outcome: LookupOutcome
            do throws(StoreFailure) {
                outcome = try await store?.record(for: key).map { .found($0) } ?? .notFound
            } catch {
                outcome = .failed("\(error)")
            }
            yield.yield(.input(.record(outcome)))
        }
    }

    private func say(_ text: String) {
        let tenths = now.nanoseconds / 100_000_000
        print("\(tenths / 10).\(tenths % 10)  \(text)")
    }
}
