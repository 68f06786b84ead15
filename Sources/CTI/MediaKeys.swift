import CallControl
import Crypto
import SDP

// Keys of media, for applications that may have them.
extension CTIManager {
    /// Whether a user is in *Standard CTI Allow Reception of SRTP Key Material*.
    func mayHaveKeys(_ user: String) -> Bool {
        configuration.users[user]?.groups.contains(.srtpKeys) == true
    }

    /// Why an application cannot terminate media at a device that demands SRTP; `nil` when it can, or need not.
    func lackOfKeys(at device: DeviceName, for application: ApplicationID) -> Refusal? {
        guard configuration.devices[device]?.security == .required, let user = applications[application]?.provider?.user,
            !mayHaveKeys(user)
        else {
            return nil
        }
        return .missingGroup(user: user, .srtpKeys, device: device)
    }

    /// The protection of a call that the application is about to terminate, with keys of its own; `nil` when the device wants none or the user may
    /// have none; where the device demands one, `lackOfKeys` comes first.
    mutating func protection(at device: DeviceName, for application: ApplicationID) -> MediaProtection? {
        guard let known = configuration.devices[device], known.security != .none,
            let user = applications[application]?.provider?.user, mayHaveKeys(user)
        else {
            return nil
        }
        var protection = MediaProtection(isRequired: known.security == .required, using: &keySource)
        protection.prefersDTLS = known.keyExchange == .dtls
        return protection
    }
}

extension CallEvent {
    /// The event without the keys that a caller's description may hold: they are told with `mediaStarted`, to whom they concern.
    var withoutKeys: CallEvent {
        guard case .offered(var setUp) = kind, case .offer(let description) = setUp.media else { return self }
        setUp.media = .offer(description.withoutKeys)
        var copy = self
        copy.kind = .offered(setUp)
        return copy
    }
}

/// Makes keys from a secret: HMAC-SHA256 over a counter, which nobody can foretell who does not know the secret (RFC 5869 section 2.3 is of the kind).
struct KeySource: RandomNumberGenerator, Sendable {
    private let secret: SymmetricKey
    private var counter: UInt64 = 0
    /// What is left of the last block.
    private var words: [UInt64] = []

    init(secret: [UInt8]) {
        // A key of its own: the secret may serve other purposes, too.
        let derived = HMAC<SHA256>.authenticationCode(for: Array("frontdesk media keys".utf8), using: SymmetricKey(data: secret))
        self.secret = SymmetricKey(data: derived)
    }

    mutating func next() -> UInt64 {
        if words.isEmpty {
            counter += 1
            let block = Array(
                HMAC<SHA256>.authenticationCode(for: (0..<8).map { UInt8(truncatingIfNeeded: counter >> (8 * $0)) }, using: secret))
            words = stride(from: 0, to: 32, by: 8).map { start in block[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        }
        return words.removeLast()
    }
}
