import Kernel

extension SessionDescription {
    /// The most that `init(parsing:)` takes; a description beyond it is refused before anything is kept of it.
    public enum Limits {
        /// Bytes of a description.
        public static let bytes = 65_535
        /// Lines of a description.
        public static let lines = 2048
        /// Media lines of a description.
        public static let media = 64
        /// Formats of a media line: there are 128 payload types.
        public static let formats = 128
    }

    /// Reads a description (RFC 8866 section 9).
    ///
    /// Lines may end in LF alone, empty lines and lines of unknown types are skipped, `s=` and `t=` may be missing, and the order within a
    /// section is free, as real devices need it. `k=` is dropped, as the RFC asks.
    public init(parsing bytes: [UInt8]) throws(SDPParseError) {
        guard bytes.count <= Limits.bytes else {
            throw SDPParseError(line: 1, expected: "at most \(Limits.bytes) bytes", found: "\(bytes.count) bytes")
        }
        var parser = SDPParser(bytes)
        self = try parser.parse()
    }
}

/// One pass over the bytes of a description.
struct SDPParser {
    private var lines: SDPLines

    init(_ bytes: [UInt8]) {
        lines = SDPLines(bytes)
    }

    mutating func parse() throws(SDPParseError) -> SessionDescription {
        guard try lines.advance(), lines.type == UInt8(ascii: "v"), lines.text(lines.value) == "0" else { throw lines.fault("v=0") }
        guard try lines.advance(), lines.type == UInt8(ascii: "o") else { throw lines.fault("an o= line") }
        var session = SessionDescription(origin: try lines.origin())
        var times: [String] = []
        while try lines.advance() {
            guard lines.type != UInt8(ascii: "m") else {
                try addMedia(to: &session)
                continue
            }
            if session.media.isEmpty {
                try readSessionLine(into: &session, times: &times)
            } else {
                try readMediaLine(into: &session.media[session.media.count - 1])
            }
        }
        if !times.isEmpty { session.timeLines = times }
        return session
    }

    private func addMedia(to session: inout SessionDescription) throws(SDPParseError) {
        guard session.media.count < SessionDescription.Limits.media else {
            throw lines.fault("at most \(SessionDescription.Limits.media) media lines")
        }
        session.media.append(try lines.media())
    }

    private func readSessionLine(into session: inout SessionDescription, times: inout [String]) throws(SDPParseError) {
        switch lines.type {
        case UInt8(ascii: "s"): session.name = lines.text(lines.value)
        case UInt8(ascii: "c"): if session.connection == nil { session.connection = try lines.connection() }
        case UInt8(ascii: "b"): session.bandwidth.append(lines.text(lines.value))
        case UInt8(ascii: "a"): session.attributes.append(try lines.attribute())
        case UInt8(ascii: "t"): times.append(try lines.timing())
        case UInt8(ascii: "r"), UInt8(ascii: "z"): times.append(lines.whole)
        case UInt8(ascii: "i"), UInt8(ascii: "u"), UInt8(ascii: "e"), UInt8(ascii: "p"): session.descriptiveLines.append(lines.whole)
        case UInt8(ascii: "v"), UInt8(ascii: "o"): throw lines.fault("v= and o= only once")
        default: break
        }
    }

    private func readMediaLine(into media: inout MediaDescription) throws(SDPParseError) {
        switch lines.type {
        case UInt8(ascii: "c"): if media.connection == nil { media.connection = try lines.connection() }
        case UInt8(ascii: "b"): media.bandwidth.append(lines.text(lines.value))
        case UInt8(ascii: "a"): media.attributes.append(try lines.attribute())
        case UInt8(ascii: "i"): media.title = lines.text(lines.value)
        case UInt8(ascii: "v"), UInt8(ascii: "o"): throw lines.fault("v= and o= only once")
        default: break
        }
    }
}
