/// A position in the bytes of a header value or start line. It never reads past `end`.
struct SIPScanner {
    let bytes: [UInt8]
    private(set) var index: Int
    let end: Int

    init(_ bytes: [UInt8], from index: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.index = index
        self.end = end ?? bytes.count
    }

    init(_ text: String) {
        self.init(Array(text.utf8))
    }

    var isAtEnd: Bool { index >= end }

    /// The byte here; `nil` at the end.
    var peek: UInt8? { index < end ? bytes[index] : nil }

    /// What stands here, for an error.
    var found: String {
        guard index < end else { return "the end" }
        return "\"\(String(decoding: bytes[index..<min(end, index + 12)], as: UTF8.self))\""
    }

    mutating func advance(_ count: Int = 1) {
        index = min(end, index + count)
    }

    /// Takes one byte if it is here.
    mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// Skips spaces, tabs and the line ends of folding.
    mutating func skipSpace() {
        while index < end, SIPScanner.isSpace(bytes[index]) { index += 1 }
    }

    /// Takes one byte with spaces around it.
    mutating func takeSpaced(_ byte: UInt8) -> Bool {
        let start = index
        skipSpace()
        guard take(byte) else {
            index = start
            return false
        }
        skipSpace()
        return true
    }

    /// Takes bytes as long as they fit.
    mutating func take(while fits: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = index
        while index < end, fits(bytes[index]) { index += 1 }
        return bytes[start..<index]
    }

    /// Takes a token (RFC 3261 section 25.1); `nil` when there is none.
    mutating func token() -> String? {
        let taken = take(while: SIPScanner.isToken)
        return taken.isEmpty ? nil : String(decoding: taken, as: UTF8.self)
    }

    /// Takes a token and lowers its letters.
    mutating func lowercasedToken() -> String? {
        let start = index
        while index < end, SIPScanner.isToken(bytes[index]) { index += 1 }
        return start == index ? nil : SIPScanner.lowercased(bytes[start..<index])
    }

    /// Takes a quoted string and gives what it means: without the quotes, and with quoted pairs resolved. `nil` when it has no end.
    mutating func quotedString() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = index
        var isPlain = true
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let content = bytes[start..<index]
                index += 1
                return isPlain ? String(decoding: content, as: UTF8.self) : SIPScanner.unescaped(content)
            }
            if byte == 13 || byte == 10 { isPlain = false }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                index += 1
            }
            index += 1
        }
        index = end
        return nil
    }

    /// Takes decimal digits; `nil` when there are none or they pass `limit`.
    mutating func number(upTo limit: UInt64) -> UInt64? {
        let digits = take { (48...57).contains($0) }
        guard !digits.isEmpty, digits.count <= 19 else { return nil }
        let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 48) }
        return value <= limit ? value : nil
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "%"), UInt8(ascii: "*"), UInt8(ascii: "_"),
            UInt8(ascii: "+"),
            UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        if bytes.contains(where: { (65...90).contains($0) }) {
            return String(decoding: bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in withoutFolds(bytes) {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                result.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes with each fold, a line end and the spaces behind it, made one space (RFC 3261 section 7.3.1).
    static func withoutFolds(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard bytes.contains(where: { $0 == 10 || $0 == 13 }) else { return bytes }
        var result: [UInt8] = []
        var isInFold = false
        for byte in bytes {
            if byte == 13 || byte == 10 {
                isInFold = true
            } else if isInFold, byte == 32 || byte == 9 {
                continue
            } else {
                if isInFold { result.append(32) }
                isInFold = false
                result.append(byte)
            }
        }
        if isInFold { result.append(32) }
        return result[...]
    }
}

/// Why a part of a message is malformed: what was expected and found, before it is known where in the message that is.
struct SIPSyntaxError: Error {
    let reason: String
    let offset: Int
    var status = 400

    init(expected: String, at scanner: SIPScanner) {
        reason = "expected \(expected), found \(scanner.found)"
        offset = scanner.index
    }

    init(_ reason: String, at offset: Int, status: Int = 400) {
        self.reason = reason
        self.offset = offset
        self.status = status
    }
}
