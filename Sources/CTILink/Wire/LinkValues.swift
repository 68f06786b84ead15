import CallControl
import Kernel
import SDP

// The values that requests, replies and events share.

extension Cause {
    /// The names of ECMA-269 for the Q.850 causes that we use.
    private static let names: [UInt8: String] = [
        1: "destNotObtainable", 3: "networkNotObtainable", 16: "normalClearing", 17: "busy", 18: "callNotAnswered", 19: "callNotAnswered",
        20: "destOutOfOrder", 21: "callCancelled", 22: "numberChanged", 25: "redirected", 26: "callPickup", 27: "destOutOfOrder",
        28: "invalidNumberFormat", 31: "normal", 34: "networkCongestion", 38: "networkOutOfOrder", 41: "networkNotObtainable",
        42: "networkCongestion", 47: "resourcesNotAvailable", 65: "incompatibleDestination", 79: "unsupported", 102: "timeout",
    ]

    var json: JSON { ["q850": .number(q850), "name": .string(Cause.names[q850] ?? "normal")] }

    init(_ arguments: LinkArguments?, otherwise standard: Cause) throws(LinkMistake) {
        self = try arguments?.optionalWhole("q850", in: 1...127).map { Cause(q850: $0) } ?? standard
    }

    static let members = ["q850", "name"]
}

extension LinkArguments {
    func cause(otherwise standard: Cause = .normalUnspecified) throws(LinkMistake) -> Cause {
        try Cause(try object("cause", allowed: Cause.members), otherwise: standard)
    }

    func party(_ name: String) throws(LinkMistake) -> Party {
        let party = try object(name, allowed: ["number", "name"])
        return Party(number: try party?.optionalString("number").map { DirectoryNumber($0) }, name: try party?.optionalString("name"))
    }

    func numbers(_ name: String) throws(LinkMistake) -> [DirectoryNumber] {
        var numbers: [DirectoryNumber] = []
        for entry in try list(name) {
            guard case .string(let text) = entry else { throw wrong(name, "an array of strings", entry) }
            numbers.append(DirectoryNumber(text))
        }
        return numbers
    }

    func parties(_ name: String) throws(LinkMistake) -> [Party] {
        var parties: [Party] = []
        for entry in try list(name) {
            let party = try LinkArguments(entry, at: "\(place).\(name)", allowed: ["number", "name"])
            parties.append(
                Party(number: try party.optionalString("number").map { DirectoryNumber($0) }, name: try party.optionalString("name")))
        }
        return parties
    }

    func callData() throws(LinkMistake) -> CallData {
        var data = CallData()
        for entry in try list("data") {
            let pair = try LinkArguments(entry, at: "\(place).data", allowed: ["name", "value"])
            let (name, value) = (try pair.string("name"), try pair.string("value"))
            guard data.set(name, to: value) else {
                throw LinkMistake(
                    text: "`\(name)` of \(place).data does not fit: a name has letters, digits, _ . and -, and there are at most "
                        + "\(CallData.maximumEntries) entries of \(CallData.maximumBytes) bytes in all")
            }
        }
        return data
    }

    func formats(_ name: String) throws(LinkMistake) -> [AudioFormat] {
        var formats: [AudioFormat] = []
        for entry in try list(name) {
            let format = try LinkArguments(entry, at: "\(place).\(name)", allowed: AudioFormat.members)
            formats.append(try AudioFormat(format))
        }
        return formats
    }

    func socket(_ name: String) throws(LinkMistake) -> TransportAddress {
        guard let socket = try object(name, allowed: ["address", "port", "family"]) else {
            throw wrong(name, "an object with address and port", nil)
        }
        return try socket.address()
    }

    func events(_ name: String) throws(LinkMistake) -> TelephoneEvents? {
        guard let events = try object(name, allowed: TelephoneEvents.members) else { return nil }
        return try TelephoneEvents(events)
    }

    func moreEvents(_ name: String) throws(LinkMistake) -> [TelephoneEvents] {
        var more: [TelephoneEvents] = []
        for entry in try list(name) {
            more.append(try TelephoneEvents(LinkArguments(entry, at: "\(place).\(name)", allowed: TelephoneEvents.members)))
        }
        return more
    }
}

extension Party {
    var json: JSON { .members(["number": number.map { .string($0.text) }, "name": name.map { .string($0) }]) }
}

extension CallData {
    var json: JSON { .array(entries.map { ["name": .string($0.name), "value": .string($0.value)] }) }
}

extension TransportAddress {
    var json: JSON { ["address": .string("\(ip)"), "port": .number(UInt64(port)), "family": .string(ip.isV6 ? "IPv6" : "IPv4")] }
}

extension TelephoneEvents {
    static let members = ["payloadType", "clockRate"]

    var json: JSON { ["payloadType": .number(payloadType), "clockRate": .number(UInt64(clockRate))] }

    init(_ arguments: LinkArguments) throws(LinkMistake) {
        self.init(
            payloadType: UInt8(try arguments.whole("payloadType", in: 0...127)),
            clockRate: UInt32(try arguments.whole("clockRate", in: 1...192_000)))
    }
}

extension AudioFormat {
    static let members = ["name", "clockRate", "channels", "payloadType"]

    var json: JSON {
        [
            "name": .string(name), "clockRate": .number(UInt64(clockRate)), "channels": .number(channels),
            "payloadType": .number(payloadType),
        ]
    }

    init(_ arguments: LinkArguments) throws(LinkMistake) {
        self.init(
            name: try arguments.string("name"), clockRate: UInt32(try arguments.whole("clockRate", in: 1...192_000)),
            channels: UInt8(try arguments.optionalWhole("channels", in: 1...2) ?? 1),
            payloadType: UInt8(try arguments.whole("payloadType", in: 0...127)))
    }
}

extension NegotiatedAudio {
    static let members = [
        "remote", "remoteRTCP", "rtcpMux", "format", "receivePayloadType", "alsoReceive", "sendEvents", "receiveEvents",
        "alsoReceiveEvents", "packetTime", "direction", "comfortNoise", "discontinuous", "srtp",
    ]

    var json: JSON {
        .members([
            "remote": remote.json, "remoteRTCP": remoteRTCP.json, "rtcpMux": .bool(rtcpMux), "format": format.json,
            "receivePayloadType": .number(receivePayloadType), "alsoReceive": .array(alsoReceive.map(\.json)),
            "sendEvents": sendEvents?.json, "receiveEvents": receiveEvents?.json,
            "alsoReceiveEvents": alsoReceiveEvents.isEmpty ? nil : .array(alsoReceiveEvents.map(\.json)),
            "packetTime": .number(Double(packetTime)), "direction": .string(direction.rawValue),
            "comfortNoise": comfortNoise.map { .number($0) }, "discontinuous": isDiscontinuous ? .bool(true) : nil,
            "srtp": keys?.json,
        ])
    }

    init(_ arguments: LinkArguments) throws(LinkMistake) {
        guard let format = try arguments.object("format", allowed: AudioFormat.members) else {
            throw arguments.wrong("format", "an object", nil)
        }
        guard let direction = MediaDirection(rawValue: try arguments.string("direction")) else {
            throw arguments.wrong("direction", "sendrecv, sendonly, recvonly or inactive", arguments.json("direction"))
        }
        self.init(
            remote: try arguments.socket("remote"), remoteRTCP: try arguments.socket("remoteRTCP"),
            rtcpMux: try arguments.bool("rtcpMux", otherwise: false), format: try AudioFormat(format),
            receivePayloadType: UInt8(try arguments.whole("receivePayloadType", in: 0...127)),
            alsoReceive: try arguments.formats("alsoReceive"), sendEvents: try arguments.events("sendEvents"),
            receiveEvents: try arguments.events("receiveEvents"), packetTime: try arguments.whole("packetTime", in: 1...1000),
            direction: direction)
        comfortNoise = try arguments.optionalWhole("comfortNoise", in: 0...127).map { UInt8($0) }
        isDiscontinuous = try arguments.bool("discontinuous", otherwise: false)
        alsoReceiveEvents = try arguments.moreEvents("alsoReceiveEvents")
        keys = try arguments.object("srtp", allowed: SRTPKeys.members).map { srtp throws(LinkMistake) in try SRTPKeys(srtp) }
    }
}

extension SRTPKeys {
    static let members = ["suite", "send", "receive", "identifier"]

    /// The suite as RFC 4568 and RFC 7714 name it, and for each direction master key and salt in base64; the identifier (MKI) in hexadecimal that stands in
    /// the packets that come, where one does.
    var json: JSON {
        let identifier = receive.identifier.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return .members([
            "suite": .string(send.suite.rawValue), "send": .string(send.base64), "receive": .string(receive.base64),
            "identifier": identifier.isEmpty ? nil : .string(identifier),
        ])
    }

    init(_ arguments: LinkArguments) throws(LinkMistake) {
        let suite: SRTPSuite = try arguments.word("suite")
        func key(_ name: String) throws(LinkMistake) -> SRTPKey {
            guard let key = SRTPKey(suite: suite, base64: try arguments.string(name)) else {
                throw LinkMistake(text: "`\(name)` of \(arguments.place) is no key of \(suite.rawValue)")
            }
            return key
        }
        self.init(send: try key("send"), receive: try key("receive"))
        guard let identifier = try arguments.optionalString("identifier") else { return }
        let digits = identifier.compactMap(\.hexDigitValue).map { UInt8($0) }
        guard digits.count == identifier.count, digits.count % 2 == 0, digits.count <= 256 else {
            throw LinkMistake(text: "`identifier` of \(arguments.place) is not hexadecimal")
        }
        receive.identifier = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

extension SetUp {
    static let members = ["calling", "called", "originalCalled", "diversions", "data", "callerMedia"]

    /// The caller's description itself is not shown: it may hold keys (RFC 4568).
    var json: [String: JSON?] {
        [
            "calling": calling.json, "called": .string(called.text), "originalCalled": originalCalled.map { .string($0.text) },
            "diversions": .array(diversions.map { ["number": .string($0.number.text), "reason": .string($0.reason.rawValue)] }),
            "data": data.json, "callerMedia": callerAddress?.json,
        ]
    }

    /// Where the caller wants its audio, IPv4 or IPv6; `nil` when it has not said or has no audio.
    private var callerAddress: TransportAddress? {
        guard case .offer(let description) = media, let audio = description.media.first(where: { $0.kind == "audio" && $0.port != 0 }),
            let ip = (audio.connection ?? description.connection)?.ip
        else { return nil }
        return TransportAddress(ip: ip, port: audio.port)
    }

    /// What an application sees of a call that is offered: as the caller's description, one with the address of its audio.
    init(_ arguments: LinkArguments) throws(LinkMistake) {
        var diversions: [Diversion] = []
        for entry in try arguments.list("diversions") {
            let step = try LinkArguments(entry, at: "\(arguments.place).diversions", allowed: ["number", "reason"])
            diversions.append(Diversion(number: try step.number("number"), reason: try step.word("reason")))
        }
        var media = MediaStep.solicit
        var near: IPAddress?
        if arguments.json("callerMedia") != nil {
            let address = try arguments.socket("callerMedia")
            near = address.ip.isUnicast ? address.ip : nil
            let connection = ConnectionAddress.ip(address.ip)
            var description = SessionDescription(origin: Origin(sessionID: 0, version: 0, address: connection))
            description.connection = connection
            description.media = [MediaDescription(kind: "audio", port: address.port, proto: "RTP/AVP", formats: ["0"])]
            media = .offer(description)
        }
        self.init(
            calling: try arguments.party("calling"), called: try arguments.number("called"),
            originalCalled: try arguments.optionalString("originalCalled").map { DirectoryNumber($0) }, diversions: diversions,
            data: try arguments.callData(), media: media)
        self.near = near
    }
}
