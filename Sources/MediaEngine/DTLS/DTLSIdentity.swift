import CCrypto
import SDP

/// Who we are in DTLS handshakes: a key and a certificate, made when the engine starts and kept by nobody (RFC 5763 section 5 lets the fingerprint in the
/// signalling vouch for it), with all that handshakes have in common.
@safe final class DTLSIdentity: @unchecked Sendable {
    /// Immutable once it is made; the library shares it among threads.
    let context: OpaquePointer
    let fingerprint: DTLSFingerprint

    /// The profiles that we offer and take, the one that we like best first.
    private static let profiles =
        "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32:SRTP_AEAD_AES_256_GCM"
    private static let lifetime = 10 * 365 * 86_400

    /// Makes a key and a certificate; `nil` when the library refuses.
    init?() {
        guard let key = unsafe DTLSIdentity.makeKey() else { return nil }
        defer { unsafe EVP_PKEY_free(key) }
        guard let certificate = unsafe DTLSIdentity.makeCertificate(key) else { return nil }
        defer { unsafe X509_free(certificate) }
        guard let fingerprint = unsafe DTLSIdentity.fingerprint(of: certificate), let context = unsafe SSL_CTX_new(DTLS_method()) else {
            return nil
        }
        self.fingerprint = fingerprint
        unsafe self.context = context
        // DTLS 1.2 and later.
        _ = unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(DTLS1_2_VERSION), nil)
        // A certificate must come, and is believed for now: its fingerprint is compared when the handshake is done.
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT) { _, _ in 1 }
        guard unsafe SSL_CTX_use_certificate(context, certificate) == 1, unsafe SSL_CTX_use_PrivateKey(context, key) == 1,
            unsafe SSL_CTX_set_tlsext_use_srtp(context, DTLSIdentity.profiles) == 0
        else {
            return nil
        }
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// A key of the curve P-256.
    private static func makeKey() -> OpaquePointer? {
        guard let maker = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(maker) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(maker) == 1, unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker, NID_X9_62_prime256v1) == 1,
            unsafe EVP_PKEY_keygen(maker, &key) == 1
        else {
            return nil
        }
        return unsafe key
    }

    /// A certificate that its own key signed. Its name tells nothing.
    private static func makeCertificate(_ key: OpaquePointer) -> OpaquePointer? {
        guard let certificate = unsafe X509_new() else { return nil }
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
        // A day back, for clocks that are behind.
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -86_400)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime)
        unsafe X509_set_pubkey(certificate, key)
        let name = unsafe X509_get_subject_name(certificate)
        unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_FLAG | 1, Array("frontdesk".utf8), -1, -1, 0)
        guard unsafe X509_set_issuer_name(certificate, name) == 1, unsafe X509_sign(certificate, key, EVP_sha256()) > 0 else {
            unsafe X509_free(certificate)
            return nil
        }
        return unsafe certificate
    }

    /// The SHA-256 of a certificate.
    static func fingerprint(of certificate: OpaquePointer) -> DTLSFingerprint? {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        guard unsafe X509_digest(certificate, EVP_sha256(), &digest, &length) == 1, length == 32 else { return nil }
        return DTLSFingerprint(digest: digest)
    }
}
