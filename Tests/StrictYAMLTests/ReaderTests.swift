import StrictYAML
import Testing

private func reader(_ text: String) throws -> YAMLReader {
    let (root, problems) = StrictYAML.read(text: text, file: "site.yaml")
    let node = try #require(root)
    return try #require(YAMLReader(node, "the file", problems))
}

@Suite struct ReaderTests {
    @Test func `durations carry units`() throws {
        let reader = try reader("a: 5s\nb: 800ms\nc: 2m\nd: 4h\ne: 1.5s\nf: 5\n")
        #expect(reader.duration("a", default: .zero) == .seconds(5))
        #expect(reader.duration("b", default: .zero) == .milliseconds(800))
        #expect(reader.duration("c", default: .zero) == .seconds(120))
        #expect(reader.duration("d", default: .zero) == .seconds(14_400))
        #expect(reader.duration("e", default: .zero) == .milliseconds(1500))
        #expect(reader.duration("f", default: .seconds(9)) == .seconds(9))
        #expect(
            reader.problems.found.map(\.rendered) == [
                """
                site.yaml:6:4: error: a time span needs its unit: `5s` for seconds, or `ms`, `m`, `h`
                f: 5
                   ^
                did you mean `5s`?
                """
            ])
    }

    @Test(arguments: ["5 parsecs", "s", "-5s", "5s5s", "1..5s", "99999999999s", "31000h", "٣s"])
    func `a time span that is none is refused`(text: String) throws {
        let reader = try reader("a: \(text)\n")
        #expect(reader.optional("a", as: .duration) == nil)
        #expect(reader.problems.found.count == 1)
    }

    @Test func `unknown keys tell the nearest word and where they belong`() throws {
        let reader = try reader("contry: DE\nring: 5s\n")
        reader.problems.places = ["ring": ["redirect"]]
        #expect(reader.optionalText("country") == nil)
        reader.finish()
        #expect(
            reader.problems.found.map(\.rendered) == [
                """
                site.yaml:1:1: error: the file has no key `contry`
                contry: DE
                ^
                did you mean `country`?
                """,
                """
                site.yaml:2:1: error: the file has no key `ring`; it belongs in `redirect`
                ring: 5s
                ^
                """,
            ])
    }

    @Test func `missing and empty values are told apart`() throws {
        let reader = try reader("a:\nb: [1]\n")
        #expect(reader.text("a") == nil)
        #expect(reader.text("b") == nil)
        #expect(reader.text("c") == nil)
        #expect(reader.problems.sorted.map(\.message) == ["`a` needs a value", "the file needs `c`", "expected text, found a list"])
        #expect(reader.problems.sorted.first?.mark == Mark(line: 1, column: 1))
    }

    @Test func `times, days and numbers`() throws {
        let reader = try reader("t: 9:05\nr: 22:00-06:00\nd: 2028-02-29\nx: 2027-02-29\nn: 7\ny: off\nl: [1, 2]\no: 3\n")
        #expect(reader.optional("t", as: .time) == TimeOfDay(minutes: 545))
        #expect(reader.optional("r", as: .timeRange) == TimeRange(from: TimeOfDay(minutes: 1320), to: TimeOfDay(minutes: 360)))
        #expect(reader.optional("d", as: .date) == CalendarDate(year: 2028, month: 2, day: 29))
        #expect(reader.optional("x", as: .date) == nil)
        #expect(reader.int("n", in: 1...6, default: 3) == 3)
        #expect(reader.yesNo("y", default: true) == false)
        #expect(reader.optional("l", as: .list(of: .int(1...6))) == [1, 2])
        #expect(reader.texts("o") == ["3"])
        #expect(
            reader.problems.found.map(\.message) == [
                "expected a day such as `2026-12-25`, found `2027-02-29`", "expected a whole number from 1 to 6, found `7`",
            ])
    }
}
