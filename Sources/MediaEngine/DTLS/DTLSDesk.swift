import Dispatch
import Kernel
import SDP

/// Carries out the handshakes of all sessions, on a thread of its own: reckoning with curves takes longer than packets can wait.
///
/// What changes does so on its queue alone; hence `@unchecked`.
final class DTLSDesk: @unchecked Sendable {
    /// The most handshakes at once.
    static let mostHandshakes = 512
    /// The most datagrams of a peer that one handshake takes; a flight has ten at most, and may be repeated.
    static let mostDatagrams = 200
    /// How long a handshake may take. Afterwards it is kept as long again, for a peer that missed our last words.
    static let longest = Duration.seconds(10)
    private static let kept = Duration.seconds(20)

    /// What comes of a handshake, for the thread of its session.
    enum Event: Sendable {
        case send([UInt8])
        case agreed(SRTPKeys)
        case failed(DTLSFailure)
    }

    /// `nil` where the library cannot even make a certificate.
    let identity: DTLSIdentity?
    private let queue = DispatchQueue(label: "dtls")
    private var handshakes: [MediaSessionID: Handshake] = [:]

    /// The number of the last handshake.
    private var last: UInt64 = 0

    private struct Handshake {
        let association: DTLSAssociation
        let number: UInt64
        let began: ContinuousClock.Instant
        let tell: @Sendable (Event) -> Void
        var isAgreed = false
    }

    init() { identity = DTLSIdentity() }

    /// Begins a handshake for a session, in place of one that there may be. `tell` is called on the desk's queue.
    func begin(_ id: MediaSessionID, _ terms: DTLSTerms, tell: @escaping @Sendable (Event) -> Void) {
        queue.async { [self] in
            handshakes[id] = nil
            guard handshakes.count < DTLSDesk.mostHandshakes else { return tell(.failed(.tooMany(DTLSDesk.mostHandshakes))) }
            guard let identity, let association = DTLSAssociation(identity, terms) else { return tell(.failed(.broken("no memory"))) }
            last += 1
            handshakes[id] = Handshake(association: association, number: last, began: .now, tell: tell)
            advance(id, [])
            watch(id, last)
        }
    }

    /// A datagram of a session's peer.
    func received(_ id: MediaSessionID, _ datagram: [UInt8]) {
        queue.async { [self] in advance(id, datagram) }
    }

    /// The session is over, or its media is protected in another way.
    func end(_ id: MediaSessionID) {
        queue.async { [self] in handshakes[id] = nil }
    }

    private func advance(_ id: MediaSessionID, _ datagram: [UInt8]) {
        guard let handshake = handshakes[id] else { return }
        let state = handshake.association.advance(datagram)
        for datagram in handshake.association.takeOutgoing() { handshake.tell(.send(datagram)) }
        switch state {
        case .underWay: break
        case .agreed(let keys):
            guard !handshake.isAgreed else { return }
            handshakes[id]?.isAgreed = true
            handshake.tell(.agreed(keys))
        case .failed(let failure):
            handshakes[id] = nil
            if !handshake.isAgreed { handshake.tell(.failed(failure)) }
        }
    }

    /// Sends again what was lost, until it is over.
    private func watch(_ id: MediaSessionID, _ number: UInt64) {
        let patience = handshakes[id]?.association.patience ?? .seconds(1)
        let pause = min(max(patience, .milliseconds(10)), .seconds(1))
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(pause.wholeNanoseconds))) { [self] in
            guard let handshake = handshakes[id], handshake.number == number else { return }
            let age = handshake.began.duration(to: .now)
            if age >= (handshake.isAgreed ? DTLSDesk.kept : DTLSDesk.longest) {
                handshakes[id] = nil
                if !handshake.isAgreed { handshake.tell(.failed(.timedOut)) }
                return
            }
            handshake.association.retransmit()
            for datagram in handshake.association.takeOutgoing() { handshake.tell(.send(datagram)) }
            watch(id, number)
        }
    }
}
