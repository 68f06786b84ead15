extension SIPHeaders {
    /// Whether there are none.
    public var isEmpty: Bool { fields.isEmpty }

    /// The members of all fields of that name, split at commas that stand outside of quotes and angle brackets.
    public func list(_ name: String) -> [String] {
        all(name).flatMap { SIPHeaders.split($0) }
    }

    /// Whether a list of option tags, such as Require or Supported, holds a tag, whatever its case.
    public func hasOption(_ name: String, _ tag: String) -> Bool {
        list(name).contains { SIPHeaders.same($0, tag) }
    }

    private static func split(_ value: String) -> [String] {
        var members: [String] = []
        var current: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        var depth = 0
        func finish() {
            let text = String(decoding: current, as: UTF8.self).drop { $0 == " " || $0 == "\t" }
            let trimmed = String(text.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            if !trimmed.isEmpty { members.append(trimmed) }
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
