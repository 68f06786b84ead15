import Flow
import StrictYAML
import Testing

@Suite struct YearOfHoursTests {
    private let hours = """
        hours:
          timezone: Europe/Berlin
          open: { Mon-Sun: 00:00-24:00 }
          closed: [2026-12-25]
        """

    @Test func `a year names every minute that no schedule covers, and when clocks change`() throws {
        let year = try #require(YearOfHours(try flow("a:\n  - hangup", head: hours), year: 2026))
        #expect(year.closed.map { "\($0.from) to \($0.to.map { "\($0)" } ?? "")" } == ["2026-12-25 00:00 to 2026-12-26 00:00"])
        #expect(year.clockChanges.map { "\($0.date) \($0.minutes)" } == ["2026-03-29 60", "2026-10-25 -60"])
    }

    @Test func `a night is closed until the morning, over the end of the year`() throws {
        let head = hours.replacing("Mon-Sun: 00:00-24:00", with: "Mon-Fri: [08:00-12:00, 13:00-18:00]").replacing("Berlin", with: "Lisbon")
        let year = try #require(YearOfHours(try flow("a:\n  - hangup", head: head), year: 2024))
        let spans = year.closed.map { "\($0.from) to \($0.to.map { "\($0)" } ?? "")" }
        #expect(spans.first == "2024-01-01 00:00 to 2024-01-01 08:00")
        #expect(spans.contains("2024-02-29 12:00 to 2024-02-29 13:00"))
        #expect(spans.contains("2024-03-01 18:00 to 2024-03-04 08:00"))
        #expect(spans.last == "2024-12-31 18:00 to ")
        #expect(YearOfHours(try flow("a:\n  - hangup"), year: 2024) == nil)
    }

    @Test(arguments: [
        ("2026-03-29 02:30", 1_774_747_800.0), ("2026-03-29 03:00", 1_774_746_000), ("2026-10-25 02:30", 1_792_888_200),
        ("2026-11-23 12:00", Story.mondayNoon), ("1970-01-01 01:00", 0),
    ])
    func `a minute that clocks skip is one after the gap, one that comes twice the first`(text: String, seconds: Double) throws {
        let moment = try #require(LocalMoment(text))
        #expect(moment.description == text)
        #expect(try flow("a:\n  - hangup", head: hours).seconds(at: moment) == seconds)
    }

    @Test(arguments: ["", "2026-12-26", "2026-12-26 24:00", "2026-02-30 10:00", "26.12.2026 10:00", "2026-12-26  "])
    func `anything else is no moment`(text: String) { #expect(LocalMoment(text) == nil) }
}
