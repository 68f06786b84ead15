public import Kernel

extension MediaCapabilities {
    /// An offer of one audio line with all we can do, at `local` (RFC 3264 section 5.1).
    ///
    /// Its origin is a placeholder: `DescriptionHistory` gives the session its number and the description its version.
    public func offer(at local: TransportAddress, direction: MediaDirection = .sendReceive) -> SessionDescription {
        // Comfort noise goes with codecs of its clock that have none of their own (RFC 3389 section 5).
        let noise = formats.contains { $0.clockRate == AudioFormat.comfortNoise.clockRate } ? [AudioFormat.comfortNoise] : []
        let line = mediaLine(port: local.port, formats: formats + noise, events: offeredEvents, direction: direction)
        return description(at: local.ip, lines: [line])
    }

    /// Answers an offer, at `local`, and says what came of it (RFC 3264 section 6).
    ///
    /// The first audio line over RTP/AVP that is in use and shares a format with us is taken, every other line rejected. The answer keeps the
    /// offer's lines and payload types; the formats are in our order of preference. `direction` limits ours, as when we have the peer on hold.
    public func answer(
        _ offer: SessionDescription, at local: TransportAddress, direction: MediaDirection = .sendReceive
    ) throws(NegotiationFailure) -> (answer: SessionDescription, audio: NegotiatedAudio) {
        let (index, shared) = try acceptableLine(of: offer)
        let theirs = offer.media[index]
        guard let format = shared.first else { throw noSharedFormat(with: theirs) }
        let events = telephoneEvent == nil ? [] : theirs.events(fitting: shared)
        let agreed = offer.direction(of: theirs).reversed.limited(to: direction)
        let peer = try offer.destination(of: theirs, from: local.ip)
        var audio = NegotiatedAudio(
            remote: peer.rtp, remoteRTCP: theirs.rtcpMux ? peer.rtp : peer.rtcp, rtcpMux: theirs.rtcpMux, format: format,
            receivePayloadType: format.payloadType, alsoReceive: Array(shared.dropFirst()),
            sendEvents: events.first { $0.clockRate == format.clockRate }, receiveEvents: events.first,
            packetTime: packetTime(for: theirs), direction: agreed)
        audio.alsoReceiveEvents = Array(events.dropFirst())
        let noise = theirs.comfortNoise(with: format)
        audio.comfortNoise = noise?.payloadType
        audio.isDiscontinuous = theirs.prefersPauses(in: format)
        var line = mediaLine(port: local.port, formats: shared + (noise.map { [$0] } ?? []), events: events, direction: agreed)
        if theirs.rtcpMux { line.attributes.append(SDPAttribute("rtcp-mux")) }
        var lines = offer.media.map(\.rejected)
        lines[index] = line
        var answer = description(at: local.ip, lines: lines)
        answer.timeLines = offer.timeLines
        return (answer, audio)
    }

    /// What came of our offer with the peer's answer (RFC 3264 section 7).
    public func settle(offer: SessionDescription, answer: SessionDescription) throws(NegotiationFailure) -> NegotiatedAudio {
        guard offer.media.count == answer.media.count else {
            throw .lineCount(offered: offer.media.count, answered: answer.media.count)
        }
        for (index, (ours, theirs)) in zip(offer.media, answer.media).enumerated() where ours.kind != theirs.kind {
            throw .lineKind(index: index, offered: ours.kind, answered: theirs.kind)
        }
        let pairs = zip(offer.media, answer.media).filter { $0.0.isPlainAudio && !$0.0.isRejected }
        guard !pairs.isEmpty else { throw .noAudioLine(offered: offer.media.map { "\($0.kind) \($0.proto)" }) }
        guard let (ours, theirs) = pairs.first(where: { !$0.1.isRejected }) else { throw .audioOff }

        // We send with their payload types and receive with ours; nearly always they are the same (RFC 3264 section 5.1).
        let offered = ours.audioFormats
        let shared = theirs.audioFormats.compactMap { format in
            offered.first { $0.matches(format) && formats.contains(where: format.matches) }.map { (theirs: format, ours: $0) }
        }
        guard let first = shared.first else { throw noSharedFormat(with: theirs) }
        let theirEvents = theirs.events(fitting: shared.map(\.theirs))
        let ourEvents = theirEvents.compactMap { peer in ours.telephoneEvents.first { $0.clockRate == peer.clockRate } }
        let peer = try answer.destination(of: theirs, from: offer.connection(of: ours)?.ip)
        let mux = ours.rtcpMux && theirs.rtcpMux
        var audio = NegotiatedAudio(
            remote: peer.rtp, remoteRTCP: mux ? peer.rtp : peer.rtcp, rtcpMux: mux, format: first.theirs,
            receivePayloadType: first.ours.payloadType,
            alsoReceive: shared.dropFirst().map(\.ours),
            sendEvents: theirEvents.first { $0.clockRate == first.theirs.clockRate },
            receiveEvents: ourEvents.first, packetTime: packetTime(for: theirs),
            direction: answer.direction(of: theirs).reversed.limited(to: offer.direction(of: ours)))
        audio.isDiscontinuous = theirs.prefersPauses(in: first.theirs)
        audio.alsoReceiveEvents = Array(ourEvents.dropFirst())
        // One payload type for both directions: whoever gives it another number does without.
        if let noise = theirs.comfortNoise(with: first.theirs), noise.payloadType == ours.comfortNoise(with: first.ours)?.payloadType {
            audio.comfortNoise = noise.payloadType
        }
        return audio
    }

    /// The line of an offer that we take with the formats that we share, or why there is none; a line that fails for its formats gives way to
    /// a later one that fits.
    private func acceptableLine(of offer: SessionDescription) throws(NegotiationFailure) -> (index: Int, shared: [AudioFormat]) {
        let plain = offer.media.indices.filter { offer.media[$0].isPlainAudio }
        guard !plain.isEmpty else { throw .noAudioLine(offered: offer.media.map { "\($0.kind) \($0.proto)" }) }
        let active = plain.filter { !offer.media[$0].isRejected }
        guard let first = active.first else { throw .audioOff }
        for index in active {
            // In our order, which is that of the device pool's region (RFC 3264 section 6.1 permits it).
            let offered = offer.media[index].audioFormats
            let shared = formats.compactMap { format in offered.first { $0.matches(format) } }
            if !shared.isEmpty { return (index, shared) }
        }
        throw noSharedFormat(with: offer.media[first])
    }

    private func noSharedFormat(with theirs: MediaDescription) -> NegotiationFailure {
        .noSharedFormat(theirs: theirs.audioFormats.map(\.rtpmap), ours: formats.map(\.rtpmap))
    }

    /// The packet time to send with: what the peer asks for, else ours, and never above its maximum.
    private func packetTime(for theirs: MediaDescription) -> Int {
        min(theirs.packetTime ?? packetTime, theirs.maximumPacketTime ?? .max)
    }
}

extension MediaCapabilities {
    /// One `telephone-event` for each clock rate of our formats, as RFC 4733 section 2.5 asks: that of 8000 Hz, or else the first, with our payload type, the others with
    /// dynamic ones that are free.
    private var offeredEvents: [TelephoneEvents] {
        guard let telephoneEvent else { return [] }
        var taken = Set(formats.map(\.payloadType)).union([telephoneEvent])
        var events: [TelephoneEvents] = []
        // In whatever order the codecs are, our payload type means the same in each offer of a session (RFC 3264 section 8.3.2).
        let rates = formats.map(\.clockRate)
        for rate in (rates.contains(8000) ? [8000] : []) + rates where !events.contains(where: { $0.clockRate == rate }) {
            guard !events.isEmpty else {
                events.append(TelephoneEvents(payloadType: telephoneEvent, clockRate: rate))
                continue
            }
            guard let free = (UInt8(96)...127).first(where: { !taken.contains($0) }) else { break }
            taken.insert(free)
            events.append(TelephoneEvents(payloadType: free, clockRate: rate))
        }
        return events
    }

    private func mediaLine(port: UInt16, formats: [AudioFormat], events: [TelephoneEvents], direction: MediaDirection) -> MediaDescription {
        var attributes: [SDPAttribute] = []
        for format in formats {
            attributes.append(SDPAttribute("rtpmap", format.rtpmap))
            if let parameters = format.parameters { attributes.append(SDPAttribute("fmtp", "\(format.payloadType) \(parameters)")) }
        }
        for event in events {
            attributes.append(SDPAttribute("rtpmap", "\(event.payloadType) telephone-event/\(event.clockRate)"))
            attributes.append(SDPAttribute("fmtp", "\(event.payloadType) 0-15"))
        }
        attributes.append(SDPAttribute("ptime", "\(packetTime)"))
        attributes.append(SDPAttribute(direction.rawValue))
        let types = formats.map(\.payloadType) + events.map(\.payloadType)
        return MediaDescription(kind: "audio", port: port, proto: "RTP/AVP", formats: types.map { "\($0)" }, attributes: attributes)
    }

    private func description(at local: IPAddress, lines: [MediaDescription]) -> SessionDescription {
        SessionDescription(origin: Origin(sessionID: 1, version: 1, address: .ip(local)), connection: .ip(local), media: lines)
    }
}

extension MediaDescription {
    /// Whether this is audio over plain RTP, the one kind of line that we take.
    fileprivate var isPlainAudio: Bool { kind == "audio" && proto == "RTP/AVP" }

    /// Whether the writer prefers to be sent nothing in pauses; by default it does not (RFC 7587 section 6.1).
    fileprivate func prefersPauses(in format: AudioFormat) -> Bool {
        format.matches(.opus) && hasParameter("usedtx=1", of: format.payloadType)
    }

    /// The comfort noise that goes with a format, if the line has it.
    fileprivate func comfortNoise(with format: AudioFormat) -> AudioFormat? {
        format.clockRate == AudioFormat.comfortNoise.clockRate ? audioFormats.first { $0.matches(.comfortNoise) } : nil
    }

    /// The events for a stream that may go over from one of `formats` to another: for each clock rate those with the same one (RFC 4733 section 2.5).
    /// Peers that announce only another rate are still understood, but not sent to, as events share the stream's timestamps (section 2.1).
    fileprivate func events(fitting formats: [AudioFormat]) -> [TelephoneEvents] {
        let all = telephoneEvents
        var fitting: [TelephoneEvents] = []
        for format in formats where !fitting.contains(where: { $0.clockRate == format.clockRate }) {
            if let events = all.first(where: { $0.clockRate == format.clockRate }) { fitting.append(events) }
        }
        return fitting.isEmpty ? Array(all.prefix(1)) : fitting
    }
}

extension SessionDescription {
    /// Where media for a line goes, from an address of ours.
    fileprivate func destination(
        of media: MediaDescription, from local: IPAddress?
    ) throws(NegotiationFailure) -> (rtp: TransportAddress, rtcp: TransportAddress) {
        guard let rtp = remote(of: media), let rtcp = remoteRTCP(of: media) else {
            guard case .name(let name, _) = connection(of: media) else { throw .noAddress(nil) }
            throw .noAddress(name)
        }
        // Nobody makes us send to many, or to our own network.
        for address in [rtp.ip, rtcp.ip] where !address.isUnicast && !address.isUnspecified { throw .noAddress("\(address)") }
        if let local, !local.isUnspecified, !rtp.ip.isUnspecified, local.isV6 != rtp.ip.isV6 { throw .otherAddressFamily }
        return (rtp, rtcp)
    }
}
