import ArgumentParser
import Audio
import Foundation
import Kernel
import Node
import SDP
import SIP

/// The options that `call` and `phone` share.
struct PhoneOptions: ParsableArguments {
    @Option(help: "The server's address and SIP port.")
    var server = "127.0.0.1:5060"

    @Option(help: "udp, tcp or tls.")
    var transport = "udp"

    @Option(help: "For TLS: the file of the authority that signed the server's certificate. The system's are believed without.")
    var authority: String?

    @Option(help: "Encryption of what is said (SRTP): none, best-effort, required, or dtls, which is required and makes the keys by DTLS.")
    var srtp = "none"

    @Option(help: "The codecs, the best first.")
    var codecs = "PCMU,PCMA"

    @Option(help: "The digest password, if the server asks for one.")
    var password: String?

    @Option(help: "The display name.")
    var name: String?

    @Option(help: "A sound file to play to the other side.")
    var play: String?

    @Option(help: "A WAV file for what is heard.")
    var record: String?

    @Option(help: "A static port for RTP; even.")
    var rtpPort: UInt16?

    func settings(user: String) throws -> SoftPhone.Settings {
        guard let transport = Hop.Transport(rawValue: transport.uppercased()) else {
            throw ValidationError("--transport takes udp, tcp or tls, found \"\(transport)\"")
        }
        let port: UInt16 = transport == .tls ? 5061 : 5060
        guard let address = TransportAddress(server) ?? IPAddress(server).map({ TransportAddress(ip: $0, port: port) }) else {
            throw ValidationError("--server takes an address such as 192.0.2.1:5060, found \"\(server)\"")
        }
        guard let encryption = SoftPhone.Encryption(rawValue: srtp) else {
            throw ValidationError("--srtp takes none, best-effort, required or dtls, found \"\(srtp)\"")
        }
        let names = codecs.split(separator: ",").map { String($0) }
        let formats = names.map(MediaCapabilities.formats)
        guard !formats.isEmpty, !formats.contains(where: \.isEmpty) else {
            throw ValidationError("--codecs takes \(MediaCapabilities.codecNames.joined(separator: ",")), found \"\(codecs)\"")
        }
        var settings = SoftPhone.Settings(
            user: user, password: password, displayName: name, server: address, transport: transport, rtpPort: rtpPort,
            play: try play.map { try Clip.load(path: $0) }, recordPath: record, formats: formats.flatMap { $0 },
            encryption: encryption)
        if transport == .tls { settings.tls = try SIPSecurity(trusting: authority.map { URL(fileURLWithPath: $0) }) }
        return settings
    }

    /// Reads `6s`, `1.5s` or `6`.
    static func seconds(_ text: String, option: String) throws -> Duration {
        guard let seconds = Double(text.hasSuffix("s") ? text.dropLast() : text[...]), seconds > 0, seconds < 86_400 else {
            throw ValidationError("\(option) takes a time such as 6s, found \"\(text)\"")
        }
        return .milliseconds(Int64(seconds * 1000))
    }
}
