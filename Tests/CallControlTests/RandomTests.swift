import Kernel
import SDP
import Testing

@testable import CallControl

/// An endpoint's view of a leg, which knows what call control may command.
private struct EndpointLeg {
    enum Exchange { case idle, theyOweAnswer, weOweAnswer, weOweOffer, theyOweOffer }

    let isCaller: Bool
    var isConnected = false
    var exchange: Exchange
}

/// Endpoints, applications and requesters that do anything at any time, within their own rules of offer and answer.
private struct Crowd {
    var random: SeededRandom
    var bench: Bench
    var legs: [LegID: EndpointLeg] = [:]
    var askedFor: Set<CallRequestID> = []
    var openLegs: Set<LegID> = []
    var openCalls: Set<CallID> = []
    var openPorts: Set<LegID> = []
    var nextRequest: UInt64 = 1_000_000
    var nextLeg: UInt64 = 1

    static let numbers: [DirectoryNumber] = ["1001", "1002", "1003", "1004", "5000", "6000", "0123", "7101", "7102", "999"]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        // An endpoint of this crowd may be slow, but answers every offer in the end.
        var limits = CallControl.Limits()
        limits.exchange = .seconds(24 * 3600)
        bench = Bench(
            { plan in
                plan.lines[1].forwards = Forwards(busy: "1003", noAnswer: "5000")
                plan.lines[2].forwards = Forwards(noAnswer: "1002", unregistered: "6000")
                plan.lines[4].forwards = Forwards(noAnswer: "1001", failure: "1004")
                plan.lines[5].forwards = Forwards(noAnswer: "0777", failure: "1002")
                plan.park = ParkNumbers(numbers: ["7101", "7102"], reversion: .seconds(20))
                plan.hasMusic = seed % 2 == 0
            }, limits: limits)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &random)] }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func description() -> SessionDescription {
        .at(UInt16.random(in: 1...9, using: &random), pick([.sendReceive, .sendReceive, .sendOnly, .inactive]))
    }

    mutating func send(_ input: CallControl.Input) {
        bench.send(input)
        for output in bench.outputs { check(output) }
        checkTables()
    }

    /// What call control says must be allowed by what it said before.
    private mutating func check(_ output: CallControl.Output) {
        switch output {
        case .mixer(.open(let leg, _, _, _, _)): openPorts.insert(leg)
        case .mixer(.close(let leg)): #expect(openPorts.remove(leg) != nil, "a port is closed once")
        case .mixer, .messageWaiting: break
        case .result(let id, let result):
            #expect(askedFor.remove(id) != nil, "a second result")
            if case .success(.made(_, let leg)) = result { #expect(legs[leg] == nil) }
        case .event(let event):
            if let leg = event.leg {
                if case .connectionCleared = event.kind {
                    #expect(openLegs.remove(leg) != nil)
                } else {
                    openLegs.insert(leg)
                }
            }
            if case .callCleared = event.kind { #expect(openCalls.remove(event.call) != nil) } else { openCalls.insert(event.call) }
        case .leg(let id, .setUp(let setUp, _)):
            #expect(legs[id] == nil)
            legs[id] = EndpointLeg(isCaller: false, exchange: setUp.media == .solicit ? .weOweOffer : .weOweAnswer)
        case .leg(let id, let command):
            guard legs[id] != nil else {
                Issue.record("a command for a leg that is over: \(command)")
                return
            }
            check(command, id)
        }
    }

    private mutating func check(_ command: LegCommand, _ id: LegID) {
        let leg = legs[id] ?? EndpointLeg(isCaller: true, exchange: .idle)
        switch command {
        case .setUp, .update: break
        case .answer: #expect(!leg.isCaller && !leg.isConnected)
        case .alert: #expect(leg.isCaller && !leg.isConnected)
        case .connect(let step):
            #expect(leg.isCaller && !leg.isConnected)
            legs[id]?.isConnected = true
            check(step, id)
        case .media(let step):
            #expect(leg.isConnected)
            check(step, id)
        case .refuseMedia:
            #expect(leg.exchange == .theyOweAnswer || leg.exchange == .theyOweOffer)
            legs[id]?.exchange = leg.isConnected ? .idle : leg.exchange
        case .digit: #expect(leg.isConnected)
        case .release: legs[id] = nil
        }
    }

    private mutating func check(_ step: MediaStep, _ id: LegID) {
        let exchange = legs[id]?.exchange
        switch step {
        case .none: break
        case .offer:
            #expect(exchange == .idle || exchange == .theyOweOffer)
            legs[id]?.exchange = .weOweAnswer
        case .answer:
            #expect(exchange == .theyOweAnswer)
            legs[id]?.exchange = .idle
        case .solicit:
            #expect(exchange == .idle)
            legs[id]?.exchange = .weOweOffer
        }
    }

    private func checkTables() {
        let control = bench.control
        let listed = (control.calls.values.flatMap { Set($0.legs) } + control.conferences.values.flatMap { $0.members.map(\.leg) }).sorted()
        #expect(listed == control.legs.keys.sorted(), "each leg is in one call")
        #expect(control.legs.values.allSatisfy { (control.calls[$0.call] != nil) != (control.conferences[$0.call] != nil) })
        #expect(
            openPorts
                == Set(control.conferences.values.flatMap { $0.members.filter { $0.media != .called }.map(\.leg) })
                .union(control.calls.values.filter { $0.parking?.hasPort == true }.map(\.caller)),
            "each member has a port, and everybody who waits for music, and nobody else")
        #expect(control.deferred.allSatisfy { !$0.value.isEmpty && (control.calls[$0.key] != nil || control.conferences[$0.key] != nil) })
        let seats = control.legs.values.compactMap(\.seat).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        #expect(seats == control.occupancy)
        #expect(Set(legs.keys) == Set(control.legs.keys))
        #expect(openLegs == Set(control.legs.keys))
        #expect(openCalls == Set(control.calls.keys).union(control.conferences.keys))
        #expect(
            control.deadlines.count <= 3 * control.calls.count + control.conferences.count
                + control.conferences.values.reduce(0) { $0 + $1.members.count })
        #expect(control.parked.allSatisfy { control.calls[$0.value]?.parking?.number == $0.key })
        for call in control.calls.values {
            #expect(call.attempt != nil || call.peer != nil || call.dials != nil || call.parking != nil, "a call that goes nowhere")
            #expect((call.exchange == .idle) == (control.deadlines[.exchange(call.id)] == nil))
        }
    }

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<14: startCall()
        case 14..<60: if !legs.isEmpty { signal() }
        case 60..<75: if !legs.isEmpty { request() }
        case 75..<78: send(.device(pick(Bench.phones + ["rp", "port", "trunk"]), available: chance(70)))
        case 78..<80: if !legs.isEmpty { failApplication() }
        default:
            bench.now = bench.now.advanced(by: .milliseconds(Int.random(in: 0...3000, using: &random)))
            send(.deadline)
        }
    }

    private mutating func startCall() {
        guard legs.count < 40 else { return }
        let id = LegID(nextLeg)
        nextLeg += 2
        let media: MediaStep = chance(70) ? .offer(description()) : .solicit
        legs[id] = EndpointLeg(isCaller: true, exchange: media == .solicit ? .theyOweOffer : .theyOweAnswer)
        let setUp = SetUp(calling: Party(number: nil), called: pick(Crowd.numbers), media: media)
        send(.leg(id, .setUp(setUp, from: pick(Bench.phones + ["trunk"]))))
    }

    private mutating func signal() {
        let id = pick(legs.keys.sorted())
        guard let leg = legs[id] else { return }
        if chance(10) {
            legs[id] = nil
            return send(.leg(id, .released(pick([.normalClearing, .userBusy, .noAnswer, .rejected, .subscriberAbsent]))))
        }
        switch (leg.isConnected, leg.exchange) {
        case (false, let exchange) where !leg.isCaller:
            if chance(40) { return send(.leg(id, .alerting(exchange == .weOweAnswer && chance(30) ? .answer(description()) : .none))) }
            legs[id]?.isConnected = true
            legs[id]?.exchange = exchange == .weOweOffer ? .theyOweAnswer : .idle
            send(.leg(id, .connected(exchange == .weOweOffer ? .offer(description()) : .answer(description()))))
        case (_, .weOweAnswer):
            legs[id]?.exchange = .idle
            send(.leg(id, chance(80) ? .media(.answer(description())) : .mediaRefused))
        case (_, .weOweOffer):
            let offers = chance(80)
            legs[id]?.exchange = offers ? .theyOweAnswer : .idle
            send(.leg(id, offers ? .media(.offer(description())) : .mediaRefused))
        case (true, .idle):
            let offers = chance(70)
            legs[id]?.exchange = offers ? .theyOweAnswer : .theyOweOffer
            send(.leg(id, .media(offers ? .offer(description()) : .solicit)))
        default:
            if let key = DTMFKey("5") { send(.leg(id, .digit(key))) }
        }
    }

    private mutating func request() {
        let id = CallRequestID(nextRequest)
        nextRequest += 1
        askedFor.insert(id)
        let leg = pick(legs.keys.sorted())
        let redirect = Redirect(
            to: pick(Crowd.numbers), also: chance(20) ? [pick(Crowd.numbers), pick(Crowd.numbers)] : [],
            ring: chance(50) ? .seconds(3) : nil, supervised: chance(60), showCaller: pick([.ours, .original]))
        bench.mixerWorks = chance(95)
        switch Int.random(in: 0..<28, using: &random) {
        case 26..<28: send(.request(id, .takeOver(leg, by: pick(["phone-1003a", "phone-1003b"]))))
        case 20..<22: send(.request(id, .conference(leg, with: pick(siblings(of: leg)))))
        case 22..<24:
            send(.request(id, .join(leg, "phone-1004", line: "1004", pick([.talker, .listener]))))
        case 24..<26: send(.request(id, .record(leg, pick(RecordingStep.allCases))))
        case 12..<14: send(.request(id, .consult(leg, to: pick(Crowd.numbers), data: CallData())))
        case 14..<17: send(.request(id, .transfer(leg, with: pick(siblings(of: leg)))))
        case 17..<19: send(.request(id, .park(leg, at: chance(30) ? "7102" : nil)))
        case 19: send(.request(id, .answer(leg)))
        case 0..<6: send(.request(id, .redirect(leg, redirect)))
        case 6..<8: send(.request(id, .hold(leg)))
        case 8..<10: send(.request(id, .retrieve(leg)))
        case 10: send(.request(id, .drop(leg, .normalClearing)))
        default: send(.request(id, .makeCall(from: "port", line: "6000", to: pick(Crowd.numbers), data: CallData())))
        }
    }

    /// The other legs of the leg's device, and one more.
    private mutating func siblings(of leg: LegID) -> [LegID] {
        let legs = bench.control.legs
        return legs.keys.sorted().filter { legs[$0]?.device == legs[leg]?.device && $0 != leg } + [pick(legs.keys.sorted())]
    }

    private mutating func failApplication() {
        let id = pick(legs.keys.sorted())
        legs[id] = nil
        send(.applicationFailed(id))
    }

    /// Everybody hangs up.
    mutating func leave() {
        while let id = legs.keys.min() {
            legs[id] = nil
            send(.leg(id, .released(.normalClearing)))
        }
    }
}

struct RandomTests {
    @Test(arguments: UInt64(1)...40)
    func `whatever happens in whatever order, everybody is told what they may be told and nothing is left over`(seed: UInt64) {
        var crowd = Crowd(seed: seed)
        for _ in 0..<1000 { crowd.step() }
        crowd.leave()
        #expect(crowd.bench.control.legCount == 0)
        #expect(crowd.bench.control.callCount == 0)
        #expect(crowd.bench.control.nextDeadline == nil)
        #expect(crowd.askedFor.isEmpty, "each request has its result")
    }
}
