/// A time of day, in minutes since midnight: 0–1440.
public struct TimeOfDay: Hashable, Comparable, Sendable {
    /// Minutes since midnight.
    public var minutes: Int

    /// Makes a time from minutes since midnight.
    public init(minutes: Int) {
        self.minutes = minutes
    }

    /// Reads `9:00`, `09:00` or `24:00`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2, let hour = Int(digits: parts[0]),
            let minute = Int(digits: parts[1]),
            minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        minutes = hour * 60 + minute
    }

    /// The earlier time is less.
    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.minutes < right.minutes }
}

/// A span of the day, from a time up to but without another. One that ends at or before it begins goes on past midnight.
public struct TimeRange: Hashable, Sendable {
    /// The beginning.
    public var from: TimeOfDay
    /// The end.
    public var to: TimeOfDay

    /// Makes a span.
    public init(from: TimeOfDay, to: TimeOfDay) {
        self.from = from
        self.to = to
    }

    /// Reads `09:00-18:00`, with or without spaces around the dash.
    public init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "–" }
        guard parts.count == 2, let from = TimeOfDay(parts[0].trimmingSpaces), let to = TimeOfDay(parts[1].trimmingSpaces), from != to,
            from.minutes < 1440
        else {
            return nil
        }
        self.init(from: from, to: to)
    }
}

/// A day of the calendar.
public struct CalendarDate: Hashable, Comparable, Sendable {
    /// The year, 1970–9999.
    public var year: Int
    /// The month, 1–12.
    public var month: Int
    /// The day, from 1.
    public var day: Int

    /// Makes a day.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2026-12-25`; `nil` for a day that no calendar has.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int(digits: parts[0]), let month = Int(digits: parts[1]),
            let day = Int(digits: parts[2]),
            (1970...9999).contains(year), (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard (1...length).contains(day) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The earlier day is less.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension YAMLValue where Output == TimeOfDay {
    /// A time of day.
    public static var time: YAMLValue { YAMLValue("a time such as `17:30`") { TimeOfDay($0) } }
}

extension YAMLValue where Output == TimeRange {
    /// A span of the day.
    public static var timeRange: YAMLValue { YAMLValue("a span of the day such as `09:00-18:00`") { TimeRange($0) } }
}

extension YAMLValue where Output == CalendarDate {
    /// A day.
    public static var date: YAMLValue { YAMLValue("a day such as `2026-12-25`") { CalendarDate($0) } }
}

extension Int {
    /// Reads a few ASCII digits, and nothing else.
    init?(digits text: some StringProtocol) {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self.init(text)
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        var result = drop { $0 == " " }
        while result.last == " " { result.removeLast() }
        return result
    }
}
