/// Reads comma-separated values as RFC 4180 defines them, with LF for CRLF tolerated and a byte order mark skipped.
struct CSVReader {
    /// A record with the line it begins on, counted from 1.
    struct Record: Equatable {
        var line: Int
        var fields: [String]
    }

    /// What is wrong, and on which line.
    struct Problem: Error, Equatable {
        var line: Int
        var message: String
    }

    static let longestField = 10_000
    static let mostFields = 200

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next record that is not an empty line; `nil` at the end.
    mutating func next() throws(Problem) -> Record? {
        skipEmptyLines()
        guard position < bytes.count else { return nil }
        var record = Record(line: line, fields: [])
        repeat {
            guard record.fields.count < CSVReader.mostFields else {
                throw Problem(line: record.line, message: "expected at most \(CSVReader.mostFields) fields")
            }
            record.fields.append(try field())
        } while take(UInt8(ascii: ","))
        guard position == bytes.count || endOfLine() else {
            throw Problem(line: line, message: "expected a comma or the end of the line after the closing quote")
        }
        return record
    }

    private mutating func skipEmptyLines() {
        while endOfLine() {}
    }

    private mutating func field() throws(Problem) -> String {
        peek == UInt8(ascii: "\"") ? try quoted() : try plain()
    }

    private mutating func plain() throws(Problem) -> String {
        let start = position
        while let byte = peek, byte != UInt8(ascii: ","), byte != 10,
            !(byte == 13 && (position + 1 == bytes.count || bytes[position + 1] == 10))
        {
            guard byte != UInt8(ascii: "\"") else {
                throw Problem(line: line, message: "expected the whole field in quotes, found a quote within it")
            }
            position += 1
        }
        return try text(bytes[start..<position], from: line)
    }

    private mutating func quoted() throws(Problem) -> String {
        let begun = line
        position += 1
        var collected: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard take(UInt8(ascii: "\"")) else { return try text(collected[...], from: begun) }
            } else if byte == 10 {
                line += 1
            }
            collected.append(byte)
        }
        throw Problem(line: begun, message: "expected a closing quote, found the end of the file")
    }

    private func text(_ bytes: ArraySlice<UInt8>, from line: Int) throws(Problem) -> String {
        guard bytes.count <= CSVReader.longestField else {
            throw Problem(line: line, message: "expected at most \(CSVReader.longestField) bytes in a field, found \(bytes.count)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem(line: line, message: "expected text in UTF-8") }
        return text
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func endOfLine() -> Bool {
        if peek == 13, position + 1 == bytes.count || bytes[position + 1] == 10 { position += 1 } else if peek != 10 { return false }
        if take(10) { line += 1 }
        return true
    }
}
