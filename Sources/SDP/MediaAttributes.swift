public import Kernel

extension [SDPAttribute] {
    /// The value of the first attribute with this name; the empty string for one without a value, `nil` when there is none.
    public func value(of name: String) -> String? {
        first { $0.name == name }.map { $0.value ?? "" }
    }

    /// The direction these attributes state, `nil` when they state none.
    public var direction: MediaDirection? {
        for attribute in self where attribute.value == nil {
            if let direction = MediaDirection(rawValue: attribute.name) { return direction }
        }
        return nil
    }

    /// Takes out every direction, and states `direction` at the end instead unless it is `nil`.
    mutating func setDirection(_ direction: MediaDirection?) {
        removeAll { $0.value == nil && MediaDirection(rawValue: $0.name) != nil }
        if let direction { append(SDPAttribute(direction.rawValue)) }
    }
}

extension MediaDescription {
    /// Whether the line is rejected or switched off (RFC 3264 section 6).
    public var isRejected: Bool { port == 0 }

    /// The line as an answer rejects it: port 0, nothing after it (RFC 3264 section 6).
    public var rejected: MediaDescription {
        MediaDescription(kind: kind, port: 0, proto: proto, formats: formats)
    }

    /// The packet time of `a=ptime` in milliseconds that the writer wants to receive (RFC 8866 section 6.4).
    public var packetTime: Int? { milliseconds(of: "ptime") }

    /// The longest packet of `a=maxptime` in milliseconds that the writer takes (RFC 8866 section 6.5).
    public var maximumPacketTime: Int? { milliseconds(of: "maxptime") }

    /// Whether `a=rtcp-mux` stands on the line: RTP and RTCP may share a port (RFC 5761 section 5.1.1).
    public var rtcpMux: Bool { attributes.contains { $0.name == "rtcp-mux" } }

    /// Whether `a=fmtp` of a payload type has a parameter, written `name=value` (RFC 8866 section 6.15).
    func hasParameter(_ parameter: String, of payloadType: UInt8) -> Bool {
        attributes.contains { attribute in
            guard attribute.name == "fmtp", let value = attribute.value, let space = value.firstIndex(of: " "),
                UInt8(value[..<space]) == payloadType
            else { return false }
            return value[space...].split(separator: ";").contains { $0.filter { $0 != " " }.equalsIgnoringCase(parameter) }
        }
    }

    private func milliseconds(of name: String) -> Int? {
        guard let text = attributes.value(of: name), let number = Int(text.prefix { $0.isASCII && $0.isNumber }),
            (1...1000).contains(number)
        else {
            return nil
        }
        return number
    }
}

extension SessionDescription {
    /// The address of a media line: its own `c=`, else that of the session.
    public func connection(of media: MediaDescription) -> ConnectionAddress? {
        media.connection ?? connection
    }

    /// The direction of a media line, as its writer sees it: its own, else that of the session, else both ways.
    ///
    /// A writer whose address is unspecified does not receive: so RFC 2543 put on hold (RFC 3264 section 8.4).
    public func direction(of media: MediaDescription) -> MediaDirection {
        guard !media.isRejected else { return .inactive }
        let stated = media.attributes.direction ?? attributes.direction ?? .sendReceive
        return connection(of: media)?.ip?.isUnspecified == true ? stated.held : stated
    }

    /// Where RTP for a media line goes; `nil` when its address is missing or a name, which we never resolve.
    public func remote(of media: MediaDescription) -> TransportAddress? {
        connection(of: media)?.ip.map { TransportAddress(ip: $0, port: media.port) }
    }

    /// Where RTCP for a media line goes when it has a port of its own: `a=rtcp` (RFC 3605), else the port above that of RTP.
    public func remoteRTCP(of media: MediaDescription) -> TransportAddress? {
        guard let remote = remote(of: media) else { return nil }
        let words = media.attributes.value(of: "rtcp")?.split(separator: " ") ?? []
        guard let first = words.first, let port = UInt16(first), port > 0 else {
            return TransportAddress(ip: remote.ip, port: remote.port == .max ? remote.port : remote.port + 1)
        }
        let address = words.count >= 4 ? IPAddress(words[3]) : nil
        return TransportAddress(ip: address ?? remote.ip, port: port)
    }

    /// Whether there is audio, but all of it switched off (RFC 3264 section 8.2).
    public var isAudioOff: Bool { activeAudio == nil && media.contains { $0.kind == "audio" } }

    /// The first audio line that is in use, if there is one.
    public var activeAudio: MediaDescription? {
        media.first { $0.kind == "audio" && !$0.isRejected }
    }
}
