import CCrypto
import Glibc
import SDP

/// Why a handshake gave no keys.
public enum DTLSFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The peer's certificate is not the one that the signalling named: somebody may sit between.
    case wrongCertificate
    /// The peer has no SRTP profile that we have.
    case noSharedProfile
    /// Nothing came of it within the time set.
    case timedOut
    /// So many handshakes are under way already that no more are begun.
    case tooMany(Int)
    /// What the library says.
    case broken(String)

    /// One line for whoever runs the server.
    public var description: String {
        switch self {
        case .wrongCertificate: "the peer's certificate does not have the fingerprint that the signalling names"
        case .noSharedProfile: "the peer shares no SRTP profile with us"
        case .timedOut: "the peer did not answer within \(DTLSDesk.longest.components.seconds) s"
        case .tooMany(let count): "\(count) handshakes are under way, which is all there may be"
        case .broken(let reason): "the handshake failed: \(reason)"
        }
    }
}

/// One end of a DTLS-SRTP handshake (RFC 5764) over datagrams that somebody else sends and receives. Used by one thread at a time.
@safe final class DTLSAssociation {
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let terms: DTLSTerms

    /// The most bytes of a datagram that we send: it fits through tunnels.
    private static let longestDatagram = 1200
    private static let recordHeader = 13

    /// How far it has come.
    enum State {
        case underWay
        case agreed(SRTPKeys)
        case failed(DTLSFailure)
    }

    init?(_ identity: DTLSIdentity, _ terms: DTLSTerms) {
        guard let ssl = unsafe SSL_new(identity.context) else { return nil }
        guard let incoming = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(ssl)
            return nil
        }
        guard let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BIO_free(incoming)
            unsafe SSL_free(ssl)
            return nil
        }
        self.terms = terms
        unsafe self.ssl = ssl
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        unsafe SSL_set_bio(ssl, incoming, outgoing)
        unsafe SSL_set_options(ssl, UInt64(1) << 12)  // SSL_OP_NO_QUERY_MTU, a macro that Swift cannot see
        _ = unsafe SSL_ctrl(ssl, SSL_CTRL_SET_MTU, DTLSAssociation.longestDatagram, nil)
        if terms.begins { unsafe SSL_set_connect_state(ssl) } else { unsafe SSL_set_accept_state(ssl) }
    }

    /// The two ends of memory belong to it.
    deinit { unsafe SSL_free(ssl) }

    /// Takes a datagram of the peer's, if there is one, and goes on.
    func advance(_ datagram: [UInt8] = []) -> State {
        if !datagram.isEmpty { unsafe BIO_write(incoming, datagram, Int32(clamping: datagram.count)) }
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 { return agreed() }
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .underWay
        default: return .failed(.broken(DTLSAssociation.reason()))
        }
    }

    /// Sends again what was lost, if it is time.
    func retransmit() { _ = unsafe SSL_ctrl(ssl, DTLS_CTRL_HANDLE_TIMEOUT, 0, nil) }

    /// How long until something may have to be sent again; `nil` when nothing waits.
    var patience: Duration? {
        var left = timeval()
        guard unsafe SSL_ctrl(ssl, DTLS_CTRL_GET_TIMEOUT, 0, &left) == 1 else { return nil }
        return .seconds(Int64(left.tv_sec)) + .microseconds(Int64(left.tv_usec))
    }

    /// What is to be sent now, as datagrams of whole records.
    func takeOutgoing() -> [[UInt8]] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe BIO_read(outgoing, &piece, Int32(piece.count)), count > 0 { bytes += piece[..<Int(count)] }
        var datagrams: [[UInt8]] = []
        var start = 0
        while start + DTLSAssociation.recordHeader <= bytes.count {
            let body = Int(bytes[start + 11]) << 8 | Int(bytes[start + 12])
            let end = min(start + DTLSAssociation.recordHeader + body, bytes.count)
            if let last = datagrams.last, last.count + end - start <= DTLSAssociation.longestDatagram {
                datagrams[datagrams.count - 1] += bytes[start..<end]
            } else {
                datagrams.append(Array(bytes[start..<end]))
            }
            start = end
        }
        return datagrams
    }

    // MARK: The end

    /// Compares the certificate before a word of it is believed, and makes the keys (RFC 5764 section 4.2).
    private func agreed() -> State {
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return .failed(.wrongCertificate) }
        defer { unsafe X509_free(certificate) }
        guard unsafe DTLSIdentity.fingerprint(of: certificate) == terms.peer else { return .failed(.wrongCertificate) }
        guard let profile = unsafe SSL_get_selected_srtp_profile(ssl), let suite = unsafe SRTPSuite(profile: UInt(profile.pointee.id))
        else {
            return .failed(.noSharedProfile)
        }
        let (key, salt) = (suite.cipherKeyLength, suite.keyLength - suite.cipherKeyLength)
        var material = [UInt8](repeating: 0, count: 2 * (key + salt))
        let label = "EXTRACTOR-dtls_srtp"
        let isMade = unsafe SSL_export_keying_material(ssl, &material, material.count, label, label.utf8.count, nil, 0, 0) == 1
        let client = SRTPKey(suite: suite, bytes: Array(material[..<key] + material[(2 * key)..<(2 * key + salt)]))
        let server = SRTPKey(suite: suite, bytes: Array(material[key..<(2 * key)] + material[(2 * key + salt)...]))
        guard isMade, let client, let server else { return .failed(.broken("no keys can be made")) }
        return .agreed(terms.begins ? SRTPKeys(send: client, receive: server) : SRTPKeys(send: server, receive: client))
    }

    private static func reason() -> String {
        var text = [CChar](repeating: 0, count: 160)
        unsafe ERR_error_string_n(ERR_get_error(), &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SRTPSuite {
    /// The suite of an SRTP profile (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
    init?(profile: UInt) {
        switch profile {
        case 1: self = .aesCM128SHA1Tag80
        case 2: self = .aesCM128SHA1Tag32
        case 7: self = .aesGCM128
        case 8: self = .aesGCM256
        default: return nil
        }
    }
}
