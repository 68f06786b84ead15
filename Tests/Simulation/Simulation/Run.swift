import CTI
import CallControl
import Kernel
import SDP
import SIP
import SimulatedWorld
import Switchboard

/// One seed carried out: what its schedule says, until so many calls have begun; then everything is put right, everybody hangs up, and nothing may be
/// left.
public struct Run {
    /// How a run is carried out.
    public struct Manner: Sendable {
        /// How many calls begin before everybody hangs up.
        public var calls = 50
        /// Whether the network loses up to four of ten datagrams and doubles three.
        public var isStorm = false
        /// Whether the trace is kept.
        public var isTraced = false

        /// Makes the usual manner.
        public init() {}
    }

    /// The most acts of a run, for a schedule in which hardly anybody calls.
    static let mostActs = 20_000

    var world: SimulatedWorld
    var auditor = Auditor()
    /// The application that has each role, if one is there.
    var present: [String: String] = [:]
    private var schedule: Schedule
    /// How much the switchboard takes on at once.
    private let limits: Site.Limits
    private var started = 0

    /// Carries out a seed and says what came of it.
    public static func carryOut(seed: UInt64, _ manner: Manner = Manner()) -> Report {
        var run = Run(seed: seed, manner)
        var acts = 0
        while run.auditor.callCount < manner.calls, acts < mostActs, let (pause, act) = run.schedule.next() {
            run.world.run(for: pause)
            run.carryOut(act)
            run.auditor.look(at: run.world)
            acts += 1
        }
        run.settle()
        run.sayFarewell()
        return Report(seed: seed, acts: acts, run.auditor, run.world)
    }

    private init(seed: UInt64, _ manner: Manner) {
        schedule = Schedule(seed: seed)
        limits = schedule.limits()
        world = SimulatedWorld(
            configuration: Site.configuration(seed % 2 == 0 ? .withMusic : [], limits), address: Site.address, seed: seed)
        world.isTraced = manner.isTraced
        for person in Site.everybody { plugIn(person) }
        for role in Site.roles where role != "backup" { start(role) }
        world.run(for: .seconds(1))
        world.network.faults = schedule.weather(storm: manner.isStorm)
    }

    private mutating func plugIn(_ person: String) {
        guard world.phones[person] == nil else { return }
        world.add(person, Site.identity(of: person))
        if Site.agents.contains(person) { world.register(person) }
    }

    private mutating func start(_ role: String) {
        if let name = present[role], world.isConnected(name) {
            guard world.applications[name]?.isClosed == true else { return }
            world.disconnect(name)
        }
        started += 1
        let name = "\(role) \(started)"
        present[role] = name
        world.connect(name, Site.habits(of: role))
    }

    mutating func carryOut(_ act: Act) {
        world.remark("— \(act)")
        switch act {
        case .dials(let person, let number, let lateOffer): world.dial(number.text, from: person, lateOffer: lateOffer)
        case .hangsUp(let person): world.hangUp(person)
        case .picksUp(let person): world.answer(person)
        case .offers(let person, let direction): world.reoffer(person, direction)
        case .presses(let person, let face): if let key = DTMFKey(face) { world.press(key, on: person) }
        case .reacts(let person, let reaction): world.set(person) { $0.reaction = reaction }
        case .refusesOffers(let person, let refuses): world.set(person) { $0.refusesOffers = refuses }
        case .registers(let person, let expires): world.register(person, expires: expires)
        case .losesPower(let person): world.unplug(person)
        case .regainsPower(let person): plugIn(person)
        case .isCutOff(let people): world.network.cutOff.formUnion(people.map { Site.identity(of: $0).address.ip })
        case .isHealed: world.network.cutOff = []
        case .losesConnection(let person): world.breakConnection(between: Site.identity(of: person).address, and: Site.address)
        case .asks(let role, let wish, let which):
            guard let name = present[role], let request = wish.request(on: world.applications[name]?.allCalls ?? [], which: which) else {
                return
            }
            world.remark("  \(name): \(request)")
            world.ask(name, request)
        case .treatsCalls(let role, let reaction): if let name = present[role] { world.set(application: name) { $0.reaction = reaction } }
        case .givesAddresses(let role, let gives):
            if let name = present[role] { world.set(application: name) { $0.givesAddresses = gives } }
        case .silence(let duration): world.run(for: duration)
        case .starts(let role): start(role)
        case .isKilled(let role): if let name = present[role] { world.disconnect(name) }
        case .hangs(let role): if let name = present[role] { world.freeze(name) }
        case .configures(let changes): world.tell(.configuration(Site.configuration(changes, limits)))
        case .mixerWorks(let works): world.mixer.works = works
        }
    }

    // MARK: The end

    /// Faults end, and everybody takes up again what was held: after that whoever talks must talk to somebody.
    private mutating func settle() {
        world.remark("— all is put right")
        world.network.cutOff = []
        world.network.faults = SimulatedNetwork.Faults()
        world.mixer.works = true
        world.tell(.configuration(Site.configuration([], limits)))
        for person in Site.everybody {
            world.set(person) { habits in habits = SimulatedPhone.Habits() }
            if Site.agents.contains(person) { world.register(person) }
        }
        // The longest wait of a transaction, and of call control for an answer to an offer.
        run(for: .seconds(75))
        for _ in 0..<2 {
            world.remark("— all is retrieved")
            for name in present.values.sorted() {
                for call in world.applications[name]?.allCalls ?? [] { world.ask(name, .retrieve(call.leg)) }
            }
            run(for: .seconds(5))
            for person in Site.everybody {
                for call in world.phones[person]?.calls ?? [] where call.state == .talking {
                    world.reoffer(person, .sendReceive, in: call.session)
                    run(for: .seconds(1))
                }
            }
            run(for: .seconds(75))
        }
        auditor.lookForSilence(in: world)
    }

    /// Everybody hangs up, and applications go.
    private mutating func sayFarewell() {
        world.remark("— farewell")
        for _ in 0..<12 {
            for person in Site.everybody {
                for _ in world.phones[person]?.calls.filter({ !$0.isOver }) ?? [] { world.hangUp(person) }
            }
            for name in present.values.sorted() {
                for call in world.applications[name]?.allCalls ?? [] { world.ask(name, .drop(call.leg, .normalClearing)) }
            }
            run(for: .seconds(5))
        }
        auditor.lookAtApplications(in: world)
        for name in present.values.sorted() { world.disconnect(name) }
        // Longer than sessions, registrations and park numbers last, and shorter than the longest call.
        run(for: .seconds(3 * 3600))
        auditor.lookForRemains(in: world)
    }

    private mutating func run(for duration: Duration) {
        world.run(for: duration)
        auditor.look(at: world)
    }
}
