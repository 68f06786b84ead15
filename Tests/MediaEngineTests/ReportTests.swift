import Audio
import Kernel
import MediaEngine
import RTP
import SDP
import Testing

/// Reports over RTCP (RFC 3550 section 6).
struct ReportTests {
    private func senderInformation(_ items: [RTCPItem]) -> SenderInformation? {
        items.lazy.compactMap { if case .sender(let information) = $0 { information } else { nil } }.first
    }

    private func reportBlock(_ items: [RTCPItem]) -> ReportBlock? {
        items.lazy.compactMap { if case .report(_, let block) = $0 { block } else { nil } }.first
    }

    private func leaving(_ items: [RTCPItem]) -> UInt32? {
        items.lazy.compactMap { if case .goodbye(let source) = $0 { source } else { nil } }.first
    }

    @Test("a report comes within seconds: what was sent, what was heard and lost; an answer to it gives the round-trip time")
    func roundTrip() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        for _ in 0..<5 { peer.speak() }
        peer.lose(3)
        let ours = NTPTime(0x1234_5678_9ABC_DEF0)
        peer.report(
            RTCPCompound(
                ssrc: peer.ssrc, sender: SenderInformation(ssrc: peer.ssrc, ntp: ours, timestamp: 1, packets: 5, octets: 800), block: nil))
        try house.fence(session, peer)
        let items = try peer.hearReport()
        let heard = try peer.hearPending()
        let sender = try #require(senderInformation(items))
        #expect(sender.ssrc == heard[0].header.ssrc)
        #expect(sender.packets > 0 && Int(sender.packets) <= heard.count && sender.octets == sender.packets * 160)
        // The timestamp is that of the packet that is sent next.
        #expect(sender.timestamp == heard[Int(sender.packets) - 1].header.timestamp &+ 160)
        let block = try #require(reportBlock(items))
        #expect(block.ssrc == peer.ssrc)
        #expect(block.highest == 100 + 5 + 3 + 1 - 1)
        #expect(block.lost == 3 && block.fractionLost == 85)
        #expect(block.lastReport == ours.middle)
        #expect(block.delay < 65_536 * 6)
        #expect(items.contains { if case .name(sender.ssrc, _) = $0 { true } else { false } })

        // What the peer would say of us had it lain with it for no time.
        peer.report(
            RTCPCompound(
                ssrc: peer.ssrc, sender: nil,
                block: ReportBlock(
                    ssrc: sender.ssrc, fractionLost: 0, lost: 4, highest: 1, jitter: 80, lastReport: sender.ntp.middle, delay: 0)))
        try house.fence(session, peer)
        let statistics = try house.close(session)
        #expect(statistics.atPeer == .init(lost: 4, jitterMilliseconds: 10))
        let roundTrip = try #require(statistics.roundTripMilliseconds)
        #expect(roundTrip >= 0 && roundTrip < 5000)
    }

    @Test("a goodbye is said at the end, with the last report; who sent nothing says what it heard")
    func goodbye() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.direction = .receiveOnly }
        for _ in 0..<5 { peer.speak() }
        try house.fence(session, peer)
        _ = try house.close(session)
        let items = try peer.hearReport()
        #expect(senderInformation(items) == nil)
        #expect(reportBlock(items)?.ssrc == peer.ssrc)
        #expect(reportBlock(items)?.lost == 0)
        #expect(leaving(items) != nil)
    }

    @Test("with one port for both, reports come and go on the port of RTP")
    func multiplexed() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) {
            $0.rtcpMux = true
            $0.remoteRTCP = peer.rtp.address
            $0.direction = .receiveOnly
        }
        peer.speak()
        let report = RTCPCompound(
            ssrc: peer.ssrc,
            sender: SenderInformation(ssrc: peer.ssrc, ntp: NTPTime(0xABCD_0000_0000), timestamp: 1, packets: 1, octets: 160),
            block: nil)
        peer.rtp.send(Peer.bytes(report), to: session.address)
        try house.fence(session, peer)
        let statistics = try house.close(session)
        #expect(statistics.dropped == 0 && statistics.received == 2)
        let items = try peer.hearReport(on: peer.rtp)
        #expect(reportBlock(items)?.lastReport == 0xABCD_0000)
        #expect(leaving(items) != nil)
        #expect(peer.rtcp.drain() == 0)
    }

    @Test("reports follow the peer when it says that they go elsewhere")
    func movedReports() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.direction = .receiveOnly }
        try house.fence(session, peer)
        let other = try #require(UDPSocket())
        try house.connect(session, peer) {
            $0.direction = .receiveOnly
            $0.remoteRTCP = other.address
        }
        _ = try house.close(session)
        #expect(leaving(try peer.hearReport(on: other)) != nil)
        #expect(peer.rtcp.drain() == 0)
    }

    @Test("to a peer without an address, as phones of old hold a call, neither audio nor reports are sent")
    func noAddress() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer)
        try house.fence(session, peer)
        try house.connect(session, peer) {
            // Sent there they would come back to this very machine.
            $0.remote.ip = .v4(0)
            $0.remoteRTCP.ip = .v4(0)
        }
        try house.settle(session)
        peer.rtp.drain()
        peer.rtcp.drain()
        #expect(peer.rtp.receive(within: .milliseconds(60)) == nil)
        _ = try house.close(session)
        #expect(peer.rtcp.drain() == 0)
    }

    @Test("reports from another machine, and what is no report, are dropped and counted")
    func strangers() throws {
        let (house, peer) = (try House(), try Peer())
        let session = try house.call(peer) { $0.direction = .receiveOnly }
        let stranger = try #require(UDPSocket(.v4(0x7F00_0002)))
        let above = TransportAddress(ip: session.address.ip, port: session.address.port + 1)
        peer.speak()
        let forged = RTCPCompound(
            ssrc: peer.ssrc,
            sender: SenderInformation(ssrc: peer.ssrc, ntp: NTPTime(0x9999_0000_0000), timestamp: 1, packets: 1, octets: 160),
            block: nil)
        try house.fence(session, peer)
        let malformed: [[UInt8]] = [
            [], [0x80], [0x40, 201, 0, 1, 0, 0, 0, 1], [0x81, 201, 0, 1, 0, 0, 0, 1], Array(repeating: 0xFF, count: 3000),
        ]
        for bytes in malformed { peer.rtcp.send(bytes, to: above) }
        stranger.send(Peer.bytes(forged), to: above)
        // Reports lie on another socket than the key, of which each is looked at once in a round.
        for _ in 0..<8 { try house.fence(session, peer) }
        let statistics = try house.close(session)
        #expect(statistics.dropped == 6)
        #expect(statistics.received == 1 + 9)
        #expect(reportBlock(try peer.hearReport())?.lastReport == 0)
    }
}
