import Foundation
public import StrictYAML

/// A day and a minute on the clocks of a place.
public struct LocalMoment: Hashable, Sendable {
    /// The day.
    public var date: CalendarDate
    /// Minutes since midnight.
    public var minute: Int

    /// Makes a moment.
    public init(date: CalendarDate, minute: Int) {
        self.date = date
        self.minute = minute
    }

    /// Reads `2026-12-26 17:31`.
    public init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let date = CalendarDate(String(parts[0])), let time = TimeOfDay(parts[1]), time.minutes < 1440 else {
            return nil
        }
        self.init(date: date, minute: time.minutes)
    }

    /// Seconds since 1970; a minute that the clocks skip counts as the one after the gap, one that comes twice as the first.
    func seconds(in zone: TimeZone) -> Double {
        let wall = Double(date.daysSince1970 * 86_400 + minute * 60)
        let before = zone.secondsFromGMT(for: Date(timeIntervalSince1970: wall - 86_400))
        let after = zone.secondsFromGMT(for: Date(timeIntervalSince1970: wall + 86_400))
        for offset in [before, after] {
            let seconds = wall - Double(offset)
            if zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)) == offset { return seconds }
        }
        return wall - Double(before)
    }
}

extension Flow {
    /// The day and time, as `2026-12-26 17:31`, on the clocks of the flow's hours, or of Greenwich when it has none.
    public func localTime(at seconds: Double) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = program.hours?.zone ?? .gmt
        format.dateFormat = "yyyy-MM-dd HH:mm"
        return format.string(from: Date(timeIntervalSince1970: seconds))
    }

    /// Seconds since 1970 at a moment on the clocks of the flow's hours, or of Greenwich when it has none.
    public func seconds(at moment: LocalMoment) -> Double { moment.seconds(in: program.hours?.zone ?? .gmt) }
}

extension CalendarDate {
    /// How many days after 1970-01-01 it is, in the Gregorian calendar.
    var daysSince1970: Int {
        // Years that begin in March put the leap day last.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
