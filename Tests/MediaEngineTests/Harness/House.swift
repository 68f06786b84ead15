import Audio
import Kernel
import MediaEngine
import SDP
import Synchronization

/// An engine with all that it reports. It is shut down when the test is over.
final class House {
    private static let count = Atomic(0)
    private static let plays = Atomic(PlayID.firstOfHouse)

    let engine: MediaEngine
    let events: EventLog

    /// A session and the address at which it can be reached.
    struct Session {
        let id: MediaSessionID
        let address: TransportAddress
    }

    init(_ change: (inout MediaEngine.Configuration) -> Void = { _ in }) throws {
        var configuration = MediaEngine.Configuration()
        configuration.sessionsPerThread = 16
        // Tests run side by side; each house has ports of its own, so that it finds free what it gave back.
        let number = House.count.add(1, ordering: .relaxed).oldValue
        let first = UInt16(18_000 + number % 200 * 40)
        configuration.ports = first...first + 39
        change(&configuration)
        let events = EventLog()
        self.events = events
        engine = try MediaEngine(configuration) { events.note($0) }
    }

    deinit { engine.shutdown() }

    func open(_ family: MediaEngine.Family = .v4, port: UInt16? = nil, beside: MediaSessionID? = nil) throws -> Session {
        let (id, local) = try engine.open(family: family, port: port, beside: beside)
        return Session(id: id, address: TransportAddress(ip: family == .v6 ? .loopbackV6 : .loopbackV4, port: local.port))
    }

    /// A session that is connected with a peer, and the peer with it.
    func call(_ peer: Peer, _ change: (inout NegotiatedAudio) -> Void = { _ in }) throws -> Session {
        let session = try open(peer.rtp.address.ip.isV6 ? .v6 : .v4)
        try connect(session, peer, change)
        return session
    }

    /// Connects a session that is open, and waits until it is done.
    func connect(_ session: Session, _ peer: Peer, _ change: (inout NegotiatedAudio) -> Void = { _ in }) throws {
        var audio = peer.audio
        change(&audio)
        engine.command(session.id, .connect(audio))
        peer.target = session.address
        try settle(session)
    }

    /// Waits until the session has taken what it was told: a play of nothing, told behind it, is over.
    func settle(_ session: Session) throws {
        let number = House.plays.add(1, ordering: .relaxed).oldValue
        engine.command(session.id, .play(PlayID(number), []))
        _ = try events.wait("the play of nothing") { events in
            events.contains { if case .played(session.id, PlayID(number), _) = $0 { true } else { false } } ? true : nil
        }
    }

    func tell(_ session: Session, _ commands: MediaCommand...) {
        for command in commands { engine.command(session.id, command) }
    }

    func play(_ session: Session, _ number: UInt64, _ clips: Clip...) {
        engine.command(session.id, .play(PlayID(number), clips))
    }

    /// Waits until everything that peers have sent to a session was taken: the key D, in one packet that comes behind it, has been reported.
    func fence(_ session: Session, _ peer: Peer) throws {
        func count(_ events: [MediaEvent]) -> Int { events.keys(session.id).count { $0 == "D" } }
        let before = events.now(count)
        peer.endKey("D")
        _ = try events.wait("the key behind all") { count($0) > before ? true : nil }
    }

    /// Ends a session and gives its counts.
    func close(_ session: Session) throws -> MediaStatistics {
        tell(session, .close)
        return try events.wait("the end of the session") { $0.closed(session.id) }
    }
}

extension PlayID {
    /// Numbers from here on are the house's own.
    static let firstOfHouse: UInt64 = 1_000_000
}
