import CTI
import CallControl
import SDP

/// What a changed configuration changes, and for whom.
struct SiteDifference: Equatable {
    /// One change.
    struct Change: Equatable {
        let what: String
        let effect: Effect
    }

    /// What it takes.
    enum Effect: String {
        /// From the next call, request or registration on; whatever goes on stays as it is.
        case atOnce = "at once"
        /// The device is closed for its applications, which hear that it is out of service and open it again; its calls stay.
        case reset = "resets the device"
        /// Nothing, until the server is started again.
        case restart = "when the server is started again"
    }

    let changes: [Change]

    init(from old: Site, to new: Site) {
        var changes = SiteDifference.devices(old, new)
        changes += SiteDifference.named("line", SiteDifference.lines(old.plan), SiteDifference.lines(new.plan))
        changes += SiteDifference.named("user", old.cti.users, new.cti.users)
        changes += SiteDifference.named("calling search space", old.plan.callingSearchSpaces, new.plan.callingSearchSpaces)
        changes += SiteDifference.named("device pool", old.pools, new.pools, .restart)
        let atOnce: [(String, Bool)] = [
            ("routes", old.plan.routes == new.plan.routes), ("park", old.plan.park == new.plan.park),
            ("agents", old.cti.agents == new.cti.agents), ("service-parameters", old.cti.parameters == new.cti.parameters),
            ("guests", old.sip.guests == new.sip.guests),
        ]
        let restart: [(String, Bool)] = [
            ("site", old.name == new.name && old.country == new.country && old.language == new.language && old.realm == new.realm),
            ("sip", old.sip.listening == new.sip.listening), ("media", old.media == new.media), ("cti-link", old.link == new.link),
            ("attendant", old.attendant == new.attendant), ("agent-groups", old.agentGroups == new.agentGroups),
            ("customers", old.customerFile == new.customerFile),
            ("mailboxes", old.mailboxes == new.mailboxes),
            ("call-records", old.callRecords.isLike(new.callRecords)), ("directory", old.directoryEntries == new.directoryEntries),
        ]
        changes += atOnce.filter { !$0.1 }.map { Change(what: "\($0.0) changed", effect: .atOnce) }
        changes += restart.filter { !$0.1 }.map { Change(what: "\($0.0) changed", effect: .restart) }
        self.changes = changes
    }

    /// The changes, one a line.
    var text: String {
        changes.map { "  \($0.what): \($0.effect.rawValue)" }.joined(separator: "\n")
    }

    private static func devices(_ old: Site, _ new: Site) -> [Change] {
        let phones = { (site: Site) in Dictionary(site.phones.map { ($0.device, $0) }) { first, _ in first } }
        let trunks = { (site: Site) in Dictionary(site.trunks.map { ($0.device, $0) }) { first, _ in first } }
        let (oldPhones, newPhones, oldTrunks, newTrunks) = (phones(old), phones(new), trunks(old), trunks(new))
        let names = Set(old.plan.devices.keys).union(new.plan.devices.keys).sorted { $0.text < $1.text }
        return names.compactMap { name in
            switch (old.plan.devices[name], new.plan.devices[name]) {
            case (nil, _): return Change(what: "device \(name) is new", effect: .atOnce)
            case (_, nil): return Change(what: "device \(name) is gone", effect: .reset)
            case (let before?, let after?) where before.kind != after.kind:
                return Change(what: "device \(name) becomes a \(after.kind.rawValue)", effect: .reset)
            case (let before?, let after?):
                let isSame = before == after && oldPhones[name] == newPhones[name] && oldTrunks[name] == newTrunks[name]
                return isSame ? nil : Change(what: "device \(name) changed", effect: .atOnce)
            }
        }
    }

    private static func lines(_ plan: NumberingPlan) -> [String: Line] {
        Dictionary(plan.lines.map { ("\($0.number) in \($0.partition)", $0) }) { first, _ in first }
    }

    private static func named<Value: Equatable>(
        _ kind: String, _ old: [String: Value], _ new: [String: Value], _ effect: Effect = .atOnce
    ) -> [Change] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            switch (old[name], new[name]) {
            case (nil, _): Change(what: "\(kind) \(name) is new", effect: effect)
            case (_, nil): Change(what: "\(kind) \(name) is gone", effect: effect)
            case (let before, let after): before == after ? nil : Change(what: "\(kind) \(name) changed", effect: effect)
            }
        }
    }
}

extension SIPListeners {
    /// What the sockets depend on.
    fileprivate var listening: SIPListeners {
        var listeners = self
        listeners.guests = nil
        return listeners
    }
}
