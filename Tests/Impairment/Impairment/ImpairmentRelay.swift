import Foundation
import Glibc
import Kernel

/// A bad network on loopback, between one peer and a server: the peer calls the relay instead of the server, over UDP. The relay puts ports of its own into the session
/// descriptions that it passes on, and what then comes to those of RTP takes an `ImpairedPath` each way. Signalling and reports are passed on as they come.
///
/// What happens to the n-th packet of a direction depends on the seed alone.
public final class ImpairmentRelay: @unchecked Sendable {
    /// What happened to the RTP packets of a direction.
    public struct Tally: Sendable {
        /// Packets that came.
        public var came = 0
        /// Those that were lost.
        public var lost = 0
        /// Those that were doubled.
        public var doubled = 0
    }

    /// Two sockets: one that the peer takes for the server, and one that the server takes for the peer.
    private struct Lane {
        let near: LoopbackSocket
        let far: LoopbackSocket
        var peer: UInt16?
        var server: UInt16?
    }

    private struct Flight {
        let due: Double
        let bytes: [UInt8]
        let isToServer: Bool
    }

    private let signalling: LoopbackSocket
    private var caller: UInt16?
    private let server: UInt16
    private var audio: Lane
    private var reports: Lane
    private let paths: (there: ImpairedPath, back: ImpairedPath)
    private var randoms: (there: SeededRandom, back: SeededRandom)
    private var flights: [Flight] = []
    private let began = DispatchTime.now().uptimeNanoseconds
    private let lock = NSLock()
    private var running = true
    private var tallies = (there: Tally(), back: Tally())

    /// Begins to relay.
    ///
    /// - Parameters:
    ///   - server: The UDP port of the server's signalling.
    ///   - port: Our own, which the peer calls; 0 takes any.
    ///   - there: The path of what the peer says.
    ///   - back: The path of what the server says.
    ///   - seed: Decides what happens to each packet.
    public init(to server: UInt16, port: UInt16 = 0, there: ImpairedPath, back: ImpairedPath, seed: UInt64) throws(RelayFailure) {
        self.server = server
        signalling = try LoopbackSocket(port: port)
        let (near, far) = (try ImpairmentRelay.pair(), try ImpairmentRelay.pair())
        audio = Lane(near: near.even, far: far.even)
        reports = Lane(near: near.odd, far: far.odd)
        paths = (there, back)
        randoms = (SeededRandom(seed: seed), SeededRandom(seed: ~seed))
        Thread.detachNewThread { [self] in run() }
    }

    /// The port that the peer calls.
    public var port: UInt16 { signalling.port }

    /// What happened to what the peer said.
    public var there: Tally { lock.withLock { tallies.there } }

    /// What happened to what the server said.
    public var back: Tally { lock.withLock { tallies.back } }

    /// Ends the relay; it closes its sockets within 100 ms.
    public func stop() {
        lock.withLock { running = false }
    }

    /// Two neighbouring ports, the first of them even (RFC 3550 section 11).
    private static func pair() throws(RelayFailure) -> (even: LoopbackSocket, odd: LoopbackSocket) {
        for _ in 0..<200 {
            let even = try LoopbackSocket()
            if even.port % 2 == 0, let odd = try? LoopbackSocket(port: even.port + 1) { return (even, odd) }
            close(even.descriptor)
        }
        throw RelayFailure(reason: "there are no two neighbouring UDP ports on 127.0.0.1")
    }

    private var now: Double { Double(DispatchTime.now().uptimeNanoseconds - began) / 1e6 }

    private func run() {
        let sockets = [signalling, audio.near, audio.far, reports.near, reports.far]
        var waiting = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        while lock.withLock({ running }) {
            let pause = (flights.first?.due ?? .infinity) - now
            _ = poll(&waiting, nfds_t(waiting.count), Int32(min(max(pause.rounded(.up), 0), 100)))
            while let (bytes, port) = signalling.receive() { passSignalling(bytes, from: port) }
            while let (bytes, port) = audio.near.receive() { audio.peer = port; impair(bytes, isToServer: true) }
            while let (bytes, _) = audio.far.receive() { impair(bytes, isToServer: false) }
            while let (bytes, port) = reports.near.receive() { reports.peer = port; pass(bytes, reports, isToServer: true) }
            while let (bytes, _) = reports.far.receive() { pass(bytes, reports, isToServer: false) }
            while let flight = flights.first, flight.due <= now {
                flights.removeFirst()
                pass(flight.bytes, audio, isToServer: flight.isToServer)
            }
        }
        for socket in sockets { close(socket.descriptor) }
    }

    private func passSignalling(_ bytes: [UInt8], from port: UInt16) {
        let isFromServer = port == server
        if !isFromServer { caller = port }
        let ports = SessionPorts(String(decoding: bytes, as: UTF8.self), port: isFromServer ? audio.near.port : audio.far.port)
        switch (ports.audio, isFromServer) {
        case (let named?, true): (audio.server, reports.server) = (named, named &+ 1)
        case (let named?, false): (audio.peer, reports.peer) = (named, named &+ 1)
        case (nil, _): break
        }
        guard let target = isFromServer ? caller : server else { return }
        signalling.send(Array(ports.message.utf8), to: target)
    }

    private func pass(_ bytes: [UInt8], _ lane: Lane, isToServer: Bool) {
        guard let target = isToServer ? lane.server : lane.peer else { return }
        (isToServer ? lane.far : lane.near).send(bytes, to: target)
    }

    /// Lets the path decide, and keeps the copies until they are due.
    private func impair(_ bytes: [UInt8], isToServer: Bool) {
        let copies = isToServer ? paths.there.copies(sent: now, &randoms.there) : paths.back.copies(sent: now, &randoms.back)
        lock.withLock {
            if isToServer { tallies.there.count(copies.count) } else { tallies.back.count(copies.count) }
        }
        for due in copies {
            let place = flights.lastIndex { $0.due <= due }.map { $0 + 1 } ?? 0
            flights.insert(Flight(due: due, bytes: bytes, isToServer: isToServer), at: place)
        }
    }
}

extension ImpairmentRelay.Tally {
    fileprivate mutating func count(_ copies: Int) {
        came += 1
        if copies == 0 { lost += 1 }
        if copies == 2 { doubled += 1 }
    }
}
