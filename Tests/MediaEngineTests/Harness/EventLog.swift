import Audio
import Foundation
import Kernel
import MediaEngine

/// What did not come in time.
struct Missing: Error, CustomStringConvertible {
    let description: String
}

/// What an engine reported, in order.
final class EventLog: @unchecked Sendable {
    private let condition = NSCondition()
    private var events: [MediaEvent] = []

    func note(_ event: MediaEvent) {
        condition.withLock {
            events.append(event)
            condition.broadcast()
        }
    }

    /// What `find` makes of all that was reported so far.
    func now<Found>(_ find: ([MediaEvent]) -> Found) -> Found {
        condition.withLock { find(events) }
    }

    /// Waits until `find` finds something in what was reported.
    func wait<Found>(_ what: String, within seconds: Double = 5, for find: ([MediaEvent]) -> Found?) throws -> Found {
        let limit = Date(timeIntervalSinceNow: seconds)
        return try condition.withLock {
            while true {
                if let found = find(events) { return found }
                guard condition.wait(until: limit) else { throw Missing(description: "\(what) did not come; there were \(events)") }
            }
        }
    }
}

extension [MediaEvent] {
    /// The faces of the keys of a session, in order.
    func keys(_ session: MediaSessionID) -> String {
        String(compactMap { if case .key(session, let key) = $0 { key.character } else { nil } })
    }

    /// The plays of a session that are over: their numbers, negative when they were stopped.
    func played(_ session: MediaSessionID) -> [Int] {
        compactMap {
            guard case .played(session, let play, let stopped) = $0, play.rawValue < PlayID.firstOfHouse else { return nil }
            return Int(play.rawValue) * (stopped ? -1 : 1)
        }
    }

    /// How often a session was heard for the first time.
    func heard(_ session: MediaSessionID) -> Int {
        count { if case .heard(session) = $0 { true } else { false } }
    }

    /// How much was spoken in the recordings of a session, as it was told.
    func readings(_ session: MediaSessionID) -> [SpeechReading] {
        compactMap { if case .recording(session, let reading) = $0 { reading } else { nil } }
    }

    /// What the recordings of a session came to.
    func recorded(_ session: MediaSessionID) -> [(path: String, result: Result<Duration, MediaFailure>)] {
        compactMap { if case .recorded(session, let path, let result) = $0 { (path, result) } else { nil } }
    }

    /// What the recordings of a bridge came to.
    func recorded(_ bridge: BridgeID) -> [Result<Duration, MediaFailure>] {
        compactMap { if case .bridgeRecorded(bridge, _, let result) = $0 { result } else { nil } }
    }

    /// The sessions that were not taken into a bridge.
    var notJoined: [(session: MediaSessionID, failure: MediaFailure)] {
        compactMap { if case .notJoined(let session, _, let failure) = $0 { (session, failure) } else { nil } }
    }

    /// How long a session was silent each time it was reported.
    func silent(_ session: MediaSessionID) -> [Duration] {
        compactMap { if case .silent(session, let duration) = $0 { duration } else { nil } }
    }

    /// The counts of a session that is gone.
    func closed(_ session: MediaSessionID) -> MediaStatistics? {
        for case .closed(session, let statistics) in self { return statistics }
        return nil
    }
}
