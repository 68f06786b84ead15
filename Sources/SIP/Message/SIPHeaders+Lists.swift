extension SIPHeaders {
    /// Whether there are none.
    public var isEmpty: Bool { fields.isEmpty }

    /// The members of all fields of that name, split at commas that stand outside of quotes and angle brackets.
    public func list(_ name: String) -> [String] {
        all(name).flatMap { SIPHeaders.split($0) }
    }

    /// Whether a list of option tags, such as Require or Supported, holds a tag, whatever its case.
    public func hasOption(_ name: String, _ tag: String) -> Bool {
        fields.contains { SIPHeaders.same($0.name, name) && SIPHeaders.isOption(tag, in: $0.value) }
    }

    /// Whether a tag stands between the commas of a value; without a copy, for this is asked of every request.
    private static func isOption(_ tag: String, in value: String) -> Bool {
        value.utf8.split(separator: UInt8(ascii: ",")).contains { member in
            let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 }
            guard let first = member.firstIndex(where: { !isSpace($0) }), let last = member.lastIndex(where: { !isSpace($0) }) else {
                return false
            }
            return same(String(Substring(member[first...last])), tag)
        }
    }

    private static func split(_ value: String) -> [String] {
        var members: [String] = []
        var current: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        var depth = 0
        func finish() {
            while let last = current.last, last == 32 || last == 9 { current.removeLast() }
            let text = current.drop { $0 == 32 || $0 == 9 }
            if !text.isEmpty { members.append(String(decoding: text, as: UTF8.self)) }
            current = []
        }
        for byte in value.utf8 {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: "<") {
                depth += 1
            } else if byte == UInt8(ascii: ">") {
                depth -= 1
            } else if byte == UInt8(ascii: ","), depth <= 0 {
                finish()
                continue
            }
            current.append(byte)
        }
        finish()
        return members
    }
}
