/// A crypto suite of SRTP, by the name that `a=crypto` has for it (RFC 4568 section 6.2, RFC 7714 section 14).
public enum SRTPSuite: String, CaseIterable, Hashable, Sendable {
    /// AES-GCM with a key of 128 bits: the fastest.
    case aesGCM128 = "AEAD_AES_128_GCM"
    /// AES in counter mode with an HMAC-SHA1 tag of 80 bits: the one that everybody has.
    case aesCM128SHA1Tag80 = "AES_CM_128_HMAC_SHA1_80"
    /// The same with a tag of 32 bits on RTP.
    case aesCM128SHA1Tag32 = "AES_CM_128_HMAC_SHA1_32"
    /// AES-GCM with a key of 256 bits.
    case aesGCM256 = "AEAD_AES_256_GCM"

    /// How many bytes the master key and the master salt have together.
    public var keyLength: Int {
        switch self {
        case .aesGCM128: 28
        case .aesCM128SHA1Tag80, .aesCM128SHA1Tag32: 30
        case .aesGCM256: 44
        }
    }
}

/// What protects the packets of one direction: a suite, and its master key followed by its master salt. Printed, it shows the suite alone.
public struct SRTPKey: Hashable, Sendable {
    /// The suite.
    public let suite: SRTPSuite
    /// The master key and the master salt.
    public let bytes: [UInt8]
    /// The key's identifier, which stands in each packet (RFC 3711 section 3.1); empty for a key that has none, as ours.
    public var identifier: [UInt8] = []

    /// Makes a key; `nil` when the number of bytes is not that of the suite.
    public init?(suite: SRTPSuite, bytes: [UInt8]) {
        guard bytes.count == suite.keyLength else { return nil }
        self.suite = suite
        self.bytes = bytes
    }

    /// Reads a key as `a=crypto` has it; `nil` when that is malformed or of the wrong length.
    public init?(suite: SRTPSuite, base64: String) {
        guard let bytes = Base64.decode(base64[...]) else { return nil }
        self.init(suite: suite, bytes: bytes)
    }

    /// The key as `a=crypto` has it.
    public var base64: String { Base64.encode(bytes) }

    /// Makes a new key. The generator must be one for secrets.
    public init(suite: SRTPSuite, using generator: inout some RandomNumberGenerator) {
        self.suite = suite
        var bytes: [UInt8] = []
        while bytes.count < suite.keyLength {
            let word = generator.next()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        self.bytes = Array(bytes.prefix(suite.keyLength))
    }

    /// Makes a new key for every suite, the suite that we like best first. The generator must be one for secrets.
    public static func oneEach(using generator: inout some RandomNumberGenerator) -> [SRTPKey] {
        var keys: [SRTPKey] = []
        for suite in SRTPSuite.allCases { keys.append(SRTPKey(suite: suite, using: &generator)) }
        return keys
    }
}

extension SRTPKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The suite: keys are shown to nobody.
    public var description: String { "a key of \(suite.rawValue)" }
    /// The suite.
    public var debugDescription: String { description }
    /// Nothing of what is inside.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keys of a stream that offer and answer settled.
public struct SRTPKeys: Hashable, Sendable {
    /// What we protect with.
    public var send: SRTPKey
    /// What the peer protects with.
    public var receive: SRTPKey

    /// Makes a pair.
    public init(send: SRTPKey, receive: SRTPKey) {
        self.send = send
        self.receive = receive
    }
}

/// How an endpoint protects the media of a call: with keys of its own, made for this call alone.
public struct MediaProtection: Hashable, Sendable {
    /// Whether there is no media without.
    public var isRequired: Bool
    /// One key a suite, the suite that we like best first.
    public var keys: [SRTPKey]
    /// Whether keys are offered to be made by DTLS (RFC 5763), which is then required, where the endpoint can; of a peer's offers either is taken.
    public var prefersDTLS = false

    /// Makes a protection with keys that there are.
    public init(isRequired: Bool, keys: [SRTPKey]) {
        self.isRequired = isRequired
        self.keys = keys
    }

    /// Makes a protection with a new key for every suite.
    public init(isRequired: Bool, using generator: inout some RandomNumberGenerator) {
        self.init(isRequired: isRequired, keys: SRTPKey.oneEach(using: &generator))
    }
}
