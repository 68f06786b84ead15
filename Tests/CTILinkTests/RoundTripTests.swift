import CTI
import CallControl
import Kernel
import SDP
import Testing

@testable import CTILink

/// What one end writes the other end reads.
struct RoundTripTests {
    @Test(
        "requests",
        arguments: [
            .openProvider(user: "u", password: "p", heartbeat: .seconds(30)), .closeProvider, .heartbeat, .openDevice("d"),
            .closeDevice("d"),
            .registerMedia("d", .none), .registerMedia("d", .dynamic(.g711)),
            .registerMedia("d", .fixed(TransportAddress(ip: .loopbackV6, port: 4000), .g711)), .unregisterMedia("d"), .accept(LegID(1)),
            .answer(LegID(1)), .reject(LegID(1), .userBusy), .hold(LegID(1)), .retrieve(LegID(1)), .drop(LegID(1), .noAnswer),
            .setMedia(LegID(1), TransportAddress(ip: .loopbackV4, port: 4000)), .snapshot("d"),
            .redirect(
                LegID(1), Redirect(to: "2001", callingSearchSpace: .callingAddress, ring: .seconds(9), supervised: true, showCaller: .ours)),
            .makeCall("d", line: "1", to: "2", data: CallData()),
            .makeCall(
                "d", line: "1", to: "2", data: CallData(), Origination(answersItself: true, calling: Party(number: "3", name: "Hotline"))),
            .consult(LegID(1), to: "2", data: CallData()), .transfer(LegID(1), with: LegID(2)),
            .conference(LegID(1), with: LegID(2)), .join(LegID(1), "d", line: "1", .listener), .join(LegID(1), "d", line: "1", .talker),
            .record(LegID(1), .start), .record(LegID(1), .pause), .routeSelect(LegID(1), ["1", "2"]), .routeEnd(LegID(1)),
            .registerMedia("d", .routing), .takeOver(LegID(1), by: "d"), .park(LegID(1), at: "7101"),
            .park(LegID(1), at: nil), .monitorParks(true), .monitorParks(false),
            .setMessageWaiting("d", "2001", MessageSummary(new: 2, old: 8)),
            .redirect(LegID(1), Redirect(to: "2", also: ["3", "4"], supervised: true)),
            .redirect(LegID(1), Redirect(to: "2", showCaller: .modified(Party(number: "3")), calledAddress: .setToDestination)),
            .attach(LegID(1), CallData()), .agentStates, .monitorAgents(true), .monitorAgents(false), .setAgentState("anna", .ready),
            .setAgentState("anna", .notReady(reason: "lunch")), .releaseAgent("anna"),
            .reserveAgent("anna", wrapUp: .seconds(30), within: .seconds(20)),
        ] as [ProviderRequest])
    func requests(request: ProviderRequest) {
        var (client, server) = (LinkClientSession(), LinkSession())
        #expect(server.receive(client.text(RequestID(7), request)) == .request(RequestID(1), request))
    }

    @Test(
        "replies",
        arguments: [
            (.heartbeat, .success(.done)),
            (.openProvider(user: "u", password: "p", heartbeat: nil), .success(.opened(heartbeat: .seconds(5)))),
            (.makeCall("d", line: "1", to: "2", data: CallData()), .success(.made(CallID(3), LegID(4)))),
            (.snapshot("d"), .success(.calls([CallSnapshot(call: CallID(1), leg: LegID(2), state: .connected)]))),
            (.snapshot("d"), .success(.calls([CallSnapshot(call: CallID(1), leg: LegID(2), state: .alerting, position: 3)]))),
            (.record(LegID(1), .start), .success(.recording(file: "a.wav"))), (.record(LegID(1), .stop), .success(.done)),
            (.join(LegID(1), "d", line: "1", .talker), .success(.made(CallID(3), LegID(4)))),
            (.park(LegID(1), at: nil), .success(.parked(at: "7101"))),
            (.agentStates, .success(.agents([.anna(.ready), .anna(.notReady(reason: "lunch"))]))),
            (.consult(LegID(1), to: "2", data: CallData()), .success(.made(CallID(3), LegID(4)))),
        ]
            + [
                .providerNotOpen, .providerAlreadyOpen(user: "u"), .badCredentials(user: "u"), .tooManyFailures(user: "u"),
                .missingGroup(user: "u", .callRecording),
                .missingGroup(user: "u", .callMonitoring, device: "d"), .callControl(.notOfOneDevice(LegID(1), LegID(2))),
                .callControl(.noParkNumber("7")), .callControl(.parkNumberTaken("7")), .callControl(.noRecording),
                .callControl(.recordingFailed("full")),
                .secureConnectionRequired(user: "u"), .noSuchDevice("d"), .deviceNotControlled(user: "u", "d"), .deviceNotOpen("d"),
                .wrongDeviceKind("d", .trunk), .registrationConflict("d", user: "u"), .mediaNotRegistered("d"), .noSuchCall(LegID(1)),
                .limitReached("calls", 4), .noSuchAgent("x"), .agentNotControlled(user: "u", "anna"),
                .agentNotReady("anna", .notReady(reason: "lunch")), .agentNotReady("anna", .talking), .callControl(.wrongState(.connected)),
                .callControl(.invalidDestination("9")),
                .callControl(.noSuchLine("d", "1")), .callControl(.destinationFailed("9", .userBusy)), .callControl(.mediaRefused),
            ].map { (.heartbeat, .failure($0)) } as [(ProviderRequest, Result<ProviderReply, Refusal>)])
    func replies(request: ProviderRequest, result: Result<ProviderReply, Refusal>) throws {
        var (client, server) = (LinkClientSession(), LinkSession())
        _ = server.receive(client.text(RequestID(7), request))
        let text = server.reply(RequestID(1), result) ?? ""
        guard case .reply(RequestID(7), let read)? = try client.receive(text) else { throw Surprise() }
        #expect(read == result)
    }

    /// A stream with keys, whose peer may go over to a codec of another clock.
    private static let secured: NegotiatedAudio = {
        let address = TransportAddress(ip: .loopbackV6, port: 4000)
        var audio = NegotiatedAudio(
            remote: address, remoteRTCP: address, rtcpMux: true, format: .pcma, receivePayloadType: 8, alsoReceive: [], sendEvents: nil,
            receiveEvents: nil, packetTime: 20, direction: .sendReceive)
        audio.isDiscontinuous = true
        audio.comfortNoise = 13
        audio.receiveEvents = TelephoneEvents(payloadType: 101, clockRate: 8000)
        audio.alsoReceiveEvents = [TelephoneEvents(payloadType: 102, clockRate: 48_000)]
        var random = SeededRandom(seed: 1)
        audio.keys = SRTPKeys(send: SRTPKey(suite: .aesGCM256, using: &random), receive: SRTPKey(suite: .aesGCM256, using: &random))
        return audio
    }()

    @Test(
        "events",
        arguments: [
            .providerShutdown(reason: "r"), .inService("d"), .outOfService("d"), .mediaAddressNeeded(LegID(1)), .mediaStopped(LegID(1)),
            .data(LegID(1), CallData()), .reRoute(LegID(1), .userBusy), .routeUsed(LegID(1), "2001"), .routeEnd(LegID(1)),
            .routeRequest(LegID(1), SetUp(calling: Party(number: "1"), called: "5000", media: .solicit)),
            .mediaStarted(
                LegID(1),
                NegotiatedAudio(
                    remote: TransportAddress(ip: .loopbackV4, port: 4000), remoteRTCP: TransportAddress(ip: .loopbackV4, port: 4001),
                    rtcpMux: false,
                    format: .pcmu, receivePayloadType: 0, alsoReceive: [.pcma],
                    sendEvents: TelephoneEvents(payloadType: 101, clockRate: 8000),
                    receiveEvents: nil, packetTime: 20, direction: .sendReceive)),
            .mediaStarted(LegID(1), RoundTripTests.secured), .agentState("anna", .notReady(reason: "lunch")), .agentState("anna", .talking),
        ]
            + [
                .originated(to: "1"), .delivered, .established(with: Party(number: "1", name: "Ada")), .diverted(to: "1", .noAnswer), .held,
                .retrieved, .queued(position: 2), .bridged(at: "other", .hold), .transferred(to: Party(number: "3")),
                .conferenced([Party(number: "3"), Party(number: nil)]), .parked(at: "7101"),
                .unparked(from: "7101", .reverted),
                .failed(.userBusy), .connectionCleared(.normalClearing), .digit("5"), .callCleared(.normalClearing),
                .offered(
                    SetUp(
                        calling: Party(number: nil), called: "5000", originalCalled: "5001",
                        diversions: [Diversion(number: "5001", reason: .userBusy)], media: .solicit)),
            ].map { .call(CallEvent(call: CallID(1), leg: LegID(2), device: "d", line: "1", kind: $0)) } as [ProviderEvent])
    func events(event: ProviderEvent) throws {
        var client = LinkClientSession()
        guard case .event(let read)? = try client.receive(LinkSession.notification(event)) else { throw Surprise() }
        #expect(read == event)
        // The description names every member that there is.
        let (name, parameters) = event.link
        guard case .object(let members) = parameters, let described = LinkEvent.byName[name] else { throw Surprise() }
        #expect(Set(members.keys).isSubset(of: described.members))
    }

    @Test("what a newer server says and we do not know is passed over")
    func unknown() throws {
        var client = LinkClientSession()
        #expect(try client.receive(#"{"jsonrpc":"2.0","method":"Sang","params":{}}"#) == nil)
        #expect(try client.receive(#"{"jsonrpc":"2.0","id":99,"result":null}"#) == nil)
        #expect(throws: LinkMistake.self) { try client.receive("{") }
    }

    @Test(
        "addresses of servers",
        arguments: [
            ("ws://10.0.0.1", "ws://10.0.0.1:2748"), ("ws://cti.example:99/", "ws://cti.example:99"), ("ws://[::1]:5", "ws://[::1]:5"),
            ("wss://x", "wss://x:2749"), ("wss://x:7/", "wss://x:7"), ("wsss://x", nil), ("ws://", nil), ("ws://x:y", nil),
            ("ws://x:0", nil), ("x", nil),
        ] as [(String, String?)])
    func addresses(text: String, expected: String?) {
        #expect(LinkAddress(text)?.description == expected)
    }

    private struct Surprise: Error {}
}

extension AgentSnapshot {
    fileprivate static func anna(_ state: AgentState) -> AgentSnapshot {
        AgentSnapshot(
            agent: "anna", settings: AgentSettings(name: "Anna", line: "2001", devices: ["desk"], skills: ["german": 5]), state: state,
            lasting: .milliseconds(12_500))
    }
}
