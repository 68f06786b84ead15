import CTI
import CallControl
import Kernel
import SDP
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard
import Testing

/// The house in which the stories happen: the sample site's devices and numbers, and a trunk to the city.
enum House {
    static let address = TransportAddress(ip: .v4(0xC000_0201), port: 5060)
    static let city = TransportAddress(ip: .v4(0xC633_6401), port: 5060)

    static func host(_ number: UInt32) -> TransportAddress {
        TransportAddress(ip: .v4(0xC000_0200 + number), port: 5060)
    }

    static let agents = ["2000", "2001", "2002", "2003", "2004"]

    static var plan: NumberingPlan {
        var devices: [DeviceName: Device] = [
            "main-line": Device(name: "main-line", kind: .routePoint, callingSearchSpace: "staff"),
            "front-door": Device(name: "front-door", kind: .trunk, callingSearchSpace: "callers"),
            "city": Device(name: "city", kind: .trunk, callingSearchSpace: "callers"),
        ]
        var lines = [
            Line(
                number: "5000", devices: ["main-line"], displayName: "Harbour Lights", maximumCalls: 20_000, busyTrigger: 20_000,
                forwards: Forwards(noAnswer: "2000", failure: "2000"))
        ]
        for agent in agents {
            let name = DeviceName("desk-\(agent)")
            devices[name] = Device(name: name, kind: .phone, callingSearchSpace: "staff")
            lines.append(Line(number: DirectoryNumber(agent), devices: [name], displayName: "Agent \(agent)"))
        }
        return NumberingPlan(
            devices: devices, lines: lines, routes: [RoutePattern(pattern: "0!", partition: "outside", trunk: "city", strip: 1)],
            callingSearchSpaces: ["staff": ["internal", "outside"], "callers": ["internal"]])
    }

    static var sip: SIPConfiguration {
        let phones = agents.map {
            SIPConfiguration.Phone(device: DeviceName("desk-\($0)"), user: $0, password: "secret-\($0)", number: DirectoryNumber($0))
        }
        let trunks = [
            SIPConfiguration.Trunk(device: "front-door"),
            SIPConfiguration.Trunk(
                device: "city", peers: [IPNetwork(city.ip)], target: Hop(transport: .udp, local: address, remote: city), isTrusted: true),
        ]
        return SIPConfiguration(
            domain: "harbour.example", realm: "harbour.example", nonceSecret: Array(0..<32), phones: phones, trunks: trunks,
            guests: "front-door")
    }

    static var cti: CTIConfiguration {
        let user = CTIUser(passwordHash: "quay-side", groups: [.enabled], controlledDevices: ["main-line"])
        return CTIConfiguration(users: ["attendant": user], devices: plan.devices)
    }

    static var configuration: SwitchboardConfiguration {
        SwitchboardConfiguration(plan: plan, cti: cti, sip: sip)
    }

    static let attendant = SimulatedApplication.Habits(user: "attendant", password: "quay-side", devices: ["main-line"])

    /// A world with the agents' phones registered, a guest named `caller`, and no application.
    static func world(seed: UInt64 = 1, registering: [String] = agents, _ change: (inout SwitchboardConfiguration) -> Void = { _ in })
        -> SimulatedWorld
    {
        var configuration = configuration
        change(&configuration)
        var world = SimulatedWorld(configuration: configuration, address: address, seed: seed)
        world.add("caller", SimulatedPhone.Identity(user: "+493023125010", displayName: "Blue Heron Books", address: host(100)))
        for agent in registering { addAgent(agent, to: &world) }
        world.run(for: .seconds(1))
        return world
    }

    static func addAgent(_ agent: String, to world: inout SimulatedWorld) {
        let number = UInt32(agent) ?? 2000
        world.add(agent, SimulatedPhone.Identity(user: agent, password: "secret-\(agent)", address: host(number - 2000 + 10)))
        world.register(agent)
    }

    /// The same with the attendant on the main line.
    static func staffedWorld(
        seed: UInt64 = 1, _ habits: SimulatedApplication.Habits = attendant, _ change: (inout SwitchboardConfiguration) -> Void = { _ in }
    ) -> SimulatedWorld {
        var world = world(seed: seed, change)
        world.connect("attendant", habits)
        world.run(for: .seconds(1))
        return world
    }
}

extension SimulatedWorld {
    /// The last call of a phone.
    func call(_ phone: String) -> SimulatedCall? { phones[phone]?.lastCall }

    /// Lets the caller dial 5000 and the attendant answer; the leg that the attendant has.
    mutating func reachAttendant(sourceLocation: SourceLocation = #_sourceLocation) throws -> LegID {
        dial("5000", from: "caller")
        let isTalking = run(upTo: .seconds(5)) {
            $0.call("caller")?.state == .talking && $0.applications["attendant"]?.media.isEmpty == false
        }
        try #require(isTalking, sourceLocation: sourceLocation)
        return try #require(applications["attendant"]?.calls.last, sourceLocation: sourceLocation)
    }

    /// Lets the caller dial an agent who answers.
    mutating func callAgent(_ agent: String = "2001", sourceLocation: SourceLocation = #_sourceLocation) throws {
        dial(agent, from: "caller")
        run(for: .seconds(3))
        try #require(call("caller")?.state == .talking && call(agent)?.state == .talking, sourceLocation: sourceLocation)
    }

    /// Whether two phones send their media to each other.
    func isTalking(_ one: String, to other: String) -> Bool {
        guard let first = call(one), let second = call(other) else { return false }
        return first.sendsTo == second.media && second.sendsTo == first.media
    }

    /// Whether nothing is left of any call after the longest wait that RFC 3261 knows.
    mutating func isEmptyInTheEnd() -> Bool {
        run(for: .seconds(40))
        return switchboard.isIdle
    }
}
