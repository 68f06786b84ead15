import CTILink
import CallControl
import Foundation
import Kernel
import MediaEngine
import StrictYAML

/// Reads the groups `sip`, `media` and `cti-link`.
enum NetworkReader {
    static func sip(_ reader: YAMLReader?, trunks: [DeviceName], directory: URL) -> SIPListeners {
        var listeners = SIPListeners(addresses: [.v4(0), .v6(0, 0)], udp: 5060, tcp: 5060, tcpFollowsUDP: false, guests: nil)
        guard let reader else { return listeners }
        if let addresses = reader.optional("addresses", as: .list(of: .address)) { listeners.addresses = addresses }
        if let udp = reader.optional("udp", as: .listeningPort) { listeners.udp = udp.port }
        if let tcp = reader.optional("tcp", as: .listeningPort) {
            listeners.tcp = tcp.port
            listeners.tcpFollowsUDP = tcp == .same
        }
        listeners.tls = secure(reader, port: 5061, directory: directory)
        if let guests = reader.optional("guests", as: .marked(.text)) {
            if trunks.contains(DeviceName(guests.value)) {
                listeners.guests = DeviceName(guests.value)
            } else {
                reader.problems.error(
                    "`guests` names the trunk by which unknown callers come in; there is no trunk `\(guests.value)`", at: guests.mark,
                    word: guests.value, among: trunks.map(\.text))
            }
        }
        reader.finish()
        return listeners
    }

    private static func secure(_ reader: YAMLReader, port standard: Int, directory: URL) -> SIPListeners.Secure? {
        guard let tls = reader.group("tls") else { return nil }
        let port = UInt16(tls.int("port", in: 0...65_535, default: standard))
        let settings = TLSReader.settings(tls, directory: directory)
        tls.finish()
        return settings.map { SIPListeners.Secure(port: port, tls: $0) }
    }

    static func link(_ reader: YAMLReader?, directory: URL) -> LinkListeners? {
        guard let reader else { return nil }
        let addresses = reader.optional("addresses", as: .list(of: .address)) ?? [.loopbackV4]
        let port = UInt16(reader.int("port", in: 0...65_535, default: Int(LinkServer.standardPort)))
        let tls = secure(reader, port: Int(LinkServer.standardSecurePort), directory: directory)
        reader.finish()
        return LinkListeners(addresses: addresses, port: port, tls: tls)
    }

    static func media(_ reader: YAMLReader?, directory: URL) -> MediaSettings {
        var settings = MediaSettings(ports: 16384...32767, threads: 1)
        guard let reader else { return settings }
        if let ports = reader.optional("ports", as: .portRange) { settings.ports = ports }
        settings.threads = reader.int("threads", in: 1...64, default: 1)
        if let silence = reader.group("silence") {
            let limit = YAMLValue<Duration>.duration(.seconds(1) ... .seconds(86_400))
            settings.silence.first = silence.optional("first", as: limit) ?? settings.silence.first
            settings.silence.later = silence.optional("later", as: limit) ?? settings.silence.later
            settings.silence.onHold = silence.optional("on-hold", as: limit) ?? settings.silence.onHold
            silence.finish()
        }
        if let music = reader.optional("music", as: .marked(.text)) {
            let file = URL(fileURLWithPath: music.value, relativeTo: directory)
            settings.music = file
            if !FileManager.default.isReadableFile(atPath: file.path) {
                reader.problems.error("`music` is a sound file for those who are held; \(file.path) cannot be read", at: music.mark)
            }
        }
        reader.finish()
        return settings
    }
}

/// A port to listen on.
enum ListeningPort: Equatable {
    case number(UInt16)
    /// The port that UDP got.
    case same
    case none

    var port: UInt16? {
        switch self {
        case .number(let port): port
        case .same: 0
        case .none: nil
        }
    }
}

extension YAMLValue where Output == ListeningPort {
    static var listeningPort: YAMLValue {
        YAMLValue("a port from 1 to 65535, `same` (for TCP: the port that UDP has), `off`, or 0 to let the system choose") { text in
            switch text {
            case "same": .same
            case "off": ListeningPort.none
            default: UInt16(text).map { .number($0) }
            }
        }
    }
}

extension YAMLValue where Output == IPAddress {
    static var address: YAMLValue {
        YAMLValue("an IP address such as `192.0.2.1` or \"::\"") { IPAddress($0) }
    }
}

extension YAMLValue where Output == ClosedRange<UInt16> {
    static var portRange: YAMLValue {
        YAMLValue("a range of at least 2 ports from 1024, such as `16384-32767`") { text in
            let ends = text.split(separator: "-").map { UInt16($0) }
            guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 1024, last > first else { return nil }
            return first...last
        }
    }
}
