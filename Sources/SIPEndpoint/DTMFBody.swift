import Kernel

/// The key in the body of an INFO: `application/dtmf-relay` with `Signal=5`, or `application/dtmf` with the key alone.
enum DTMFBody {
    /// The key, or `nil` when the body is of another type or names none.
    static func key(contentType: String?, body: [UInt8]) -> DTMFKey? {
        guard body.count <= 256, let type = contentType.map(MediaType.init) else { return nil }
        let text = String(decoding: body, as: UTF8.self)
        switch type.name {
        case "application/dtmf-relay":
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

/// The media type of a Content-Type value, in lower case and without parameters.
struct MediaType {
    let name: String

    init(_ value: String) {
        name = (value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? "").trimmed.lowercased()
    }
}
