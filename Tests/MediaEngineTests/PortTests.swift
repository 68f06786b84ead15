import Kernel
import MediaEngine
import SDP
import Testing

struct PortTests {
    @Test("RTP has an even port of the range, and RTCP the one above", arguments: [MediaEngine.Family.v4, .v6])
    func pairs(family: MediaEngine.Family) throws {
        guard family == .v4 || UDPSocket.hasV6 else { return }
        let house = try House { $0.ports = 27_001...27_040 }
        let ip = family == .v4 ? IPAddress.loopbackV4 : .loopbackV6
        for _ in 0..<3 {
            let (_, local) = try house.engine.open(family: family)
            #expect(local.port % 2 == 0 && (27_002...27_039).contains(local.port))
            #expect(local.ip.isUnspecified && local.ip.isV6 == (family == .v6))
            #expect(UDPSocket(ip, port: local.port) == nil)
            #expect(UDPSocket(ip, port: local.port + 1) == nil)
        }
    }

    @Test("a port rests before it is used again")
    func rest() throws {
        let house = try House { $0.ports = 27_100...27_119 }
        var ports: [UInt16] = []
        for _ in 0..<12 {
            let session = try house.open()
            ports.append(session.address.port)
            _ = try house.close(session)
        }
        // Ten pairs one after the other, unless another program has one of them.
        #expect(Set(ports[..<8]).count == 8)
    }

    @Test("when every port is taken the error names the range; a session that closes gives its port back")
    func exhausted() throws {
        let house = try House { $0.ports = 27_200...27_205 }
        var sessions: [House.Session] = []
        let failure = #expect(throws: MediaFailure.self) {
            for _ in 0..<4 { sessions.append(try house.open()) }
        }
        #expect(failure == .portsExhausted(first: 27_200, last: 27_205))
        #expect(failure.map { "\($0)" }?.contains("27200") == true)
        let last = try #require(sessions.last)
        _ = try house.close(last)
        #expect(try house.open().address.port == last.address.port)
    }

    @Test(
        "a range without a whole pair has no port", arguments: [27_300...27_300, 27_301...27_302, 65_535...65_535] as [ClosedRange<UInt16>])
    func noPair(range: ClosedRange<UInt16>) throws {
        let house = try House { $0.ports = range }
        #expect(throws: MediaFailure.portsExhausted(first: range.lowerBound, last: range.upperBound)) { try house.open() }
    }

    @Test("a port that was asked for is bound; when it or the one above it is taken, the error names it and says so")
    func fixedPort() throws {
        let house = try House { $0.ports = 27_400...27_499 }
        let session = try house.open()
        let port = session.address.port
        let failure = #expect(throws: MediaFailure.self) { try house.open(port: port) }
        guard case .socket(TransportAddress(ip: .v4(0), port: port), let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("in use"))
        #expect(failure.map { "\($0)" }?.contains("\(port)") == true)
        _ = try house.close(session)
        #expect(try house.open(port: port).address.port == port)
    }

    @Test("a fixed port whose neighbour is taken is not bound, and is given back")
    func takenNeighbour() throws {
        let house = try House()
        let odd = (0..<200).lazy.compactMap { _ in UDPSocket() }.first {
            $0.address.port % 2 == 1 && UDPSocket(port: $0.address.port - 1) != nil
        }
        let neighbour = try #require(odd)
        let port = neighbour.address.port - 1
        let failure = #expect(throws: MediaFailure.self) { try house.open(port: port) }
        guard case .socket(TransportAddress(ip: .v4(0), port: neighbour.address.port), let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("in use"))
        #expect(UDPSocket(port: port) != nil)
    }

    @Test("a fixed port that is odd, or the last of all, is refused with a reason", arguments: [27_501, 65_535] as [UInt16])
    func oddPort(port: UInt16) throws {
        let house = try House()
        let failure = #expect(throws: MediaFailure.self) { try house.open(port: port) }
        guard case .socket(TransportAddress(ip: .v4(0), port: port), let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("even"))
    }

    @Test("when every session is taken the error says how many there are, and one that closes makes room")
    func sessionsExhausted() throws {
        let house = try House {
            $0.threads = 2
            $0.sessionsPerThread = 2
        }
        let sessions = try (0..<4).map { _ in try house.open() }
        #expect(Set(sessions.map(\.id)).count == 4)
        #expect(throws: MediaFailure.sessionsExhausted(4)) { try house.open() }
        #expect("\(MediaFailure.sessionsExhausted(4))".contains("4"))
        _ = try house.close(sessions[2])
        _ = try house.open()
    }

    @Test("a failure to open leaves the session free for the next")
    func failureKeepsSlots() throws {
        let house = try House { $0.sessionsPerThread = 1 }
        let other = try House()
        let taken = try other.open()
        for _ in 0..<3 { #expect(throws: MediaFailure.self) { try house.open(port: taken.address.port) } }
        _ = try house.open()
    }

    @Test("shutting down closes every session, also one that was opened just now, and gives all ports back")
    func shutdown() throws {
        let house = try House { $0.threads = 2 }
        let peer = try Peer()
        let first = try house.call(peer)
        _ = try peer.hear(2)
        let others = try (0..<6).map { _ in try house.open() }
        house.engine.shutdown()
        for session in [first] + others {
            #expect(house.events.now { $0.closed(session.id) } != nil)
            #expect(UDPSocket(port: session.address.port) != nil)
        }
        peer.rtp.drain()
        #expect(peer.rtp.receive(within: .milliseconds(50)) == nil)
        // A second time there is nothing left to do.
        house.engine.shutdown()
    }
}
