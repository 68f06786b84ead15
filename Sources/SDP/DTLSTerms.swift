/// The fingerprint of a certificate: its SHA-256 (RFC 8122 section 5). A certificate that has it is believed, whoever signed it.
public struct DTLSFingerprint: Hashable, Sendable {
    /// The 32 bytes.
    public let digest: [UInt8]

    /// Makes a fingerprint; `nil` for anything but 32 bytes.
    public init?(digest: [UInt8]) {
        guard digest.count == 32 else { return nil }
        self.digest = digest
    }

    /// Reads the value of `a=fingerprint`; `nil` for another hash, and for what is malformed.
    init?(parsing text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "sha-256" else { return nil }
        let bytes = words[1].split(separator: ":", omittingEmptySubsequences: false).map { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
        self.init(digest: bytes.compactMap(\.self))
        guard bytes.count == digest.count else { return nil }
    }

    /// The line.
    var attribute: SDPAttribute {
        let pairs = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        return SDPAttribute("fingerprint", "sha-256 " + pairs.joined(separator: ":"))
    }
}

/// What offer and answer settled of DTLS-SRTP (RFC 5763): whom the handshake must show, and who begins it.
public struct DTLSTerms: Hashable, Sendable {
    /// The fingerprint of the peer's certificate.
    public var peer: DTLSFingerprint
    /// Whether we send the first message of the handshake (`a=setup:active`).
    public var begins: Bool

    /// Makes terms.
    public init(peer: DTLSFingerprint, begins: Bool) {
        self.peer = peer
        self.begins = begins
    }

    /// What a line of the peer's says, in a description with attributes for all lines; `nil` when it lacks a fingerprint that we can check.
    ///
    /// - Parameter offered: Whether the line is an offer, which may leave it to us who begins.
    init?(_ line: MediaDescription, _ session: [SDPAttribute], isOffer: Bool) {
        let prints = line.attributes.filter { $0.name == "fingerprint" }
        let candidates = prints.isEmpty ? session.filter { $0.name == "fingerprint" } : prints
        guard let peer = candidates.lazy.compactMap({ $0.value.flatMap { DTLSFingerprint(parsing: $0) } }).first else { return nil }
        self.peer = peer
        // Left out, an offer means that its writer begins (RFC 4145 section 4.1).
        switch line.attributes.value(of: "setup") ?? session.value(of: "setup") ?? (isOffer ? "active" : "passive") {
        case "active": begins = false
        case "passive": begins = true
        case "actpass" where isOffer: begins = true
        default: return nil
        }
    }

    /// How we say in an answer who begins.
    var attribute: SDPAttribute { SDPAttribute("setup", begins ? "active" : "passive") }
}
