import Crypto

/// A hash algorithm of digest authentication (RFC 7616, RFC 8760), weakest first.
public enum DigestAlgorithm: String, Sendable, CaseIterable, Comparable {
    /// MD5, for phones that know no better.
    case md5 = "MD5"
    /// SHA-256.
    case sha256 = "SHA-256"

    /// Finds an algorithm by its token, whatever its case; MD5 when none is named (RFC 2617 section 3.2.1).
    init?(token: String?) {
        guard let token else {
            self = .md5
            return
        }
        guard let found = DigestAlgorithm.allCases.first(where: { SIPHeaders.same($0.rawValue, token) }) else { return nil }
        self = found
    }

    /// Stronger is greater.
    public static func < (left: DigestAlgorithm, right: DigestAlgorithm) -> Bool {
        left == .md5 && right == .sha256
    }

    /// The hash of parts joined by colons, in lower-case hexadecimal.
    func hash(_ parts: String...) -> String {
        let bytes = Array(parts.joined(separator: ":").utf8)
        switch self {
        case .md5: return DigestAlgorithm.hexadecimal(Insecure.MD5.hash(data: bytes))
        case .sha256: return DigestAlgorithm.hexadecimal(SHA256.hash(data: bytes))
        }
    }

    /// The hash of bytes, for auth-int.
    func hash(bytes: [UInt8]) -> String {
        switch self {
        case .md5: DigestAlgorithm.hexadecimal(Insecure.MD5.hash(data: bytes))
        case .sha256: DigestAlgorithm.hexadecimal(SHA256.hash(data: bytes))
        }
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
