public import Kernel

// Offer and answer with SRTP by SDES (RFC 4568) and by DTLS (RFC 5763). The profile and the keys of a line are settled here; what is inside it, as for plain RTP.
extension MediaCapabilities {
    /// An offer at `local`: UDP/TLS/RTP/SAVP where DTLS is preferred, RTP/SAVP where protection is required, else RTP/AVP with keys that a peer may take or leave (“best effort”, as phones
    /// practise it), and plain without protection.
    public func offer(
        at local: TransportAddress, direction: MediaDirection = .sendReceive, protection: MediaProtection?
    ) -> SessionDescription {
        var offer = offer(at: local, direction: direction)
        guard let protection else { return offer }
        if protection.prefersDTLS, let fingerprint {
            for index in offer.media.indices {
                offer.media[index].proto = "UDP/TLS/RTP/SAVP"
                // One handshake for both (RFC 5764 section 3).
                offer.media[index].attributes += [fingerprint.attribute, SDPAttribute("setup", "actpass"), SDPAttribute("rtcp-mux")]
            }
            return offer
        }
        for index in offer.media.indices {
            if protection.isRequired { offer.media[index].proto = "RTP/SAVP" }
            for (place, key) in protection.keys.enumerated() {
                offer.media[index].attributes.append(CryptoAttribute(tag: "\(place + 1)", key: key).attribute)
            }
        }
        return offer
    }

    /// Answers an offer, at `local`. A line with keys that we can use is taken before a plain one; without protection only plain ones are.
    public func answer(
        _ offer: SessionDescription, at local: TransportAddress, direction: MediaDirection = .sendReceive, protection: MediaProtection?
    ) throws(NegotiationFailure) -> (answer: SessionDescription, audio: NegotiatedAudio) {
        let lines = offer.media.map { SecureLine($0, offer, protection, fingerprint) }
        if lines.contains(where: \.isSecured) {
            do throws(NegotiationFailure) {
                return try answer(offer, lines, at: local, direction, taking: \.isSecured)
            } catch {
                guard lines.contains(.plain) else { throw error }
            }
        }
        if !lines.contains(.plain), let problem = offer.whyNoLineFits(protection) { throw problem }
        return try answer(offer, lines, at: local, direction, taking: \.isPlain)
    }

    private func answer(
        _ offer: SessionDescription, _ lines: [SecureLine], at local: TransportAddress, _ direction: MediaDirection,
        taking isTaken: (SecureLine) -> Bool
    ) throws(NegotiationFailure) -> (answer: SessionDescription, audio: NegotiatedAudio) {
        var (answer, audio) = try answer(offer.asPlain { isTaken(lines[$0]) }, at: local, direction: direction)
        for index in answer.media.indices {
            answer.media[index].proto = offer.media[index].proto
            guard !answer.media[index].isRejected else { continue }
            switch lines[index] {
            case .secured(let theirs, let ours):
                answer.media[index].attributes.append(CryptoAttribute(tag: theirs.tag, key: ours).attribute)
                audio.keys = SRTPKeys(send: ours, receive: theirs.key)
            case .shaken(let terms, let ours):
                answer.media[index].attributes += [ours.attribute, terms.attribute]
                audio.dtls = terms
            case .plain, .unusable: break
            }
        }
        return (answer, audio)
    }

    /// What came of an offer that `offer(at:direction:protection:)` made, with the peer's answer.
    public func settle(
        offer: SessionDescription, answer: SessionDescription, protection: MediaProtection?
    ) throws(NegotiationFailure) -> NegotiatedAudio {
        var audio = try settle(offer: offer.asPlain { _ in true }, answer: answer.asPlain { _ in true })
        guard let protection, let line = answer.media.first(where: { $0.kind == "audio" && !$0.isRejected }) else { return audio }
        if line.isDTLS {
            guard fingerprint != nil, let terms = DTLSTerms(line, answer.attributes, isOffer: false) else {
                throw .noSharedSuite(theirs: ["DTLS-SRTP without a fingerprint by SHA-256"])
            }
            audio.dtls = terms
        } else if let theirs = line.cryptos.first {
            // The tag says which of our keys was chosen (RFC 4568 section 5.1.3).
            guard let place = Int(theirs.tag), protection.keys.indices.contains(place - 1),
                protection.keys[place - 1].suite == theirs.key.suite
            else {
                throw .noSharedSuite(theirs: ["\(theirs.tag) \(theirs.key.suite.rawValue)"])
            }
            audio.keys = SRTPKeys(send: protection.keys[place - 1], receive: theirs.key)
        } else if protection.isRequired || line.isSecure || line.offersCrypto {
            throw line.offersCrypto ? .noSharedSuite(theirs: line.suites) : .plainRefused
        }
        return audio
    }
}

/// What an audio line of an offer is to us.
private enum SecureLine: Equatable {
    case plain
    /// Their keys that we take, and ours of the same suite.
    case secured(CryptoAttribute, SRTPKey)
    /// A handshake in the media will make the keys; our fingerprint.
    case shaken(DTLSTerms, DTLSFingerprint)
    case unusable

    init(_ line: MediaDescription, _ offer: SessionDescription, _ protection: MediaProtection?, _ fingerprint: DTLSFingerprint?) {
        self = .unusable
        if line.kind == "audio", line.isDTLS, protection != nil, let fingerprint,
            let terms = DTLSTerms(line, offer.attributes, isOffer: true)
        {
            self = .shaken(terms, fingerprint)
        }
        guard line.kind == "audio", line.isPlainRTP || line.isSDES else { return }
        if let protection {
            // Of theirs the first that we have as well (RFC 4568 section 5.1.2).
            for crypto in line.cryptos {
                guard let ours = protection.keys.first(where: { $0.suite == crypto.key.suite }) else { continue }
                self = .secured(crypto, ours)
                return
            }
        }
        if line.isPlainRTP, protection?.isRequired != true { self = .plain }
    }

    var isSecured: Bool {
        switch self {
        case .secured, .shaken: true
        case .plain, .unusable: false
        }
    }
    var isPlain: Bool { self == .plain }
}

extension MediaDescription {
    fileprivate var isPlainRTP: Bool { ["RTP/AVP", "RTP/AVPF"].contains(proto.uppercased()) }
    fileprivate var isSDES: Bool { ["RTP/SAVP", "RTP/SAVPF"].contains(proto.uppercased()) }

    fileprivate var isRTP: Bool { isPlainRTP || isSDES || isDTLS }
    fileprivate var isDTLS: Bool { ["UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"].contains(proto.uppercased()) }

    /// The suites that the line names, ours or not.
    fileprivate var suites: [String] {
        keyLines.compactMap { $0?.split(separator: " ").dropFirst().first.map { String($0.prefix(40)) } }
    }
}

extension SessionDescription {
    /// A copy whose audio lines look like plain ones, and those that are not taken like rejected ones.
    fileprivate func asPlain(_ isTaken: (Int) -> Bool) -> SessionDescription {
        var copy = self
        for index in media.indices where media[index].kind == "audio" && media[index].isRTP {
            if isTaken(index) { copy.media[index].proto = "RTP/AVP" } else { copy.media[index] = media[index].rejected }
        }
        return copy
    }

    /// Why no audio line in use fits; `nil` when there is none, which others say better.
    fileprivate func whyNoLineFits(_ protection: MediaProtection?) -> NegotiationFailure? {
        let lines = media.filter { $0.kind == "audio" && !$0.isRejected && $0.isRTP }
        guard let line = lines.first(where: \.isSecure) ?? lines.first else { return nil }
        guard protection != nil else { return line.isSecure ? .noKeys : nil }
        if line.isDTLS { return .noSharedSuite(theirs: ["DTLS-SRTP"]) }
        return line.offersCrypto ? .noSharedSuite(theirs: line.suites) : .plainRefused
    }
}
