import Foundation
public import StrictYAML

/// The times of a year at which a flow's hours say that nobody is there, and the days on which clocks change.
public struct YearOfHours: Equatable, Sendable {
    /// A time during which the business is closed, on its own clocks.
    public struct Closed: Equatable, Sendable {
        /// The first minute.
        public var from: LocalMoment
        /// The first minute after it; `nil` when the year ends before.
        public var to: LocalMoment?
    }

    /// The closed times, in order.
    public private(set) var closed: [Closed] = []
    /// The days on which the clocks change, with what they are set forward by, in minutes (back when negative).
    public private(set) var clockChanges: [(date: CalendarDate, minutes: Int)] = []

    /// Goes through every minute of a year; `nil` for a flow without hours, which is always open.
    public init?(_ flow: Flow, year: Int) {
        guard let hours = flow.program.hours, (1970...9998).contains(year) else { return nil }
        let zone = hours.zone
        let first = LocalMoment(date: CalendarDate(year: year, month: 1, day: 1), minute: 0).seconds(in: zone)
        let end = LocalMoment(date: CalendarDate(year: year + 1, month: 1, day: 1), minute: 0).seconds(in: zone)
        var began: LocalMoment?
        var offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: first))
        for seconds in stride(from: first, to: end, by: 60) {
            let (date, _, minute) = hours.local(at: seconds)
            if minute % 15 == 0 {
                let now = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
                if now != offset { clockChanges.append((date, (now - offset) / 60)) }
                offset = now
            }
            let isOpen = hours.isOpen(at: seconds)
            if !isOpen, began == nil { began = LocalMoment(date: date, minute: minute) }
            if isOpen, let from = began {
                closed.append(Closed(from: from, to: LocalMoment(date: date, minute: minute)))
                began = nil
            }
        }
        if let began { closed.append(Closed(from: began, to: nil)) }
    }

    /// Whether two years are the same.
    public static func == (left: YearOfHours, right: YearOfHours) -> Bool {
        left.closed == right.closed && left.clockChanges.elementsEqual(right.clockChanges) { $0 == $1 }
    }
}

extension LocalMoment: CustomStringConvertible {
    /// `2026-12-26 17:31`.
    public var description: String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(date.spelled) \(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension CalendarDate: CustomStringConvertible {
    /// `2026-12-26`.
    public var description: String { spelled }
}
