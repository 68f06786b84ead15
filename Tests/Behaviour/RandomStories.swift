import CTI
import CallControl
import Kernel
import SDP
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// Nobody wrote these stories: phones, callers and an application do anything at any moment, over a bad network. Whatever happens, nothing may be left
/// when all have hung up.
struct RandomStories {
    static let people = ["2000", "2001", "2002", "2003", "caller"]

    /// One thing that somebody does.
    static func act(in world: inout SimulatedWorld, _ random: inout SeededRandom) {
        let person = people[Int(random.next() % 5)]
        switch random.next() % 16 {
        case 0...4:
            world.dial(["5000", "5000", "2001", "2002", "7777"][Int(random.next() % 5)], from: person, lateOffer: random.next() % 4 == 0)
        case 5, 6: world.hangUp(person)
        case 7: world.reoffer(person, .sendOnly)
        case 8: world.reoffer(person, .sendReceive)
        case 9: world.reoffer(person, nil)
        case 10: world.set(person) { $0.reaction = .refuses(486) }
        case 11: world.set(person) { $0.reaction = .answers(after: .milliseconds(300)) }
        case 12: world.set(person) { $0.reaction = .waits }
        default: actAsApplication(in: &world, &random)
        }
    }

    static func actAsApplication(in world: inout SimulatedWorld, _ random: inout SeededRandom) {
        guard let leg = world.applications["attendant"]?.calls.last else { return }
        switch random.next() % 8 {
        case 0...2:
            let number = DirectoryNumber(people[Int(random.next() % 4)])
            world.ask("attendant", .redirect(leg, Redirect(to: number, ring: .seconds(3), supervised: random.next() % 2 == 0)))
        case 3: world.ask("attendant", .hold(leg))
        case 4: world.ask("attendant", .retrieve(leg))
        case 5: world.ask("attendant", .drop(leg, .normalClearing))
        case 6: world.ask("attendant", .answer(leg))
        default:
            guard random.next() % 4 == 0 else { return }
            world.disconnect("attendant")
            world.connect("attendant", House.attendant)
        }
    }

    @Test("whatever they do, nothing is left when all have hung up", arguments: 1...40)
    func anything(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var world = House.staffedWorld(seed: seed)
        world.network.faults.loss = seed % 2 == 0 ? 0 : 0.1
        world.network.faults.duplication = 0.05
        world.network.faults.delay = .milliseconds(1)...(.milliseconds(seed % 3 == 0 ? 300 : 30))
        for _ in 0..<120 {
            RandomStories.act(in: &world, &random)
            world.run(for: .milliseconds(Int(random.next() % 800)))
        }
        world.network.faults.loss = 0
        for _ in 0..<20 {
            for person in RandomStories.people { world.hangUp(person) }
            world.run(for: .seconds(5))
        }
        world.disconnect("attendant")
        world.run(for: .seconds(200))
        #expect(world.switchboard.counts.legs == 0)
        #expect(world.switchboard.isIdle)
        for (name, phone) in world.phones {
            #expect(phone.calls.allSatisfy { $0.isOver }, "\(name)")
            #expect(phone.isIdle, "\(name)")
        }
    }
}
