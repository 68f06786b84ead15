/// The value of an `a=crypto` line: `1 AES_CM_128_HMAC_SHA1_80 inline:…` (RFC 4568 section 4).
struct CryptoAttribute: Equatable {
    static let name = "crypto"

    let tag: String
    let key: SRTPKey

    init(tag: String, key: SRTPKey) {
        self.tag = tag
        self.key = key
    }

    /// Reads a value; `nil` for one that we cannot use: another suite, several keys, a key identifier in the packets, or parameters that we do not
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
        guard let first = parts.first, parts.dropFirst().allSatisfy({ !$0.contains(":") && !$0.contains(";") }),
            let key = SRTPKey(suite: suite, base64: String(first))
        else {
            return nil
        }
        self.init(tag: String(words[0]), key: key)
    }

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

    /// The values of all `a=crypto` lines, to see whether they changed.
    public var keyLines: [String?] { attributes.filter(\.isSecret).map(\.value) }
}

extension SessionDescription {
    /// A copy that tells no keys, for those who may see the description and not hear the call.
    public var withoutKeys: SessionDescription {
        var copy = self
        for index in copy.media.indices { copy.media[index].attributes.removeAll(where: \.isSecret) }
        return copy
    }
}
