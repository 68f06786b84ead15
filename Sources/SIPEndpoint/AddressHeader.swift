import SIP

/// Header fields that hold addresses and are not typed in a message: P-Asserted-Identity, Diversion.
enum AddressHeader {
    /// All values of all fields of that name, in order; values that are malformed are left out.
    static func all(_ name: String, in headers: SIPHeaders) -> [NameAddress] {
        headers.all(name).flatMap(values).compactMap { text in
            do throws(SIPParseError) {
                return try NameAddress(parsing: text)
            } catch {
                return nil
            }
        }
    }

    /// The parts of a field between commas, but for commas within quotes and angle brackets.
    private static func values(_ field: String) -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        var (isQuoted, isEscaped, isBracketed) = (false, false, false)
        for byte in field.utf8 {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isQuoted: isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "<") where !isQuoted: isBracketed = true
            case UInt8(ascii: ">") where !isQuoted: isBracketed = false
            case UInt8(ascii: ",") where !isQuoted && !isBracketed:
                parts.append(String(decoding: part, as: UTF8.self))
                part = []
                continue
            default: break
            }
            part.append(byte)
        }
        parts.append(String(decoding: part, as: UTF8.self))
        return parts
    }
}
