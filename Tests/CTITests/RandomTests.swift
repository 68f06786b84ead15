import CallControl
import Kernel
import SDP
import Testing

@testable import CTI

/// Phones and applications that do anything at any time.
private struct Crowd {
    var random: SeededRandom
    var exchange: Exchange
    /// The phones' legs, and whether each is answered.
    var phones: [LegID: Bool] = [:]
    var connected: Set<ApplicationID> = []
    var waiting: [ApplicationID: Set<RequestID>] = [:]
    var nextLeg: UInt64 = 1
    var nextRequest: UInt64 = 1

    static let devices: [DeviceName] = ["rp", "rp2", "port", "phone", "agent"]

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        let names: [(DeviceName, Device.Kind)] = [
            ("rp", .routePoint), ("rp2", .routePoint), ("port", .ctiPort), ("phone", .phone), ("agent", .phone),
        ]
        let devices = Dictionary(uniqueKeysWithValues: names.map { ($0, Device(name: $0, kind: $1)) })
        let plan = NumberingPlan(
            devices: devices,
            lines: [
                Line(
                    number: "5000", devices: ["rp"], maximumCalls: 20, busyTrigger: 20,
                    forwards: Forwards(noAnswer: "1002", failure: "1001")),
                Line(
                    number: "5001", devices: ["rp2"], maximumCalls: 20, busyTrigger: 20,
                    forwards: Forwards(noAnswer: "5000", failure: "5000")),
                Line(number: "6000", devices: ["port"], forwards: Forwards(failure: "5001")), Line(number: "1001", devices: ["phone"]),
                Line(number: "1002", devices: ["agent"], forwards: Forwards(busy: "5001")),
            ])
        var limits = CallControl.Limits()
        limits.exchange = .seconds(24 * 3600)
        let user = CTIUser(passwordHash: "", groups: [.enabled, .controlAllDevices], controlledDevices: [])
        exchange = Exchange(plan: plan, limits: limits, CTIConfiguration(users: ["ivr": user], devices: devices))
        exchange.send(CallControl.Input.device("phone", available: true))
        exchange.send(CallControl.Input.device("agent", available: true))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &random)] }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Takes note of what the last step brought.
    private mutating func look() {
        for (leg, command) in exchange.commands {
            switch command {
            case .setUp: phones[leg] = false
            case .connect: phones[leg] = true
            case .release: phones[leg] = nil
            default: break
            }
        }
        for (application, request, _) in exchange.replies {
            #expect(waiting[application]?.remove(request) != nil, "a reply that nobody waits for")
        }
        for (application, event) in exchange.told {
            #expect(connected.contains(application))
            // Applications give the address at once, most of the time.
            if case .mediaAddressNeeded(let leg) = event { pendingAddresses.append((application, leg)) }
        }
        for application in exchange.closed { gone(application) }
        let control = exchange.control
        #expect(exchange.manager.legs.count <= control.legCount)
        #expect(exchange.manager.pending.count <= waiting.values.reduce(0) { $0 + $1.count } + lost)
        #expect(exchange.manager.openings <= connected.count)
    }

    private var pendingAddresses: [(ApplicationID, LegID)] = []
    private var lost = 0

    private mutating func gone(_ application: ApplicationID) {
        connected.remove(application)
        lost += waiting.removeValue(forKey: application)?.count ?? 0
    }

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<10: startCall()
        case 10..<45: if !phones.isEmpty { signal() }
        case 45..<85: act()
        default:
            exchange.wait(.milliseconds(Int.random(in: 0...2500, using: &random)))
            look()
        }
        while let (application, leg) = pendingAddresses.popLast() {
            if chance(90) { ask(application, .setMedia(leg, Desk.address)) }
        }
    }

    private mutating func startCall() {
        guard phones.count < 20 else { return }
        let leg = LegID(nextLeg)
        nextLeg += 2
        phones[leg] = false
        let setUp = SetUp(
            calling: Party(number: nil), called: pick(["5000", "5001", "6000", "1002", "1001"]),
            media: chance(70) ? .offer(.at(1)) : .solicit)
        exchange.signal(leg, .setUp(setUp, from: pick(["phone", "agent"])))
        look()
    }

    private mutating func signal() {
        let leg = pick(phones.keys.sorted())
        guard let isAnswered = phones[leg] else { return }
        let isCaller = !leg.rawValue.isMultiple(of: 2)
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            phones[leg] = nil
            exchange.signal(leg, .released(pick([.normalClearing, .userBusy, .noAnswer])))
        case 1..<5 where !isAnswered && !isCaller:
            phones[leg] = true
            exchange.signal(leg, .connected(chance(50) ? .answer(.at(2)) : .offer(.at(2))))
        case 1..<3: exchange.signal(leg, .alerting(.none))
        case 3..<6: exchange.signal(leg, .media(.answer(.at(3))))
        case 6: exchange.signal(leg, .media(.offer(.at(4, pick([.sendReceive, .sendOnly])))))
        case 7: exchange.signal(leg, .mediaRefused)
        default: exchange.signal(leg, .media(.solicit))
        }
        look()
    }

    private mutating func act() {
        // A connection that comes back is a new one.
        guard connected.count == 3, let application = connected.sorted().randomElement(using: &random) else {
            let application = ApplicationID(nextRequest)
            connected.insert(application)
            exchange.send(.connected(application, secure: false))
            ask(application, .openProvider(user: "ivr", password: "", heartbeat: chance(30) ? .seconds(20) : nil))
            return
        }
        let leg = exchange.manager.legs.keys.sorted().randomElement(using: &random) ?? LegID(2)
        switch Int.random(in: 0..<30, using: &random) {
        case 0:
            gone(application)
            exchange.send(.disconnected(application))
            look()
        case 1: exchange.send(.passwordVerified(application, chance(90))); look()
        case 2, 3, 4: ask(application, .openDevice(pick(Crowd.devices)))
        case 5, 6, 7: ask(application, .registerMedia(pick(Crowd.devices), pick([.none, .fixed(Desk.address, .g711), .dynamic(.g711)])))
        case 8: ask(application, pick([.unregisterMedia(pick(Crowd.devices)), .closeDevice(pick(Crowd.devices)), .closeProvider]))
        case 9...15: ask(application, .answer(leg))
        case 16, 17: ask(application, .accept(leg))
        case 18: ask(application, .reject(leg, .userBusy))
        case 19...24:
            let to = pick(["5000", "5001", "6000", "1001", "1002", "9"] as [DirectoryNumber])
            ask(application, .redirect(leg, Redirect(to: to, ring: chance(50) ? .seconds(2) : nil, supervised: chance(60))))
        case 25: ask(application, pick([.hold(leg), .retrieve(leg)]))
        case 26: ask(application, .drop(leg, .normalClearing))
        case 27: ask(application, .makeCall(pick(["port", "rp"]), line: pick(["6000", "5000"]), to: "1001", data: CallData()))
        case 28: ask(application, .snapshot(pick(Crowd.devices)))
        default: ask(application, .heartbeat)
        }
    }

    private mutating func ask(_ application: ApplicationID, _ request: ProviderRequest) {
        guard connected.contains(application) else { return }
        let id = RequestID(nextRequest)
        nextRequest += 1
        waiting[application, default: []].insert(id)
        exchange.send(.request(application, id, request))
        look()
        if !exchange.verifications.isEmpty, chance(90) {
            exchange.send(.passwordVerified(application, true))
            look()
        }
    }

    /// Everybody goes home.
    mutating func leave() {
        for application in connected.sorted() {
            gone(application)
            exchange.send(.disconnected(application))
            look()
        }
        while let leg = phones.keys.min() {
            phones[leg] = nil
            exchange.signal(leg, .released(.normalClearing))
            look()
        }
    }
}

struct RandomTests {
    @Test(arguments: UInt64(1)...40)
    func `whatever phones and applications do, each request has one reply and nothing is left over`(seed: UInt64) {
        var crowd = Crowd(seed: seed)
        for _ in 0..<1000 { crowd.step() }
        crowd.leave()
        #expect(crowd.exchange.control.legCount == 0)
        #expect(crowd.exchange.control.callCount == 0)
        #expect(crowd.exchange.control.nextDeadline == nil)
        let manager = crowd.exchange.manager
        #expect(manager.legs.isEmpty && manager.legsAt.isEmpty && manager.involved.isEmpty && manager.devices.isEmpty)
        #expect(manager.pending.isEmpty && manager.applications.isEmpty && manager.openings == 0)
        #expect(manager.nextDeadline == nil)
    }
}
