/// Appends the parts of a message to bytes. No value can end its line: CR and LF inside of one become spaces.
struct SIPWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func text(_ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        for index in start..<bytes.count where bytes[index] == 13 || bytes[index] == 10 { bytes[index] = 32 }
    }

    mutating func number(_ number: some BinaryInteger) {
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func quoted(_ text: String) {
        byte(UInt8(ascii: "\""))
        for unit in text.utf8 {
            if unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "\\") { byte(UInt8(ascii: "\\")) }
            byte(unit == 13 || unit == 10 ? 32 : unit)
        }
        byte(UInt8(ascii: "\""))
    }

    mutating func endLine() {
        bytes.append(13)
        bytes.append(10)
    }

    mutating func body(_ body: [UInt8]) {
        bytes.append(contentsOf: body)
    }

    /// What has been written, as text.
    var string: String { String(decoding: bytes, as: UTF8.self) }
}
