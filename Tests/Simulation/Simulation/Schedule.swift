import CTI
import CallControl
import Kernel
import SDP
import SimulatedWorld

/// What everybody does and when, made from a seed without end. Each seed has moods of its own: what is often done in one run never happens in another.
struct Schedule: Sequence, IteratorProtocol, Sendable {
    private var random: SeededRandom
    private var weights: [(part: Part, weight: Int)] = []
    /// The longest pause between two acts, in milliseconds.
    private var longestPause = 1
    private var lateOffers = 0

    private enum Part: CaseIterable {
        case dialling, handling, offering, behaving, power, cuts, answering, redirecting, holding, consulting, mixing, parking, making
        case devices, killing, configuring, waiting
    }

    init(seed: UInt64) {
        random = SeededRandom(seed: seed &* 0x9E37_79B9 &+ 1)
        for part in Part.allCases { weights.append((part, pick([0, 0, 1, 3, 10]))) }
        // Somebody always calls, and most hang up again, so that phones are free for others.
        weights[0].weight = pick([6, 8, 12])
        weights[1].weight = pick([1, 4, 8])
        weights[weights.count - 1].weight = pick([0, 0, 1])
        longestPause = pick([30, 200, 600, 1500])
        lateOffers = pick([0, 20, 60])
    }

    /// The faults of the network in this run.
    mutating func weather(storm: Bool) -> SimulatedNetwork.Faults {
        var faults = SimulatedNetwork.Faults()
        let delay = pick([1, 30, 300])
        faults.delay = .milliseconds(1)...(.milliseconds(delay))
        faults.loss = storm ? pick([0.2, 0.3, 0.4]) : pick([0, 0, 0.02, 0.1])
        faults.duplication = storm ? 0.3 : pick([0, 0.05])
        return faults
    }

    /// How much the switchboard takes on in this run: in most as much as ever comes.
    ///
    /// Where it takes on little, acts are not so close together: else hardly any call would begin.
    mutating func limits() -> Site.Limits {
        guard chance(30) else { return .wide }
        longestPause = Swift.max(longestPause, 1000)
        return .narrow
    }

    /// The pause before the next act, and the act.
    mutating func next() -> (pause: Duration, act: Act)? {
        var left = number(below: weights.reduce(0) { $0 + $1.weight })
        let part = weights.first { entry in
            left -= entry.weight
            return left < 0
        }
        let act = act(part?.part ?? .dialling)
        return (.milliseconds(number(below: longestPause)), act)
    }

    private mutating func act(_ part: Part) -> Act {
        switch part {
        case .dialling: .dials(pick(Site.everybody), pick(Site.numbers), lateOffer: chance(lateOffers))
        case .handling:
            pick([
                .hangsUp(pick(Site.everybody)), .hangsUp(pick(Site.everybody)), .hangsUp(pick(Site.callers)), .picksUp(pick(Site.agents)),
            ])
        case .offering: pick([.offers(pick(Site.everybody), pick([.sendOnly, .sendReceive, .inactive, nil])), press()])
        case .behaving: behaviour()
        case .power: power()
        case .cuts: pick([.isHealed, .isHealed, .isCutOff([pick(Site.everybody)]), .losesConnection("2003")])
        case .answering:
            asks(pick(["attendant", "backup", "desk"]), pick([.answer, .answer, .accept, .reject(.userBusy), .drop, attach()]))
        case .redirecting: asks(pick(["attendant", "attendant", "backup", "desk"]), .redirect(redirect()))
        case .holding: asks(pick(Site.roles), pick([.hold, .retrieve, .hold, .retrieve, .takeOver("desk-2000"), .takeOver("desk-2003")]))
        case .consulting: asks("desk", pick([.consult(pick(Site.numbers), automatic: chance(70)), .transfer, .transfer]))
        case .mixing: mixing()
        case .parking: asks("desk", pick([.park(nil), .park("7102"), .monitorParks(true)]))
        case .making: asks("desk", .makeCall(pick(Site.phoneDevices + ["dialler"]), pick(Site.numbers), automatic: chance(60)))
        case .devices: devices()
        case .killing: killing()
        case .configuring: configuring()
        case .waiting: .silence(.seconds(pick([20, 60, 200, 1000, 4000])))
        }
    }

    private mutating func press() -> Act {
        .presses(pick(Site.everybody), pick(["1", "7", "#"]))
    }

    private mutating func behaviour() -> Act {
        let person = pick(Site.agents + ["city"])
        let answers = SimulatedPhone.Habits.Reaction.answers(after: .milliseconds(number(below: 4000)))
        return pick([
            .reacts(person, answers), .reacts(person, answers), .reacts(person, .waits),
            .reacts(person, .refuses(pick([486, 480, 603, 404, 488]))),
            .refusesOffers(person, true), .refusesOffers(person, false), .mixerWorks(chance(70)),
        ])
    }

    private mutating func power() -> Act {
        let person = pick(Site.agents)
        return pick([
            .losesPower(pick(Site.everybody)), .regainsPower(pick(Site.everybody)), .regainsPower(pick(Site.everybody)),
            .registers(person, expires: 3600), .registers(person, expires: 0),
        ])
    }

    private mutating func redirect() -> Redirect {
        Redirect(
            to: pick(Site.numbers), callingSearchSpace: pick([.standard, .redirecting, .callingAddress]),
            ring: chance(50) ? .seconds(1 + number(below: 6)) : nil, supervised: chance(60),
            data: chance(30) ? CallData(choice: "1") : CallData(),
            showCaller: pick([.original, .ours]), calledAddress: pick([.unchanged, .setToDestination]))
    }

    private mutating func mixing() -> Act {
        let step = pick([RecordingStep.start, .start, .pause, .resume, .stop])
        let join = Wish.join(pick(Site.phoneDevices), pick([.talker, .listener]))
        return pick([asks("desk", .conference), asks("desk", join), asks(pick(Site.roles), .record(step))])
    }

    private mutating func devices() -> Act {
        let (role, device) = pick([("attendant", "main-line"), ("backup", "main-line"), ("attendant", "night-line"), ("desk", "dialler")])
        let name = DeviceName(device)
        return asks(
            role,
            pick([
                .openDevice(name), .openDevice(name), .closeDevice(name), .unregisterMedia(name), .registerMedia(name, .dynamic(.g711)),
                .registerMedia(name, .dynamic(.g711)), .registerMedia(name, .none), .registerMedia(name, .fixed(Site.fixedMedia, .g711)),
                .snapshot(name), .closeProvider,
            ]))
    }

    private mutating func killing() -> Act {
        let role = pick(Site.roles)
        let redirects = SimulatedApplication.Habits.Reaction.redirects(redirect())
        return pick([
            .starts(role), .starts(role), .starts("attendant"), .isKilled(role), .isKilled(role), .hangs(role),
            .givesAddresses(role, chance(50)),
            .treatsCalls(role, pick([.answers, .answers, .accepts, .waits, .rejects(.rejected), redirects])),
        ])
    }

    private mutating func configuring() -> Act {
        .configures(chance(40) ? [] : Site.Changes(rawValue: UInt8(number(below: Int(Site.Changes.all) + 1))))
    }

    private mutating func attach() -> Wish { .attach(chance(50) ? "1" : "2") }
    private mutating func asks(_ role: String, _ wish: Wish) -> Act { .asks(role, wish, which: random.next()) }
    private mutating func number(below limit: Int) -> Int { limit > 0 ? Int(random.next() % UInt64(limit)) : 0 }
    private mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }
    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(below: elements.count)] }
}
