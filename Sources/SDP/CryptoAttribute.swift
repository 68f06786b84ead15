/// The value of an `a=crypto` line: `1 AES_CM_128_HMAC_SHA1_80 inline:…` (RFC 4568 section 4).
struct CryptoAttribute: Equatable {
    static let name = "crypto"

    let tag: String
    let key: SRTPKey

    init(tag: String, key: SRTPKey) {
        self.tag = tag
        self.key = key
    }

    /// Reads a value; `nil` for one that we cannot use: another suite, several keys, or parameters that we do not
    /// know and may not skip (RFC 4568 section 6.3).
    init?(parsing text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 3, (1...9).contains(words[0].utf8.count), words[0].utf8.allSatisfy({ (48...57).contains($0) }),
            let suite = SRTPSuite(rawValue: words[1].uppercased()), words[2].lowercased().hasPrefix("inline:"),
            words[3...].allSatisfy({ $0.hasPrefix("-") || $0.hasPrefix("WSH=") })
        else {
            return nil
        }
        let parts = words[2].dropFirst(7).split(separator: "|", omittingEmptySubsequences: false)
        // What has a colon is a key identifier; what has none is a lifetime, longer than any call of ours.
        guard parts.count <= 3, let first = parts.first, parts.allSatisfy({ !$0.contains(";") }),
            var key = SRTPKey(suite: suite, base64: String(first))
        else {
            return nil
        }
        if let identifier = parts.dropFirst().first(where: { $0.contains(":") }) {
            guard let bytes = CryptoAttribute.identifier(identifier) else { return nil }
            key.identifier = bytes
        }
        self.init(tag: String(words[0]), key: key)
    }

    /// The bytes of a key identifier, `value:length`; `nil` when it is malformed, or does not fit.
    private static func identifier(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let value = UInt64(parts[0]), let length = Int(parts[1]), (1...longestIdentifier).contains(length) else {
            return nil
        }
        let bytes = (0..<length).map { place in
            let shift = 8 * (length - 1 - place)
            return shift < 64 ? UInt8(truncatingIfNeeded: value >> UInt64(shift)) : 0
        }
        return length < 8 && value >> UInt64(8 * length) != 0 ? nil : bytes
    }

    /// The most bytes of a key identifier (RFC 4568 section 9.2).
    private static let longestIdentifier = 128

    /// The line.
    var attribute: SDPAttribute {
        SDPAttribute(CryptoAttribute.name, "\(tag) \(key.suite.rawValue) inline:\(key.base64)")
    }
}

extension SDPAttribute: CustomStringConvertible, CustomReflectable {
    /// The line without `a=`; keys are not shown.
    public var description: String {
        guard let value else { return name }
        return isSecret ? "\(name):…" : "\(name):\(value)"
    }

    /// Nothing of a secret is inside.
    public var customMirror: Mirror {
        isSecret ? Mirror(self, children: ["name": name]) : Mirror(self, children: ["name": name, "value": value as Any])
    }

    var isSecret: Bool { name.lowercased() == CryptoAttribute.name }
}

extension MediaDescription {
    /// The `a=crypto` lines that we can use, in the writer's order.
    var cryptos: [CryptoAttribute] {
        attributes.compactMap { $0.isSecret ? $0.value.flatMap { CryptoAttribute(parsing: $0) } : nil }
    }

    /// Whether there is any `a=crypto`, even one that we cannot use.
    var offersCrypto: Bool { attributes.contains(where: \.isSecret) }

    /// The values of all lines that say with what media is protected, to see whether they changed.
    public var keyLines: [String?] { attributes.filter { $0.isSecret || $0.name == "fingerprint" }.map(\.value) }
}

extension SessionDescription {
    /// A copy that tells no keys, for those who may see the description and not hear the call.
    public var withoutKeys: SessionDescription {
        var copy = self
        for index in copy.media.indices { copy.media[index].attributes.removeAll(where: \.isSecret) }
        return copy
    }
}
