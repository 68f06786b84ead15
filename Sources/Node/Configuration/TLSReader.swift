import Foundation
import StrictYAML

/// Reads the keys of a TLS listener that are the same wherever there is one: certificate, key, authority, client-certificates.
enum TLSReader {
    /// The settings; `nil`, with the reason reported, when they cannot work.
    static func settings(_ reader: YAMLReader, directory: URL) -> TLSSettings? {
        let certificate = file("certificate", reader, directory, isNeeded: true)
        let key = file("key", reader, directory, isNeeded: true)
        let authority = file("authority", reader, directory, isNeeded: false)
        let words = TLSSettings.ClientCertificates.allCases.map(\.rawValue)
        let clients = reader.optional("client-certificates", as: .word(words)).flatMap { TLSSettings.ClientCertificates(rawValue: $0) }
        if clients != nil, authority == nil {
            reader.problems.error("`client-certificates` needs `authority`: whose certificates are to be believed", at: reader.mark)
        }
        guard let certificate, let key else { return nil }
        return TLSSettings(certificate: certificate, key: key, authority: authority, clientCertificates: clients)
    }

    private static func file(_ name: String, _ reader: YAMLReader, _ directory: URL, isNeeded: Bool) -> URL? {
        let found = isNeeded ? reader.required(name, as: .marked(.text)) : reader.optional(name, as: .marked(.text))
        guard let found else { return nil }
        let url = URL(fileURLWithPath: found.value, relativeTo: directory)
        guard FileManager.default.isReadableFile(atPath: url.path) else {
            reader.problems.error("there is no file \(url.path) that can be read", at: found.mark)
            return nil
        }
        return url
    }
}
