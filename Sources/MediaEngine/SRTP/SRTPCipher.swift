import CCrypto
import SDP

/// The session keys for RTP or for RTCP, ready to work: nothing is allocated for a packet.
@safe struct SRTPCipher {
    let tagLength: Int
    let isGCM: Bool
    private let context: OpaquePointer
    /// The session salt, filled up to the length of a vector, as two words in the order of the network.
    private let salt: (UInt64, UInt64)
    /// SHA-1 after the inner and the outer block of HMAC (RFC 2104): a packet begins with a copy.
    private var inner = SHA_CTX()
    private var outer = SHA_CTX()

    /// Makes the session keys; `nil` when the library refuses.
    init?(_ key: SRTPKey, isRTCP: Bool, encrypts: Bool) {
        let derivation = SRTPDerivation(key)
        isGCM = key.suite.isGCM
        tagLength = isRTCP && !isGCM ? 10 : key.suite.tagLength
        guard let session = derivation.key(.encryption, isRTCP: isRTCP, count: key.suite.cipherKeyLength),
            let salt = derivation.key(.salt, isRTCP: isRTCP, count: isGCM ? 12 : 14),
            let authentication = derivation.key(.authentication, isRTCP: isRTCP, count: 20),
            let context = unsafe EVP_CIPHER_CTX_new()
        else {
            return nil
        }
        let filled = salt + Array(repeating: 0, count: 16 - salt.count)
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) }.bigEndian }
        self.salt = (word(filled[..<8]), word(filled[8...]))
        unsafe self.context = context
        let cipher =
            switch key.suite {
            case .aesGCM128: unsafe EVP_aes_128_gcm()
            case .aesGCM256: unsafe EVP_aes_256_gcm()
            case .aesCM128SHA1Tag80, .aesCM128SHA1Tag32: unsafe EVP_aes_128_ctr()
            }
        guard unsafe EVP_CipherInit_ex(context, cipher, nil, session, nil, encrypts ? 1 : 0) == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            return nil
        }
        SRTPCipher.begin(&inner, authentication, pad: 0x36)
        SRTPCipher.begin(&outer, authentication, pad: 0x5C)
    }

    /// Gives the library's part back.
    func end() {
        unsafe EVP_CIPHER_CTX_free(context)
    }

    private static func begin(_ state: inout SHA_CTX, _ key: [UInt8], pad: UInt8) {
        let block = (key + Array(repeating: 0, count: 64 - key.count)).map { $0 ^ pad }
        unsafe SHA1_Init(&state)
        unsafe SHA1_Update(&state, block, block.count)
    }

    // MARK: AES in counter mode with HMAC-SHA1

    /// Encrypts or decrypts where the bytes stand (RFC 3711 section 4.1.1).
    @inline(__always)
    func crypt(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, ssrc: UInt32, index: UInt64) -> Bool {
        var vector: (UInt64, UInt64) = (salt.0 ^ UInt64(ssrc).bigEndian, salt.1 ^ (index << 16).bigEndian)
        return unsafe withUnsafeMutableBytes(of: &vector) { vector in
            guard let start = unsafe vector.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
            var written: Int32 = 0
            return unsafe EVP_CipherInit_ex(context, nil, nil, nil, start, -1) == 1
                && EVP_CipherUpdate(context, bytes, &written, bytes, Int32(truncatingIfNeeded: count)) == 1
        }
    }

    /// The tag over bytes and, behind them, the rollover counter, which does not travel (RFC 3711 section 4.2); 20 bytes into `tag`.
    @inline(__always)
    func sign(_ bytes: UnsafePointer<UInt8>, _ count: Int, rollover: UInt32?, into tag: UnsafeMutablePointer<UInt8>) {
        var state = inner
        unsafe SHA1_Update(&state, bytes, count)
        if let rollover {
            var word = rollover.bigEndian
            unsafe SHA1_Update(&state, &word, 4)
        }
        unsafe SHA1_Final(tag, &state)
        state = outer
        unsafe SHA1_Update(&state, tag, 20)
        unsafe SHA1_Final(tag, &state)
    }

    // MARK: AES-GCM

    /// Encrypts or decrypts where the bytes stand, and authenticates `header` and `trailer` with them (RFC 7714). `tag` is written when encrypting, and
    /// else compared.
    @inline(__always)
    func crypt(
        _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, header: UnsafePointer<UInt8>, _ headerCount: Int,
        trailer: UnsafePointer<UInt8>?, vector: (UInt64, UInt64), tag: UnsafeMutablePointer<UInt8>, encrypts: Bool
    ) -> Bool {
        var vector = (vector.0 ^ salt.0, vector.1 ^ salt.1)
        return unsafe withUnsafeMutableBytes(of: &vector) { vector in
            guard let start = unsafe vector.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
            var written: Int32 = 0
            guard unsafe EVP_CipherInit_ex(context, nil, nil, nil, start, -1) == 1,
                unsafe EVP_CipherUpdate(context, nil, &written, header, Int32(truncatingIfNeeded: headerCount)) == 1
            else { return false }
            if let trailer = unsafe trailer {
                guard unsafe EVP_CipherUpdate(context, nil, &written, trailer, 4) == 1 else { return false }
            }
            guard unsafe EVP_CipherUpdate(context, bytes, &written, bytes, Int32(truncatingIfNeeded: count)) == 1 else { return false }
            if !encrypts, unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag) != 1 { return false }
            guard unsafe EVP_CipherFinal_ex(context, bytes + count, &written) == 1 else { return false }
            return unsafe !encrypts || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1
        }
    }
}
