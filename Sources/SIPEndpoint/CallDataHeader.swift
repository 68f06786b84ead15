public import CallControl

/// How the data of a call is written in SIP: one header field, `X-Frontdesk-Data: name=value;name2=value2`.
///
/// Names are `[A-Za-z0-9_.-]+`. Values are UTF-8 with every byte but `A–Z a–z 0–9 - . _ ~` as `%XX` (RFC 3986 section 2.1), so that the field is
/// one line of plain ASCII whatever a caller is called. The limits of `CallData` hold in both directions: an entry that passes them, or is
/// malformed, is left out and the others stay.
public enum CallDataHeader {
    /// The name of the header field.
    public static let name = "X-Frontdesk-Data"

    /// The value of the header field; `nil` for empty data, which needs none.
    public static func encode(_ data: CallData) -> String? {
        guard !data.entries.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for entry in data.entries {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ";")) }
            bytes += entry.name.utf8
            bytes.append(UInt8(ascii: "="))
            for byte in entry.value.utf8 {
                if isPlain(byte) {
                    bytes.append(byte)
                } else {
                    bytes += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a value of the header field.
    public static func decode(_ value: String) -> CallData {
        var data = CallData()
        for part in value.utf8.split(separator: UInt8(ascii: ";")).prefix(2 * CallData.maximumEntries) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")), let text = decoded(part[part.index(after: equals)...]) else {
                continue
            }
            let name = String(decoding: part[..<equals].filter { $0 != 32 && $0 != 9 }, as: UTF8.self)
            _ = data.set(name, to: text)
        }
        return data
    }

    private static func decoded(_ value: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = value.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                if byte != 32 && byte != 9 { bytes.append(byte) }
                continue
            }
            guard let upper = rest.next().flatMap(hexValue), let lower = rest.next().flatMap(hexValue) else { return nil }
            bytes.append(upper << 4 | lower)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}
