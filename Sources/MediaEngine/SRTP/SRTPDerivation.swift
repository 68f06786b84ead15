import CCrypto
import SDP

/// The session keys that a master key leads to (RFC 3711 section 4.3.1, with a key derivation rate of 0).
struct SRTPDerivation {
    /// What a session key is for. RTCP's labels are three above those of RTP.
    enum Label: UInt8 {
        case encryption = 0
        case authentication = 1
        case salt = 2
    }

    private let master: [UInt8]
    private let salt: [UInt8]

    init(_ key: SRTPKey) {
        let length = key.suite.cipherKeyLength
        master = Array(key.bytes[..<length])
        // A salt of 96 bits is filled up to 112 on the right (RFC 7714 section 11).
        salt = Array((key.bytes[length...] + [0, 0]).prefix(14))
    }

    /// The bytes of a session key.
    func key(_ label: Label, isRTCP: Bool, count: Int) -> [UInt8]? {
        var vector = salt + [0, 0]
        vector[7] ^= label.rawValue + (isRTCP ? 3 : 0)
        guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let cipher = unsafe master.count == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr()
        let zeros = [UInt8](repeating: 0, count: count)
        var bytes = zeros
        var written: Int32 = 0
        guard unsafe EVP_EncryptInit_ex(context, cipher, nil, master, vector) == 1,
            unsafe EVP_EncryptUpdate(context, &bytes, &written, zeros, Int32(count)) == 1
        else {
            return nil
        }
        return bytes
    }
}

extension SRTPSuite {
    /// How many bytes of a key are the master key; the rest is the salt.
    var cipherKeyLength: Int { self == .aesGCM256 ? 32 : 16 }

    /// Whether encryption authenticates as well (RFC 7714).
    var isGCM: Bool { self == .aesGCM128 || self == .aesGCM256 }

    /// The bytes of an RTP packet's tag; those of a report have 10 where SHA-1 makes them (RFC 4568 section 6.2.2).
    var tagLength: Int {
        switch self {
        case .aesGCM128, .aesGCM256: 16
        case .aesCM128SHA1Tag80: 10
        case .aesCM128SHA1Tag32: 4
        }
    }
}
