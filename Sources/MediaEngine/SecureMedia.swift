import CSRTP
import SDP

/// The SRTP of a session (RFC 3711): a context a direction, which counts rollovers and knows what it has seen. Packets are protected where they stand.
///
/// It belongs to the session's thread, is no object, and is given back by `end`.
@safe struct SecureMedia {
    @safe private enum State {
        case plain
        case secure(sending: srtp_t, receiving: srtp_t)
        /// The contexts could not be made: nothing is sent or taken, for it would be plain.
        case broken
    }

    private var state = State.plain
    private var keys: SRTPKeys?

    /// How many of the last packets are known, so that none is taken twice (RFC 3711 section 3.3.2).
    private static let replayWindow: UInt = 1024
    private static let isReady = srtp_init() == srtp_err_status_ok

    /// Takes these keys from here on. Unchanged ones go on with what they have counted; changed ones begin anew, as a peer's do.
    mutating func use(_ new: SRTPKeys?) {
        guard new != keys else { return }
        end()
        keys = new
        guard let new else { return }
        state = .broken
        guard SecureMedia.isReady, let sending = unsafe SecureMedia.context(new.send, ssrc_any_outbound) else { return }
        guard let receiving = unsafe SecureMedia.context(new.receive, ssrc_any_inbound) else {
            unsafe srtp_dealloc(sending)
            return
        }
        unsafe state = .secure(sending: sending, receiving: receiving)
    }

    /// Gives the contexts back.
    mutating func end() {
        if case .secure(let sending, let receiving) = state {
            unsafe srtp_dealloc(sending)
            unsafe srtp_dealloc(receiving)
        }
        state = .plain
        keys = nil
    }

    /// Protects a packet that has room behind it; gives its new length, and 0 when it must not be sent.
    @inline(__always)
    func protect(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int, isReport: Bool = false) -> Int {
        switch state {
        case .plain: return count
        case .broken: return 0
        case .secure(let context, _):
            var length = Int32(truncatingIfNeeded: count)
            let status = unsafe isReport ? srtp_protect_rtcp(context, packet, &length) : srtp_protect(context, packet, &length)
            return status == srtp_err_status_ok ? Int(length) : 0
        }
    }

    /// Opens a packet; gives its new length, and 0 when it is forged, was seen before, or was meant for somebody else.
    @inline(__always)
    func open(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int, isReport: Bool) -> Int {
        switch state {
        case .plain: return count
        case .broken: return 0
        case .secure(_, let context):
            var length = Int32(truncatingIfNeeded: count)
            let status = unsafe isReport ? srtp_unprotect_rtcp(context, packet, &length) : srtp_unprotect(context, packet, &length)
            return status == srtp_err_status_ok ? Int(length) : 0
        }
    }

    private static func context(_ key: SRTPKey, _ direction: srtp_ssrc_type_t) -> srtp_t? {
        var policy = unsafe srtp_policy_t()
        unsafe policy.ssrc.type = direction
        unsafe policy.window_size = replayWindow
        unsafe set(key.suite, &policy)
        var bytes = key.bytes
        return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe policy.key = buffer.baseAddress
            var context: srtp_t?
            return unsafe srtp_create(&context, &policy) == srtp_err_status_ok ? context : nil
        }
    }

    private static func set(_ suite: SRTPSuite, _ policy: inout srtp_policy_t) {
        switch suite {
        case .aesGCM128:
            unsafe srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp)
            unsafe srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp)
        case .aesGCM256:
            unsafe srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp)
            unsafe srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp)
        case .aesCM128SHA1Tag80:
            unsafe srtp_crypto_policy_set_rtp_default(&policy.rtp)
            unsafe srtp_crypto_policy_set_rtcp_default(&policy.rtcp)
        case .aesCM128SHA1Tag32:
            unsafe srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp)
            // Reports keep the long tag (RFC 4568 section 6.2.2).
            unsafe srtp_crypto_policy_set_rtcp_default(&policy.rtcp)
        }
    }
}
