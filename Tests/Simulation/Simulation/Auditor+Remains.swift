import CTI
import CallControl
import Kernel
import SIP
import SimulatedWorld
import Switchboard

// When everybody has hung up, nothing is left.
extension Auditor {
    mutating func lookForRemains(in world: SimulatedWorld) {
        if !world.switchboard.isIdle { find("the switchboard is not idle: \(world.switchboard.counts)", world.now) }
        if let next = world.switchboard.nextDeadline { find("a timer is left, due at \(Double(next.nanoseconds) / 1e9) s", world.now) }
        if !world.mixer.ports.isEmpty {
            find("ports of the mixer are left for legs \(world.mixer.ports.keys.map(\.rawValue).sorted())", world.now)
        }
        if !world.mixer.recordings.isEmpty { find("recordings go on: \(world.mixer.recordings.values.sorted())", world.now) }
        if world.strayTellings > 0 { find("\(world.strayTellings) replies and events for applications that are gone", world.now) }
        for person in Site.everybody {
            guard let phone = world.phones[person] else { continue }
            if !phone.isIdle { find("\(person)'s phone is not idle", world.now) }
            for call in phone.calls { explain(call, of: person, world) }
        }
    }

    /// Each call of a phone is over, and its user knows why.
    private mutating func explain(_ call: SimulatedCall, of person: String, _ world: SimulatedWorld) {
        switch call.state {
        case .over(.byPeer(nil)): find("\(person) was hung up without a cause in session \(call.session.rawValue)", world.now)
        case .over(.refused(let status)) where !(400...699).contains(status) || status == 500:
            find("\(person) was refused with \(status) in session \(call.session.rawValue)", world.now)
        case .over: break
        case .dialling, .ringing, .talking: find("\(person)'s session \(call.session.rawValue) is still \(call.state)", world.now)
        }
    }

    /// Applications that are still connected when all calls are over have had one reply to each request, and have no media.
    mutating func lookAtApplications(in world: SimulatedWorld) {
        for name in world.applications.keys.sorted() {
            guard let application = world.applications[name] else { continue }
            if !application.strayReplies.isEmpty { find("\(name) had replies to nothing: \(application.strayReplies)", world.now) }
            guard world.isConnected(name), !application.isFrozen else { continue }
            if !application.unanswered.isEmpty {
                find("\(name) had no reply to \(application.unanswered.keys.map(\.rawValue).sorted())", world.now)
            }
            if !application.media.isEmpty { find("\(name) has media of \(application.media.keys.map(\.rawValue).sorted())", world.now) }
            let calls = application.allCalls.map(\.leg.rawValue)
            if !calls.isEmpty { find("\(name) has the calls \(calls)", world.now) }
        }
    }
}
