import Testing

@testable import Stores

@Suite("comma-separated values")
struct CSVReaderTests {
    private func records(_ text: String) throws(CSVReader.Problem) -> [[String]] {
        var reader = CSVReader(Array(text.utf8))
        var records: [[String]] = []
        while let record = try reader.next() { records.append(record.fields) }
        return records
    }

    @Test(
        "records are read as RFC 4180 says",
        arguments: [
            ("", []),
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("\u{feff}a,b", [["a", "b"]]),
            ("a,,\n", [["a", "", ""]]),
            ("a\n,b\n", [["a"], ["", "b"]]),
            ("\n\r\na\n\n", [["a"]]),
            ("\"a,b\",c", [["a,b", "c"]]),
            ("\"say \"\"hello\"\"\"", [["say \"hello\""]]),
            ("\"two\r\nlines\",x", [["two\r\nlines", "x"]]),
            ("\"\"", [[""]]),
            (" a , b ", [[" a ", " b "]]),
            ("a\r", [["a"]]),
        ] as [(String, [[String]])])
    func reads(_ text: String, _ expected: [[String]]) throws {
        #expect(try records(text) == expected)
    }

    @Test(
        "a fault says its line",
        arguments: [
            ("a,b\n\"c", 2, "closing quote"), ("a\n\"b\nc\"d", 3, "after the closing quote"), ("a\nb\"c", 2, "within it"),
            (String(repeating: ",", count: 300), 1, "at most 200 fields"),
            ("x\n" + String(repeating: "y", count: 20_000), 2, "10000 bytes"),
        ])
    func faults(_ text: String, _ line: Int, _ part: String) {
        let problem = #expect(throws: CSVReader.Problem.self) { try records(text) }
        #expect(problem?.line == line)
        #expect(problem?.message.contains(part) == true)
    }

    @Test("a record has at most 200 fields, and a field at most 10000 bytes")
    func limits() {
        let wide = #expect(throws: CSVReader.Problem.self) { try records("x\n" + String(repeating: ",", count: 300)) }
        #expect(wide == CSVReader.Problem(line: 2, message: "expected at most 200 fields"))
        let long = #expect(throws: CSVReader.Problem.self) { try records("x\n" + String(repeating: "y", count: 20_000)) }
        #expect(long?.message == "expected at most 10000 bytes in a field, found 20000")
    }

    @Test("bytes that are no UTF-8 are a fault")
    func notUTF8() {
        var reader = CSVReader([0x61, 0x0A, 0xFF, 0xFE])
        #expect(throws: Never.self) { try reader.next() }
        #expect(throws: CSVReader.Problem(line: 2, message: "expected text in UTF-8")) { try reader.next() }
    }

    @Test("a line after quoted line breaks counts them")
    func linesCountWithinQuotes() throws {
        var reader = CSVReader(Array("\"a\nb\"\nc".utf8))
        _ = try reader.next()
        #expect(try reader.next() == CSVReader.Record(line: 3, fields: ["c"]))
    }
}
