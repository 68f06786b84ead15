import Kernel

/// The lines of a description one after the other, and the grammar of those that have one (RFC 8866 section 9).
struct SDPLines {
    private let bytes: [UInt8]
    private var next = 0
    /// The number of the current line, from 1.
    private(set) var number = 0
    /// The letter before `=`.
    private(set) var type: UInt8 = 0
    /// The bytes after `=`, without the line's end.
    private(set) var value = 0..<0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Goes to the next line that is not empty; false at the end.
    mutating func advance() throws(SDPParseError) -> Bool {
        while next < bytes.count {
            let start = next
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            next = min(end + 1, bytes.count)
            number += 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            guard end > start else { continue }
            value = start..<end
            guard number <= SessionDescription.Limits.lines else {
                throw fault("at most \(SessionDescription.Limits.lines) lines", at: value)
            }
            guard end - start >= 2, bytes[start + 1] == UInt8(ascii: "=") else { throw fault("a letter, `=` and a value", at: value) }
            for index in start..<end where bytes[index] == 0 || bytes[index] == UInt8(ascii: "\r") {
                throw fault("text without NUL and without CR but at its end", at: value)
            }
            type = bytes[start]
            value = (start + 2)..<end
            return true
        }
        number += 1
        type = 0
        value = bytes.count..<bytes.count
        return false
    }

    /// The text of some bytes; what is not UTF-8 is repaired.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The current line as it stands, with its letter.
    var whole: String { text((value.lowerBound - 2)..<value.upperBound) }

    /// An error at the current line.
    func fault(_ expected: String, at range: Range<Int>? = nil) -> SDPParseError {
        let place = range ?? max(0, value.lowerBound - (type == 0 ? 0 : 2))..<value.upperBound
        let found = place.isEmpty ? (value.lowerBound >= bytes.count ? "the end" : "nothing") : "`\(text(place.prefix(80)))`"
        return SDPParseError(line: max(number, 1), expected: expected, found: found)
    }

    /// `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>`.
    func origin() throws(SDPParseError) -> Origin {
        let words = words()
        guard words.count == 6 else { throw fault("o= with user name, session, version, network type, address type and address") }
        return Origin(
            username: text(words[0]), sessionID: try longNumber(words[1]), version: try longNumber(words[2]),
            address: try address(network: words[3], type: words[4], words[5]))
    }

    /// `c=<nettype> <addrtype> <connection-address>`.
    func connection() throws(SDPParseError) -> ConnectionAddress {
        let words = words()
        guard words.count == 3 else { throw fault("c= with network type, address type and address") }
        return try address(network: words[0], type: words[1], words[2])
    }

    /// `m=<media> <port>[/<number of ports>] <proto> <fmt> ...`.
    func media() throws(SDPParseError) -> MediaDescription {
        let words = words()
        guard words.count >= 3 else { throw fault("m= with media type, port, protocol and formats") }
        guard words.count - 3 <= SessionDescription.Limits.formats else {
            throw fault("at most \(SessionDescription.Limits.formats) formats")
        }
        let slash = words[1].first { bytes[$0] == UInt8(ascii: "/") } ?? words[1].upperBound
        guard let port = number(words[1].lowerBound..<slash, upTo: 65_535) else { throw fault("a port from 0 to 65535", at: words[1]) }
        var media = MediaDescription(
            kind: text(words[0]), port: UInt16(port), proto: text(words[2]), formats: words.dropFirst(3).map { text($0) })
        if slash < words[1].upperBound {
            guard let count = number((slash + 1)..<words[1].upperBound, upTo: 65_535), count > 0 else {
                throw fault("a number of ports from 1 to 65535", at: words[1])
            }
            media.portCount = UInt16(count)
        }
        return media
    }

    /// `a=<name>` or `a=<name>:<value>`.
    func attribute() throws(SDPParseError) -> SDPAttribute {
        let colon = value.first { bytes[$0] == UInt8(ascii: ":") } ?? value.upperBound
        guard colon > value.lowerBound else { throw fault("a= with a name") }
        let name = text(value.lowerBound..<colon)
        return SDPAttribute(name, colon < value.upperBound ? text((colon + 1)..<value.upperBound) : nil)
    }

    /// `t=<start-time> <stop-time>`, kept as it stands.
    func timing() throws(SDPParseError) -> String {
        let words = words()
        guard words.count == 2, words.allSatisfy({ $0.allSatisfy { isDigit(bytes[$0]) } }) else {
            throw fault("t= with a start and a stop time")
        }
        return whole
    }

    private func address(network: Range<Int>, type: Range<Int>, _ place: Range<Int>) throws(SDPParseError) -> ConnectionAddress {
        guard equals(network, "IN") else { throw fault("network type IN", at: network) }
        let six = equals(type, "IP6")
        guard six || equals(type, "IP4") else { throw fault("address type IP4 or IP6", at: type) }
        let name = text(place)
        // A multicast address with its scope stays a name: nobody may send a call's media there.
        return IPAddress(name).map { .ip($0) } ?? .name(name, v6: six)
    }

    /// The parts of the value between runs of spaces and tabs.
    private func words() -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start = value.lowerBound
        for index in value where bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            if index > start { words.append(start..<index) }
            start = index + 1
        }
        if value.upperBound > start { words.append(start..<value.upperBound) }
        return words
    }

    /// A session's number or version. Devices write more than 64 bits at times; as it is only compared, the lower 64 bits do.
    private func longNumber(_ range: Range<Int>) throws(SDPParseError) -> UInt64 {
        var number: UInt64 = 0
        for index in range {
            guard isDigit(bytes[index]) else { throw fault("a number", at: range) }
            number = number &* 10 &+ UInt64(bytes[index] - 48)
        }
        return number
    }

    private func number(_ range: Range<Int>, upTo limit: Int) -> Int? {
        guard !range.isEmpty else { return nil }
        var number = 0
        for index in range {
            guard isDigit(bytes[index]) else { return nil }
            number = number * 10 + Int(bytes[index] - 48)
            guard number <= limit else { return nil }
        }
        return number
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// Compares without regard to case.
    private func equals(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return text(range).uppercased() == word.description
    }
}
