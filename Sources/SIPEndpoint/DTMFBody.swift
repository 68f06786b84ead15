import Kernel
import SIP

/// The key in the body of an INFO: `application/dtmf-relay` with `Signal=5`, or `application/dtmf` with the key alone.
enum DTMFBody {
    /// The type of the bodies that we write.
    static let relay = "application/dtmf-relay"
    /// The types of the bodies that we read.
    static let types = [relay, "application/dtmf"]

    /// The body that tells of a key, pressed for as long as phones say when they do not know.
    static func body(of key: DTMFKey) -> [UInt8] {
        Array("Signal=\(key)\r\nDuration=160\r\n".utf8)
    }

    /// The key, or `nil` when the body is of another type or names none.
    static func key(contentType: String?, body: [UInt8]) -> DTMFKey? {
        guard body.count <= 256, let type = contentType.map(MediaType.init) else { return nil }
        let text = String(decoding: body, as: UTF8.self)
        switch type.name {
        case relay:
            for line in text.split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: "=", maxSplits: 1).map(\.trimmed)
                if parts.count == 2, parts[0].lowercased() == "signal" { return key(parts[1]) }
            }
            return nil
        case "application/dtmf":
            return text.split(whereSeparator: \.isNewline).first.flatMap { key($0.trimmed) }
        default:
            return nil
        }
    }

    /// A key by its face, or by its event code as some devices write `*` and `#`.
    private static func key(_ text: Substring) -> DTMFKey? {
        if text.count == 1, let face = text.first { return DTMFKey(face) }
        return UInt8(text).flatMap { DTMFKey(code: $0) }
    }
}
