import Attendant
import Audio
import CTI
import CallControl
import Flow
import Kernel
import MediaEngine
import SDP
import Stores
import StrictYAML
import Testing

/// An attendant with its surroundings played by the test: the CTIManager, the media engine, the prompts and the store, in virtual time.
struct Reception {
    var machine: AttendantMachine
    var now = Instant.zero
    var outputs: [AttendantMachine.Output] = []
    let leg = LegID(2)
    let session = MediaSessionID(7)

    static let flow = """
        flow: Test
        lines: [5000]
        language: en-US
        steps:
          welcome:
            - answer
            - play: hello
            - menu: { prompt: choose, keys: { 1: sales }, no-input: { after: 5s, attempts: 1, go: bye }, no-match: { attempts: 1, go: bye } }
          sales:
            - redirect: { to: 2001, with: { reason: sales }, ring: 10s, busy: bye, no-answer: bye, unreachable: bye, failed: bye }
          bye:
            - play: goodbye
            - hangup
        failed: bye
        """

    init(_ text: String = Reception.flow, groups: [QueueGroup] = [], farewells: [FlowCause: Clip] = [:]) throws {
        let (flow, diagnostics) = FlowChecker.check(text: text, file: "test.yaml")
        let checked = try #require(flow, "\(diagnostics.map(\.rendered))")
        var configuration = AttendantMachine.Configuration(
            user: "attendant", password: "secret", devices: [("main-line", .dynamic(.g711))],
            ringback: try Clip(Sound(samples: Array(repeating: 0, count: 800), rate: 8000)), wallClockAtZero: 1_800_000_000)
        configuration.groups = groups
        configuration.farewells = farewells
        machine = AttendantMachine(configuration, flows: [checked])
    }

    mutating func give(_ input: AttendantMachine.Input) {
        machine.receive(input, at: now, into: &outputs)
    }

    mutating func give(_ kind: CallEvent.Kind) {
        give(.event(.call(CallEvent(call: CallID(1), leg: leg, device: "main-line", line: "5000", kind: kind))))
    }

    /// Lets time pass, deadline by deadline.
    mutating func pass(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while let due = machine.nextDeadline, due <= end {
            now = due
            give(.deadline)
        }
        now = end
    }

    /// Takes what the attendant wanted since the last time.
    mutating func take() -> [AttendantMachine.Output] {
        defer { outputs = [] }
        return outputs
    }

    /// The requests among what is wanted, answered with success.
    mutating func requests() -> [ProviderRequest] {
        let wanted = take()
        var requests: [ProviderRequest] = []
        for case .request(let id, let request) in wanted {
            requests.append(request)
            if case .redirect = request { continue }
            give(.reply(id, .success(.done)))
        }
        return requests
    }

    /// What is to be played is ready at once.
    mutating func ready(failed: [String] = []) throws -> [Utterance] {
        var utterances: [Utterance] = []
        for case .prepare(let id, let wanted) in take() {
            utterances += wanted
            let clip = try Clip(Sound(samples: Array(repeating: 100, count: 8000), rate: 8000))
            give(.prepared(id, failed.isEmpty ? [clip] : [], failed: failed))
        }
        return utterances
    }

    /// Brings a caller as far as hearing the first prompt.
    mutating func bringCaller() throws {
        give(.offered(SetUp(calling: Party(number: "+493023125010"), called: "5000")))
        #expect(requests() == [.answer(leg)])
        give(.event(.mediaAddressNeeded(leg)))
        give(.mediaOpened(leg, .success(AttendantMachine.OpenedMedia(id: session, local: Reception.local))))
        #expect(requests().contains(.setMedia(leg, Reception.local)))
        give(.established(with: Party(number: "+493023125010")))
        give(.event(.mediaStarted(leg, Reception.audio)))
    }

    static let local = TransportAddress(ip: .loopbackV4, port: 16384)

    static let audio = NegotiatedAudio(
        remote: TransportAddress(ip: .loopbackV4, port: 4000), remoteRTCP: TransportAddress(ip: .loopbackV4, port: 4001), rtcpMux: false,
        format: .pcmu,
        receivePayloadType: 0, alsoReceive: [], sendEvents: TelephoneEvents(payloadType: 101, clockRate: 8000),
        receiveEvents: TelephoneEvents(payloadType: 101, clockRate: 8000), packetTime: 20, direction: .sendReceive)
}

extension [AttendantMachine.Output] {
    /// The commands for the media session.
    var media: [MediaCommand] {
        compactMap { if case .media(_, let command) = $0 { command } else { nil } }
    }

    /// The play that was begun.
    var play: PlayID? {
        media.compactMap { if case .play(let play, _) = $0 { play } else { nil } }.last
    }

    /// The record of the call, once it is over.
    var record: CallRecord? {
        compactMap { if case .ended(let record) = $0 { record } else { nil } }.first
    }

    var tellsConnected: Bool {
        contains { if case .connected = $0 { true } else { false } }
    }

    var isClosing: Bool {
        media.contains { if case .close = $0 { true } else { false } }
    }

    var stopsPlaying: Bool {
        media.contains { if case .stopPlaying = $0 { true } else { false } }
    }
}
