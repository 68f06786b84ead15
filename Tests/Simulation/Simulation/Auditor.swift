import CTI
import CallControl
import Kernel
import SDP
import SimulatedWorld
import Switchboard

/// Follows a run: whatever happens must be allowed by what happened before, and everything that begins must end.
struct Auditor {
    /// The most findings that are kept: the first ones tell the most.
    static let mostFindings = 20

    /// What is wrong.
    private(set) var findings: [String] = []
    /// How many calls ended how.
    private(set) var outcomes: [Outcome: Int] = [:]
    /// How many calls were talked on to the end.
    var conversations = 0
    /// How many calls have begun.
    var callCount: Int { begun.count }

    private var begun: Set<CallID> = []
    private var openCalls: [CallID: Story] = [:]
    private var openLegs: Set<LegID> = []
    private var clearedLegs: Set<LegID> = []
    private var seenEvents = 0
    private var heard: [String: Hearing] = [:]

    /// What is known of a call that goes on.
    private struct Story {
        var reached: Set<DeviceName> = []
        var originator: DeviceName?
        var isDiverted = false
    }

    /// What an application heard.
    private struct Hearing {
        var seen = 0
        var cleared: Set<LegID> = []
    }

    /// Looks at everything that is new since the last time.
    mutating func look(at world: SimulatedWorld) {
        for event in world.callEvents[seenEvents...] { follow(event, at: world.now) }
        seenEvents = world.callEvents.count
        for name in world.applications.keys.sorted() { follow(name, world) }
        let counts = world.switchboard.counts
        if counts.calls != openCalls.count { find("\(counts.calls) calls exist, \(openCalls.count) were told of", world.now) }
        if counts.legs != openLegs.count { find("\(counts.legs) legs exist, \(openLegs.count) were told of", world.now) }
    }

    private mutating func follow(_ event: CallEvent, at now: Instant) {
        let isNew = begun.insert(event.call).inserted
        if isNew { openCalls[event.call] = Story() }
        guard openCalls[event.call] != nil else { return find("an event of a call that is over: \(event)", now) }
        if let leg = event.leg {
            if clearedLegs.contains(leg) { find("an event of a leg that is over: \(event)", now) }
            if case .connectionCleared = event.kind {
                clearedLegs.insert(leg)
                if openLegs.remove(leg) == nil { find("a leg ended that nobody had told of: \(event)", now) }
            } else {
                openLegs.insert(leg)
            }
        }
        switch event.kind {
        case .originated: if openCalls[event.call]?.originator == nil { openCalls[event.call]?.originator = event.device }
        case .established: if let device = event.device { openCalls[event.call]?.reached.insert(device) }
        case .diverted: openCalls[event.call]?.isDiverted = true
        case .callCleared(let cause):
            guard let story = openCalls.removeValue(forKey: event.call) else { return }
            outcomes[Outcome(reached: story.reached, by: story.originator, isDiverted: story.isDiverted, cause), default: 0] += 1
        default: break
        }
    }

    /// An application hears nothing of a leg after its end.
    private mutating func follow(_ name: String, _ world: SimulatedWorld) {
        guard let application = world.applications[name] else { return }
        var hearing = heard[name] ?? Hearing()
        for event in application.events[hearing.seen...] {
            guard let leg = event.leg else { continue }
            if hearing.cleared.contains(leg) { find("\(name) hears of a leg that is over: \(event)", world.now) }
            if case .call(let event) = event, case .connectionCleared = event.kind { hearing.cleared.insert(leg) }
        }
        hearing.seen = application.events.count
        heard[name] = hearing
    }

    mutating func find(_ what: String, _ now: Instant) {
        if findings.count < Auditor.mostFindings { findings.append("\(Double(now.nanoseconds) / 1e9) s: \(what)") }
    }
}

extension ProviderEvent {
    /// The leg that it is about.
    var leg: LegID? {
        switch self {
        case .call(let event): event.leg
        case .mediaAddressNeeded(let leg), .mediaStarted(let leg, _), .mediaStopped(let leg), .data(let leg, _), .routeRequest(let leg, _),
            .reRoute(let leg, _), .routeUsed(let leg, _), .routeEnd(let leg):
            leg
        case .providerShutdown, .inService, .outOfService, .agentState: nil
        }
    }
}
