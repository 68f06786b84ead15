import CallControl
import Kernel
import SIP

/// Our own registrations with trunks (RFC 3261 section 10.2): one a trunk, refreshed before it ends, tried again when it fails.
struct TrunkRegistrations: Sendable {
    private var entries: [DeviceName: Entry] = [:]
    private var requests: [OutgoingID: DeviceName] = [:]
    private var deadlines = Deadlines<DeviceName>()
    private var lastRequest: UInt64 = 0

    /// A trunk's registration.
    struct Entry: Sendable {
        var trunk: SIPConfiguration.Trunk
        /// How many seconds to ask for: more than configured when the trunk insists.
        var expires: Int64
        /// With what the next request continues: all of them share a Call-ID.
        var last: (callID: String, cseq: UInt32)?
        var isRegistered = false
        /// How often it failed in a row.
        var failures = 0
    }

    var nextDeadline: Instant? { deadlines.next }

    /// The trunks with registrations.
    var devices: [DeviceName] { entries.keys.sorted { $0.text < $1.text } }

    /// Whether the trunk has our registration.
    func isRegistered(_ device: DeviceName) -> Bool { entries[device]?.isRegistered == true }

    /// Begins, or goes on with changed data, at once.
    mutating func keep(_ trunk: SIPConfiguration.Trunk, _ registration: SIPConfiguration.Registration, at now: Instant) {
        guard entries[trunk.device]?.trunk != trunk else { return }
        let last = entries[trunk.device]?.last
        entries[trunk.device] = Entry(trunk: trunk, expires: registration.expires.components.seconds, last: last)
        deadlines.set(trunk.device, at: now)
    }

    /// Forgets a trunk that is not configured any more; its registration ends by itself.
    mutating func remove(_ device: DeviceName) {
        entries[device] = nil
        deadlines.cancel(device)
        requests = requests.filter { $0.value != device }
    }

    /// The requests that are due.
    mutating func due(at now: Instant) -> [(OutgoingID, OutgoingRequest)] {
        var sends: [(OutgoingID, OutgoingRequest)] = []
        while let device = deadlines.popExpired(at: now) {
            guard let entry = entries[device], let request = entry.request else { continue }
            lastRequest += 1
            requests[OutgoingID(lastRequest)] = device
            sends.append((OutgoingID(lastRequest), request))
        }
        return sends
    }

    /// Takes a final response; returns the trunk and whether it has our registration.
    mutating func handle(_ response: SIPResponse, to id: OutgoingID, at now: Instant) -> (device: DeviceName, isRegistered: Bool)? {
        guard response.status >= 200, let device = requests.removeValue(forKey: id), var entry = entries[device] else { return nil }
        entry.last = (response.common.callID, response.common.cseq &+ 1)
        let wait: Duration
        if (200..<300).contains(response.status) {
            entry.isRegistered = true
            entry.failures = 0
            let granted = TrunkRegistrations.granted(response, asked: entry.expires)
            // Early enough for a second attempt should the first be lost.
            wait = .seconds(max(granted - max(granted / 10, min(32, granted / 2)), 1))
        } else if response.status == 423, let minimum = response.headers["Min-Expires"].flatMap({ Int64($0) }), minimum > entry.expires {
            entry.expires = min(minimum, 86_400)
            wait = .zero
        } else {
            entry.isRegistered = false
            entry.failures += 1
            let asked = response.headers["Retry-After"].flatMap { Int64($0.prefix { $0.isASCII && $0.isNumber }) } ?? 0
            wait = .seconds(max(min(asked, 1800), 30 << min(entry.failures - 1, 6)))
        }
        entries[device] = entry
        deadlines.set(device, at: now.advanced(by: wait))
        return (device, entry.isRegistered)
    }

    /// How long the registration was granted for: the expires of our Contact, else Expires, else what was asked.
    private static func granted(_ response: SIPResponse, asked: Int64) -> Int64 {
        let ofContact = response.common.contacts.first?.parameters.first { $0.name == "expires" }?.value.flatMap { Int64($0) }
        let granted = ofContact ?? response.headers["Expires"].flatMap { Int64($0) } ?? asked
        return min(max(granted, 1), 86_400)
    }
}

extension TrunkRegistrations.Entry {
    /// The next REGISTER.
    var request: OutgoingRequest? {
        guard let hop = trunk.target, let registration = trunk.registration else { return nil }
        let host = trunk.domain ?? hop.remote.ip.uriHost
        let address = NameAddress(uri: SIPURI(user: registration.user, host: host))
        var headers = SIPHeaders()
        headers.add("Expires", "\(expires)")
        return OutgoingRequest(
            method: .register, uri: SIPURI(host: host), from: address, to: address,
            contact: NameAddress(uri: hop.contact(user: registration.user)),
            hop: hop, headers: headers, credentials: DigestCredentials(username: registration.user, password: registration.password),
            continuing: last)
    }
}
