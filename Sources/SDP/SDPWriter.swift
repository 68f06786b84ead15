import Kernel

extension SessionDescription {
    /// The description as bytes, lines in the order of RFC 8866 section 5, each ended by CRLF.
    public var encoded: [UInt8] {
        var writer = SDPWriter()
        writer.line("v=0")
        writer.line("o=\(origin.username) \(origin.sessionID) \(origin.version) ", origin.address.text)
        writer.line("s=", name.isEmpty ? "-" : name)
        for line in descriptiveLines { writer.line(line) }
        if let connection { writer.line("c=", connection.text) }
        for value in bandwidth { writer.line("b=", value) }
        for line in timeLines { writer.line(line) }
        for attribute in attributes { writer.line(attribute) }
        for media in media { writer.media(media) }
        return writer.bytes
    }
}

/// Collects lines.
private struct SDPWriter {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(640)
    }

    mutating func line(_ first: String, _ second: String = "") {
        bytes += first.utf8
        bytes += second.utf8
        end()
    }

    mutating func line(_ attribute: SDPAttribute) {
        bytes += "a=".utf8
        bytes += attribute.name.utf8
        if let value = attribute.value {
            bytes.append(UInt8(ascii: ":"))
            bytes += value.utf8
        }
        end()
    }

    mutating func media(_ media: MediaDescription) {
        bytes += "m=".utf8
        bytes += media.kind.utf8
        bytes += (media.portCount == 1 ? " \(media.port) " : " \(media.port)/\(media.portCount) ").utf8
        bytes += media.proto.utf8
        // The grammar wants a format even on a rejected line.
        for format in media.formats.isEmpty ? ["0"] : media.formats {
            bytes.append(UInt8(ascii: " "))
            bytes += format.utf8
        }
        end()
        if let title = media.title { line("i=", title) }
        if let connection = media.connection { line("c=", connection.text) }
        for value in media.bandwidth { line("b=", value) }
        for attribute in media.attributes { line(attribute) }
    }

    private mutating func end() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension ConnectionAddress {
    /// `IN IP4 192.0.2.1`, as `o=` and `c=` end.
    fileprivate var text: String {
        switch self {
        case .ip(let address): "IN \(address.isV6 ? "IP6" : "IP4") \(address)"
        case .name(let name, let six): "IN \(six ? "IP6" : "IP4") \(name)"
        }
    }
}
