import CallControl
import Kernel

/// What is wrong with a message of the other side, as the developer who wrote it reads it.
struct LinkMistake: Error, Equatable {
    let text: String
}

/// The members of an object, read one by one. Each mistake names the place, what was expected and what was found.
struct LinkArguments {
    private let members: [String: JSON]
    /// Where the object stands, such as `DeflectCall` or `DeflectCall.media`.
    let place: String

    /// Reads an object that has no other members than `names`.
    init(_ value: JSON?, at place: String, allowed names: [String]) throws(LinkMistake) {
        self.place = place
        switch value {
        case .object(let members): self.members = members
        case nil, .null?: members = [:]
        case let other?: throw LinkMistake(text: "\(place) takes an object of named parameters, found \(other.kind)")
        }
        for name in members.keys.sorted() where !names.contains(name) {
            let hint = NearestWord.find(name, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw LinkMistake(text: "\(place) has no parameter `\(name)`\(hint)")
        }
    }

    /// The member, with `null` as good as nothing.
    private func value(_ name: String) -> JSON? {
        if let value = members[name], value != .null { value } else { nil }
    }

    func wrong(_ name: String, _ expected: String, _ found: JSON?) -> LinkMistake {
        guard let found else { return LinkMistake(text: "\(place) lacks `\(name)`: expected \(expected)") }
        let shown = found.text()
        return LinkMistake(text: "`\(name)` of \(place) is \(shown.count > 60 ? found.kind : shown): expected \(expected)")
    }

    func string(_ name: String) throws(LinkMistake) -> String {
        guard case .string(let text)? = value(name) else { throw wrong(name, "a string", value(name)) }
        return text
    }

    func optionalString(_ name: String) throws(LinkMistake) -> String? {
        value(name) == nil ? nil : try string(name)
    }

    func bool(_ name: String, otherwise standard: Bool) throws(LinkMistake) -> Bool {
        guard let value = value(name) else { return standard }
        guard case .bool(let flag) = value else { throw wrong(name, "true or false", value) }
        return flag
    }

    func whole(_ name: String, in range: ClosedRange<Int>) throws(LinkMistake) -> Int {
        guard case .number(let number)? = value(name), let whole = Int(exactly: number), range.contains(whole) else {
            throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)", value(name))
        }
        return whole
    }

    func optionalWhole(_ name: String, in range: ClosedRange<Int>) throws(LinkMistake) -> Int? {
        value(name) == nil ? nil : try whole(name, in: range)
    }

    /// Seconds, fractions of a millisecond left out.
    func optionalSeconds(_ name: String) throws(LinkMistake) -> Duration? {
        guard let value = value(name) else { return nil }
        guard case .number(let seconds) = value, seconds >= 0, seconds <= 86_400 else {
            throw wrong(name, "seconds from 0 to 86400", value)
        }
        return .milliseconds(Int64(seconds * 1000))
    }

    func word<Word: RawRepresentable & CaseIterable>(_ name: String, otherwise standard: Word? = nil) throws(LinkMistake) -> Word
    where Word.RawValue == String {
        guard let value = value(name) else {
            if let standard { return standard }
            throw wrong(name, "one of \(LinkArguments.words(Word.self))", nil)
        }
        guard case .string(let text) = value, let word = Word(rawValue: text) else {
            throw wrong(name, "one of \(LinkArguments.words(Word.self))", value)
        }
        return word
    }

    private static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String where Word.RawValue == String {
        type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    }

    func object(_ name: String, allowed names: [String]) throws(LinkMistake) -> LinkArguments? {
        guard let value = value(name) else { return nil }
        return try LinkArguments(value, at: "\(place).\(name)", allowed: names)
    }

    func list(_ name: String) throws(LinkMistake) -> [JSON] {
        guard let value = value(name) else { return [] }
        guard case .array(let values) = value else { throw wrong(name, "an array", value) }
        return values
    }

    func json(_ name: String) -> JSON? { value(name) }

    // MARK: Words of CTI

    private static let largest = 9_007_199_254_740_991  // 2^53 - 1: what a JSON number holds exactly

    func leg(_ name: String = "connection") throws(LinkMistake) -> LegID {
        LegID(UInt64(try whole(name, in: 1...LinkArguments.largest)))
    }

    func call(_ name: String = "call") throws(LinkMistake) -> CallID { CallID(UInt64(try whole(name, in: 1...LinkArguments.largest))) }

    func device(_ name: String = "device") throws(LinkMistake) -> DeviceName { DeviceName(try string(name)) }

    func number(_ name: String) throws(LinkMistake) -> DirectoryNumber { DirectoryNumber(try string(name)) }

    func address() throws(LinkMistake) -> TransportAddress {
        let text = try string("address")
        guard let ip = IPAddress(text) else { throw wrong("address", "an IPv4 or IPv6 address", .string(text)) }
        return TransportAddress(ip: ip, port: UInt16(try whole("port", in: 1...65_535)))
    }
}
