import CallControl
import Kernel
import SDP
import SIP
import StrictYAML

/// Reads the groups that make up the numbering plan: calling search spaces, device pools, devices, lines and routes.
struct PlanReader {
    private(set) var plan = NumberingPlan()
    private(set) var phones: [PhoneSettings] = []
    private(set) var trunks: [TrunkSettings] = []
    private(set) var pools: [String: MediaCapabilities] = ["default": .all]
    private var passwords: [DeviceName: (user: String?, password: String, mark: Mark)] = [:]
    private var digests: [DeviceName: [DigestAlgorithm]] = [:]
    /// What works with TLS only, and where that is written.
    private var needsTLS: [(name: String, mark: Mark)] = []
    private let problems: Diagnostics

    init(_ root: YAMLReader) {
        problems = root.problems
        for pair in root.node("calling-search-spaces")?.mapping ?? [] {
            plan.callingSearchSpaces[pair.key] = YAMLValue.oneOrMany(of: .text).read(pair.value, problems) ?? []
        }
        for pair in root.node("device-pools")?.mapping ?? [] { readPool(pair) }
        plan.mixing = pools["default"] ?? .g711
        for pair in root.node("devices")?.mapping ?? [] { readDevice(pair) }
        for pair in root.node("lines")?.mapping ?? [] { readLine(pair) }
        for member in root.node("routes")?.list ?? [] { readRoute(member) }
        addPhones()
        plan.park = root.group("park").map { readPark($0) }
    }

    /// The numbers at which calls wait: single ones and ranges.
    private func readPark(_ reader: YAMLReader) -> ParkNumbers {
        let numbers = (reader.required("numbers", as: .oneOrMany(of: .numbers)) ?? []).flatMap { $0 }
        var park = ParkNumbers(numbers: numbers)
        park.partition = reader.optionalText("partition") ?? park.partition
        park.reversion = reader.duration("reversion", default: park.reversion)
        reader.finish()
        for number in numbers where plan.lines.contains(where: { $0.number == number && $0.partition == park.partition }) {
            reader.problems.error("the park number \(number) is a line as well", at: reader.mark)
        }
        return park
    }

    private mutating func readPool(_ pair: YAMLPair) {
        guard let reader = YAMLReader(pair.value, "device pool `\(pair.key)`", at: pair.mark, problems) else { return }
        var capabilities = MediaCapabilities.all
        if let names = reader.optional("codecs", as: .list(of: .word(MediaCapabilities.codecNames))) {
            capabilities.formats = names.flatMap(MediaCapabilities.formats)
        }
        pools[pair.key] = capabilities
        reader.finish()
    }

    private mutating func readDevice(_ pair: YAMLPair) {
        guard let reader = YAMLReader(pair.value, "device `\(pair.key)`", at: pair.mark, problems) else { return }
        let name = DeviceName(pair.key)
        let kinds = Device.Kind.allCases.map(\.rawValue)
        guard let kind = reader.required("kind", as: .word(kinds)).flatMap({ Device.Kind(rawValue: $0) }) else { return }
        let pool = reader.optional("pool", as: .word(pools.keys.sorted())) ?? "default"
        let space = reader.optional("calling-search-space", as: .word(plan.callingSearchSpaces.keys.sorted()))
        var device = Device(name: name, kind: kind, callingSearchSpace: space, pool: pool)
        if let security = readSecurity(reader, kind) { device.security = security }
        let exchanges = Device.KeyExchange.allCases.map(\.rawValue)
        if let word = reader.optional("key-exchange", as: .word(exchanges)) {
            device.keyExchange = Device.KeyExchange(rawValue: word) ?? .sdes
        }
        plan.devices[name] = device
        switch kind {
        case .phone:
            if let password = reader.text("password") { passwords[name] = (reader.optionalText("user"), password, pair.mark) }
            if let algorithms = reader.optional("digest", as: .oneOrMany(of: .digest)) { digests[name] = algorithms }
        case .trunk:
            trunks.append(readTrunk(reader, name))
        case .ctiPort, .routePoint:
            break
        }
        reader.finish()
    }

    /// What a device asks of signalling and media; a `required` needs TLS, and its place is remembered for `expectTLS`.
    private mutating func readSecurity(_ reader: YAMLReader, _ kind: Device.Kind) -> Device.Security? {
        let words = Device.Security.allCases.map(\.rawValue)
        guard let word = reader.optional("security", as: .marked(.word(words))) else { return nil }
        let security = Device.Security(rawValue: word.value)
        if security == .required, kind == .phone || kind == .trunk { needsTLS.append((reader.name, word.mark)) }
        return security
    }

    /// Reports what needs TLS, when SIP is not listened for over it.
    func expectTLS(_ isThere: Bool) {
        guard !isThere else { return }
        for (name, mark) in needsTLS {
            problems.error("\(name) needs SIP over TLS, and there is none: give `sip` a `tls` group with `certificate` and `key`", at: mark)
        }
    }

    private mutating func readTrunk(_ reader: YAMLReader, _ name: DeviceName) -> TrunkSettings {
        let transport = reader.optional("transport", as: .marked(.word(["udp", "tcp", "tls"])))
        let kind = transport.flatMap { Hop.Transport(rawValue: $0.value.uppercased()) } ?? .udp
        if kind == .tls, let mark = transport?.mark { needsTLS.append((reader.name, mark)) }
        if kind != .tls, plan.devices[name]?.security == .required {
            problems.error("\(reader.name) is to be secure, so its `transport` is `tls`", at: transport?.mark ?? reader.mark)
        }
        var trunk = TrunkSettings(
            device: name, peers: reader.optional("peers", as: .list(of: .address)) ?? [],
            target: reader.optional("target", as: .target(port: kind == .tls ? 5061 : 5060)), transport: kind,
            tlsName: reader.optionalText("tls-name"), isTrusted: reader.yesNo("trusted", default: false))
        if let registration = reader.group("register") {
            if let user = registration.text("user"), let password = registration.text("password"), let domain = registration.text("domain")
            {
                let expires = registration.duration("expires", default: .seconds(3600))
                trunk.registration = TrunkRegistration(user: user, password: password, domain: domain, expires: expires)
            }
            registration.finish()
        }
        return trunk
    }

    private mutating func readLine(_ pair: YAMLPair) {
        guard let reader = YAMLReader(pair.value, "line `\(pair.key)`", at: pair.mark, problems) else { return }
        let devices = (reader.required("devices", as: .list(of: .word(plan.devices.keys.map(\.text).sorted()))) ?? []).map {
            DeviceName($0)
        }
        var line = Line(number: DirectoryNumber(pair.key), devices: devices)
        line.partition = reader.optionalText("partition") ?? line.partition
        line.displayName = reader.optionalText("name")
        line.callingSearchSpace = reader.optional("calling-search-space", as: .word(plan.callingSearchSpaces.keys.sorted()))
        line.maximumCalls = reader.int("maximum-calls", in: 1...100_000, default: line.maximumCalls)
        line.busyTrigger = reader.int("busy-trigger", in: 1...line.maximumCalls, default: min(line.busyTrigger, line.maximumCalls))
        line.noAnswer = reader.duration("no-answer", default: line.noAnswer)
        if let forward = reader.group("forward") {
            line.forwards = Forwards(
                all: forward.optional("all", as: .number), busy: forward.optional("busy", as: .number),
                noAnswer: forward.optional("no-answer", as: .number), failure: forward.optional("failure", as: .number),
                unregistered: forward.optional("unregistered", as: .number))
            forward.finish()
        }
        reader.finish()
        plan.lines.append(line)
    }

    private mutating func readRoute(_ node: YAMLNode) {
        guard let reader = YAMLReader(node, "a route", problems) else { return }
        let pattern = reader.text("pattern")
        let trunk = reader.required("trunk", as: .word(trunks.map(\.device.text)))
        let partition = reader.optionalText("partition") ?? "outside"
        let strip = reader.int("strip", in: 0...32, default: 0)
        reader.finish()
        guard let pattern, let trunk else { return }
        plan.routes.append(RoutePattern(pattern: pattern, partition: partition, trunk: DeviceName(trunk), strip: strip))
    }

    /// A phone's identity is its first line.
    private mutating func addPhones() {
        for (name, secret) in passwords.sorted(by: { $0.key.text < $1.key.text }) {
            guard let line = plan.lines.first(where: { $0.devices.contains(name) }) else {
                problems.error("phone `\(name)` has no line: name it in `devices` of a line", at: secret.mark)
                continue
            }
            phones.append(
                PhoneSettings(
                    device: name, user: secret.user ?? line.number.text, password: secret.password, number: line.number,
                    displayName: line.displayName, digests: digests[name] ?? DigestAlgorithm.allCases))
        }
    }
}

extension YAMLValue where Output == DirectoryNumber {
    /// A number to dial.
    static var number: YAMLValue {
        YAMLValue("a number of digits, `*`, `#` or `+`") { text in
            text.count <= 32 && text.allSatisfy { $0.isASCII && ($0.isNumber || "+*#".contains($0)) } ? DirectoryNumber(text) : nil
        }
    }
}

extension YAMLValue where Output == [DirectoryNumber] {
    /// One number, or a range of at most a thousand, such as `7101-7110`.
    static var numbers: YAMLValue {
        YAMLValue("a number such as `7101`, or a range such as `7101-7110`") { text in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = ends.first, let last = ends.last, first.count == last.count, first.count <= 15,
                text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") }), let from = Int(first), let to = Int(last), from <= to,
                to - from < 1000
            else { return nil }
            return (from...to).map { number in
                DirectoryNumber(String(repeating: "0", count: first.count - String(number).count) + String(number))
            }
        }
    }
}

extension YAMLValue where Output == DigestAlgorithm {
    /// A digest algorithm.
    static var digest: YAMLValue {
        YAMLValue<String>.word(DigestAlgorithm.allCases.map(\.rawValue)).map { DigestAlgorithm(rawValue: $0) }
    }
}

extension YAMLValue where Output == TransportAddress {
    /// An address with a port, which may be left out.
    static func target(port: UInt16) -> YAMLValue {
        YAMLValue("an address such as `192.0.2.1:\(port)`") { text in
            TransportAddress(text) ?? IPAddress(text).map { TransportAddress(ip: $0, port: port) }
        }
    }
}
