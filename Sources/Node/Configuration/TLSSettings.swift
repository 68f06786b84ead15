public import Foundation
import NIOSSL

/// The certificate of a listener, as the site names it, and whom it trusts.
public struct TLSSettings: Equatable, Sendable {
    /// Whether a peer that connects is asked who it is (mutual TLS).
    public enum ClientCertificates: String, CaseIterable, Sendable {
        /// It may show a certificate, which must then be good.
        case optional
        /// It must show one.
        case required
    }

    /// The file of our certificate, those that lead to its authority behind it, in PEM.
    public var certificate: URL
    /// The file of its private key, in PEM.
    public var key: URL
    /// The file of the authorities whose certificates we believe, in PEM; `nil` takes those of the system.
    public var authority: URL?
    /// Whether peers that connect are asked for a certificate; `nil` asks for none.
    public var clientCertificates: ClientCertificates?

    /// For connections that come in.
    func serverContext() throws(TLSProblem) -> NIOSSLContext {
        let own = try identity()
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: own.chain, privateKey: .privateKey(own.key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = trust
        switch clientCertificates {
        case nil: configuration.certificateVerification = .none
        case .optional: configuration.certificateVerification = .optionalVerification
        // Who connects has a certificate, but no name that we could compare.
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        return try context(configuration)
    }

    /// For connections that we make; the peer may ask us for our certificate as well.
    func clientContext() throws(TLSProblem) -> NIOSSLContext {
        let own = try identity()
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateChain = own.chain
        configuration.privateKey = .privateKey(own.key)
        configuration.trustRoots = trust
        return try context(configuration)
    }

    /// For connections of an application that has no certificate: whom it trusts, the system's authorities unless a file is named.
    static func clientContext(trusting authority: URL?) throws(TLSProblem) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.trustRoots = authority.map { .file($0.path) } ?? .default
        let made = configuration
        return try TLSProblem.explaining("the certificates of \(authority?.path ?? "the system") cannot be used") {
            try NIOSSLContext(configuration: made)
        }
    }

    private var trust: NIOSSLTrustRoots { authority.map { .file($0.path) } ?? .default }

    private func identity() throws(TLSProblem) -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKey) {
        let chain = try TLSProblem.explaining("`certificate` \(certificate.path) cannot be read as certificates in PEM") {
            try NIOSSLCertificate.fromPEMFile(certificate.path)
        }
        guard !chain.isEmpty else { throw TLSProblem(reason: "`certificate` \(certificate.path) holds no certificate") }
        let path = key.path
        let key = try TLSProblem.explaining("`key` \(path) cannot be read as a private key in PEM") {
            try NIOSSLPrivateKey(file: path, format: .pem)
        }
        return (chain.map { .certificate($0) }, key)
    }

    private func context(_ configuration: TLSConfiguration) throws(TLSProblem) -> NIOSSLContext {
        let trusted = authority.map { " and `authority` \($0.path)" } ?? ""
        return try TLSProblem.explaining("`certificate` \(certificate.path), `key` \(key.path)\(trusted) do not go together") {
            try NIOSSLContext(configuration: configuration)
        }
    }
}

/// Why TLS cannot be had, in words for the administrator.
struct TLSProblem: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }

    static func explaining<Value>(_ what: String, _ body: () throws -> Value) throws(TLSProblem) -> Value {
        do { return try body() } catch { throw TLSProblem(reason: "\(what) (\(error))") }
    }

    /// What the library's words mean to whoever runs the server.
    private static let meanings = [
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it shows no certificate, which `client-certificates: required` asks for"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not signed by an authority that we trust, or is out of date"),
        ("failedToValidateHostname", "its certificate is for another name or address"),
        ("unableToValidateCertificate", "its certificate is for another name or address"),
        ("UNKNOWN_CA", "it does not trust the authority that signed our certificate"),
        ("CERTIFICATE_UNKNOWN", "it does not believe our certificate"),
        ("BAD_CERTIFICATE", "it does not believe our certificate"),
        ("CERTIFICATE_EXPIRED", "our certificate is out of date"),
        ("CERTIFICATE_REQUIRED", "it asks for a certificate of ours, and has got none that it takes"),
        ("WRONG_VERSION_NUMBER", "what it sends is no TLS"),
        ("HTTP_REQUEST", "what it sends is no TLS"),
        ("UNSUPPORTED_PROTOCOL", "it speaks no TLS from version 1.2 on"),
        ("NO_SHARED_CIPHER", "it shares no cipher with us"),
        ("uncleanShutdown", "it closed the connection in the middle of the handshake"),
        ("EOF during handshake", "it closed the connection in the middle of the handshake"),
    ]

    /// Why a handshake failed.
    static func reason(of error: any Error) -> String {
        let text = "\(error)"
        return meanings.first { text.contains($0.0) }?.1 ?? text
    }
}
