import CTI
import CallControl
import Kernel
import SDP
import SIP
import SIPEndpoint
import SimulatedWorld
import Switchboard

/// The house of the simulation: agents with phones, two route points, a port, park numbers, a trunk, guests, and lines that forward in every way.
enum Site {
    static let address = TransportAddress(ip: .v4(0xC000_0201), port: 5060)
    static let fixedMedia = TransportAddress(ip: .v4(0xC000_02FA), port: 22_000)
    static let city = TransportAddress(ip: .v4(0xC633_6401), port: 5060)
    static let callers = ["caller 1", "caller 2", "caller 3"]
    /// Who has a registered phone, by the name of the phone: 2002 has two of them.
    static let agents = ["2000", "2001", "2002", "2002 b", "2003"]
    static let everybody = callers + agents + ["city"]
    static let phoneDevices = ["2000", "2001", "2002", "2003", "2009"].map { DeviceName("desk-\($0)") }

    /// What people dial: the attendant, a route point that only routes, agents, a port, park numbers, lines that forward, and what does not exist.
    static let numbers: [DirectoryNumber] = [
        "5000", "5000", "5000", "5000", "5000", "5000", "5001", "5001", "2000", "2001", "2001", "2002", "2002", "2003", "2003", "2008",
        "2009", "6000",
        "6000", "7101", "7102", "0911", "0911", "2006", "2004", "2004", "4711",
    ]

    static func plan(_ changes: Changes) -> NumberingPlan {
        var devices: [DeviceName: Device] = [:]
        for (name, kind, space) in [
            ("main-line", Device.Kind.routePoint, "staff"), ("night-line", .routePoint, "staff"), ("dialler", .ctiPort, "staff"),
            ("front-door", .trunk, "callers"), ("city", .trunk, "callers"),
        ] {
            devices[DeviceName(name)] = Device(name: DeviceName(name), kind: kind, callingSearchSpace: space)
        }
        let most = changes.contains(.fewCalls) ? 3 : 200
        var lines = [
            Line(
                number: "5000", devices: ["main-line"], displayName: "Harbour Lights", maximumCalls: most + 1, busyTrigger: most,
                forwards: Forwards(busy: "2008", noAnswer: "2000", failure: "2000")),
            Line(number: "5001", devices: ["night-line"], maximumCalls: 200, busyTrigger: 200, forwards: Forwards(noAnswer: "0700")),
            Line(number: "6000", devices: ["dialler"], forwards: Forwards(busy: "2001", noAnswer: "2003")),
            Line(number: "2004", devices: ["desk-2000", "desk-2003"], forwards: Forwards(noAnswer: "2001")),
            Line(number: "2006", devices: [], forwards: Forwards(all: "2007")),
            Line(number: "2007", devices: [], forwards: Forwards(all: "2006")),
            Line(number: "2008", devices: [], forwards: Forwards(all: "2001")),
        ]
        for device in phoneDevices where !(changes.contains(.withoutPhone) && device == "desk-2003") {
            devices[device] = Device(name: device, kind: .phone, callingSearchSpace: "staff")
            var line = Line(
                number: DirectoryNumber(String(device.text.dropFirst(5))), devices: [device], noAnswer: .seconds(8),
                forwards: Forwards(unregistered: "2000"))
            if line.number == "2001" {
                line.forwards = Forwards(all: changes.contains(.forwardsAll) ? "2002" : nil, busy: "2002", noAnswer: "2003")
            }
            if line.number == "2000" { line.forwards = Forwards(busy: "0800") }
            lines.append(line)
        }
        if changes.contains(.withoutTrunk) { devices["city"] = nil }
        for index in lines.indices { lines[index].devices.removeAll { devices[$0] == nil } }
        var plan = NumberingPlan(
            devices: devices, lines: lines,
            routes: changes.contains(.withoutTrunk) ? [] : [RoutePattern(pattern: "0!", partition: "outside", trunk: "city", strip: 1)],
            callingSearchSpaces: ["staff": ["internal", "outside"], "callers": ["internal"]],
            park: changes.contains(.withoutParking) ? nil : ParkNumbers(numbers: ["7101", "7102"], reversion: .seconds(15)))
        plan.hasMusic = changes.contains(.withMusic)
        return plan
    }

    static func configuration(_ changes: Changes, _ limits: Limits) -> SwitchboardConfiguration {
        let plan = plan(changes)
        let phones = phoneDevices.filter { plan.devices[$0] != nil }.map { device in
            let number = String(device.text.dropFirst(5))
            return SIPConfiguration.Phone(device: device, user: number, password: "secret", number: DirectoryNumber(number))
        }
        let trunk = SIPConfiguration.Trunk(
            device: "city", target: Hop(transport: .udp, local: address, remote: city), isTrusted: true)
        var sip = SIPConfiguration(
            domain: "harbour.example", realm: "harbour.example", nonceSecret: Array(0..<32), phones: phones,
            trunks: [SIPConfiguration.Trunk(device: "front-door")] + (changes.contains(.withoutTrunk) ? [] : [trunk]),
            guests: changes.contains(.withoutGuests) ? nil : "front-door")
        sip.userAgent.maximumSessions = limits.sessions
        sip.userAgent.maximumTransactions = limits.transactions
        let lines: Set<DeviceName> = changes.contains(.withoutRights) ? ["night-line"] : ["main-line", "night-line"]
        let attendant = CTIUser(passwordHash: "quay-side", groups: [.enabled, .callRecording], controlledDevices: lines)
        let groups: Set<AccessGroup> = [.enabled, .parkMonitoring, .callMonitoring, .callRecording, .callingNumberModification]
        let desk = CTIUser(passwordHash: "desk", groups: groups, controlledDevices: Set(phoneDevices + ["dialler"]))
        let cti = CTIConfiguration(users: ["attendant": attendant, "desk": desk], devices: plan.devices)
        var inCalls = CallControl.Limits()
        inCalls.calls = limits.calls
        return SwitchboardConfiguration(plan: plan, cti: cti, sip: sip, limits: inCalls)
    }

    /// How much the switchboard takes on at once.
    struct Limits: Sendable {
        let calls: Int
        let sessions: Int
        let transactions: Int

        static let wide = Limits(calls: 20_000, sessions: 20_000, transactions: 100_000)
        /// Reached again and again by a dozen phones.
        static let narrow = Limits(calls: 5, sessions: 9, transactions: 24)
    }

    /// What an administrator changes while calls are in progress.
    struct Changes: OptionSet, Sendable {
        let rawValue: UInt8
        static let forwardsAll = Changes(rawValue: 1)
        static let withoutPhone = Changes(rawValue: 2)
        static let withoutParking = Changes(rawValue: 4)
        static let withoutRights = Changes(rawValue: 8)
        static let fewCalls = Changes(rawValue: 16)
        static let withoutTrunk = Changes(rawValue: 32)
        static let withoutGuests = Changes(rawValue: 64)
        static let withMusic = Changes(rawValue: 128)
        static let all: UInt8 = 255
    }

    /// Who somebody is on the wire.
    static func identity(of person: String) -> SimulatedPhone.Identity {
        let index = UInt32(everybody.firstIndex(of: person) ?? 0)
        let host = TransportAddress(ip: .v4(0xC000_0264 + index), port: 5060)
        if person == "city" { return SimulatedPhone.Identity(user: "city", address: city) }
        guard agents.contains(person) else {
            return SimulatedPhone.Identity(user: "+4930231250\(index)", displayName: person, address: host)
        }
        return SimulatedPhone.Identity(
            user: String(person.prefix(4)), password: "secret", address: host, transport: person == "2003" ? .tcp : .udp)
    }

    /// The kinds of applications. The backup is a second provider for the attendant's devices.
    static let roles = ["attendant", "backup", "desk"]

    static func habits(of role: String) -> SimulatedApplication.Habits {
        var habits = SimulatedApplication.Habits(user: "attendant", password: "quay-side", devices: ["main-line", "night-line"])
        if role == "desk" {
            habits = SimulatedApplication.Habits(user: "desk", password: "desk", devices: ["dialler"])
            habits.phones = phoneDevices
        }
        habits.heartbeat = .seconds(5)
        return habits
    }
}
