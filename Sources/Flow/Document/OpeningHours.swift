import Foundation
import Kernel
import StrictYAML

/// When a business is open: spans of each weekday in its time zone, and days on which it is closed.
public struct OpeningHours: Equatable, Sendable {
    /// The time zone.
    let zone: TimeZone
    /// Minutes of the week (Monday 0:00 is 0) in which the business is open, as ranges that may end past the week.
    let spans: [Range<Int>]
    let closed: Set<CalendarDate>

    /// The local day and minute at a moment, in seconds since 1970.
    func local(at seconds: Double) -> (date: CalendarDate, weekday: Int, minute: Int) {
        let clamped = min(max(seconds, 0), 4e11)
        let local = Int(clamped) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: clamped))
        let (day, second) = (Int((Double(local) / 86_400).rounded(.down)), ((local % 86_400) + 86_400) % 86_400)
        // 1970-01-01 was a Thursday.
        return (CalendarDate(daysSince1970: day), (day + 3) % 7, second / 60)
    }

    /// Whether the business is open at a moment, in seconds since 1970.
    public func isOpen(at seconds: Double) -> Bool {
        let (date, weekday, minute) = local(at: seconds)
        let ofWeek = weekday * 1440 + minute
        for span in spans {
            for shift in [0, 10_080] where span.contains(ofWeek + shift) {
                // A span past midnight belongs to the day on which it began.
                let beganYesterday = (span.lowerBound % 10_080) / 1440 != weekday
                return !closed.contains(beganYesterday ? date.dayBefore : date)
            }
        }
        return false
    }
}

extension CalendarDate {
    /// The day that is so many days after 1970-01-01, in the Gregorian calendar.
    init(daysSince1970 days: Int) {
        // Years that begin in March put the leap day last.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month, day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    var dayBefore: CalendarDate {
        if day > 1 { return CalendarDate(year: year, month: month, day: day - 1) }
        if month == 1 { return CalendarDate(year: year - 1, month: 12, day: 31) }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 3 ? (isLeap ? 29 : 28) : [5, 7, 10, 12].contains(month) ? 30 : 31
        return CalendarDate(year: year, month: month - 1, day: length)
    }

    /// `2026-12-25`.
    var spelled: String { "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)" }
}

extension OpeningHours {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Reads the `hours` of a flow.
    static func read(_ reader: YAMLReader) -> OpeningHours? {
        let problems = reader.problems
        let zone = reader.required("timezone", as: zone)
        let closed = reader.optional("closed", as: .list(of: .date)) ?? []
        var spans: [Range<Int>] = []
        if let open = reader.group("open") {
            for pair in open.pairs {
                let days = weekdays(pair, problems)
                let ranges = pair.value.text == "closed" ? [] : YAMLValue.oneOrMany(of: .timeRange).read(pair.value, problems) ?? []
                for day in days ?? [] {
                    for range in ranges {
                        let from = day * 1440 + range.from.minutes
                        let length =
                            range.to > range.from ? range.to.minutes - range.from.minutes : 1440 - range.from.minutes + range.to.minutes
                        spans.append(from..<(from + length))
                    }
                }
            }
        } else if !reader.has("open") {
            problems.missing("`hours` needs `open`", at: reader.mark)
        }
        reader.finish()
        return zone.map { OpeningHours(zone: $0, spans: spans, closed: Set(closed)) }
    }

    private static var zone: YAMLValue<TimeZone> {
        YAMLValue { node, problems in
            let name = node.text ?? ""
            if name.contains("/") || name == "UTC", let zone = TimeZone(identifier: name) { return zone }
            let zones = TimeZone.knownTimeZoneIdentifiers
            let place = name.lowercased().map { $0 == " " ? "_" : $0 }
            let near = zones.first { $0.lowercased().hasSuffix("/" + String(place)) } ?? NearestWord.find(name, among: zones)
            problems.error(
                "expected a time zone such as `Europe/Berlin`, found \(node.spoken)", at: node.mark,
                hint: near.map { "did you mean `\($0)`?" })
            return nil
        }
    }

    /// Days of a key such as `Mon-Fri`, `Sat` or `Mon, Wed`.
    private static func weekdays(_ pair: YAMLPair, _ problems: Diagnostics) -> [Int]? {
        var result: [Int] = []
        for part in pair.key.split(separator: ",") {
            let ends = part.split { $0 == "-" || $0 == "–" }.map { $0.filter { $0 != " " } }
            let numbers = ends.compactMap { end in days.firstIndex { $0.lowercased() == end.lowercased() } }
            guard numbers.count == ends.count, let first = numbers.first, let last = numbers.last, ends.count <= 2 else {
                let short = part.split { $0 == "-" || $0 == "–" }.map { $0.filter { $0 != " " }.prefix(3).capitalized }
                let isMeant = !short.isEmpty && short.allSatisfy { days.contains($0) }
                problems.error(
                    "`\(pair.key)` is no day or span of days; write Mon, Tue, Wed, Thu, Fri, Sat, Sun or `Mon-Fri`", at: pair.mark,
                    hint: isMeant ? "did you mean `\(short.joined(separator: "-"))`?" : nil)
                return nil
            }
            result += (0..<7).filter { first <= last ? (first...last).contains($0) : $0 >= first || $0 <= last }
        }
        return result
    }
}
