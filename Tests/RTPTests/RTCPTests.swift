import Kernel
import RTP
import Testing

struct RTCPTests {
    static let sender = SenderInformation(
        ssrc: 0xAABB_CCDD, ntp: NTPTime(0x0102_0304_0506_0708), timestamp: 0x1112_1314, packets: 77, octets: 12_320)
    static let block = ReportBlock(
        ssrc: 5, fractionLost: 64, lost: -3, highest: 0x0001_0203, jitter: 9, lastReport: 0xDEAD_BEEF, delay: 65_536)

    private func write(_ packet: RTCPCompound, name: String = "cname") -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: RTCPCompound.maximumLength)
        var span = bytes.mutableSpan
        let count = packet.write(name: Array(name.utf8), into: &span)
        return Array(bytes[..<count])
    }

    private func read(_ bytes: [UInt8]) throws(RTCPParseError) -> [RTCPItem] {
        var items: [RTCPItem] = []
        try RTCPCompound.read(bytes.span) { items.append($0) }
        return items
    }

    @Test("a sender report has the layout of RFC 3550 section 6.4.1")
    func senderReportLayout() {
        let bytes = write(RTCPCompound(ssrc: 0xAABB_CCDD, sender: RTCPTests.sender, block: RTCPTests.block), name: "ab")
        #expect(
            bytes == [
                0x81, 200, 0, 12, 0xAA, 0xBB, 0xCC, 0xDD, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0, 0, 0, 77, 0, 0, 0x30, 0x20,
                0, 0, 0, 5, 64, 0xFF, 0xFF, 0xFD, 0, 1, 2, 3, 0, 0, 0, 9, 0xDE, 0xAD, 0xBE, 0xEF, 0, 1, 0, 0,
                0x81, 202, 0, 3, 0xAA, 0xBB, 0xCC, 0xDD, 1, 2, 0x61, 0x62, 0, 0, 0, 0,
            ])
    }

    @Test("a receiver report without a source, with a goodbye, is still a compound packet")
    func receiverReportLayout() {
        let bytes = write(RTCPCompound(ssrc: 1, sender: nil, block: nil, goodbye: true), name: "a")
        #expect(bytes == [0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 202, 0, 2, 0, 0, 0, 1, 1, 1, 0x61, 0, 0x81, 203, 0, 1, 0, 0, 0, 1])
    }

    @Test("what is written is read", arguments: [0, 1, 2, 3, 4, 5, 255, 300])
    func roundTrip(nameLength: Int) throws {
        for (sender, block, goodbye) in [
            (RTCPTests.sender, RTCPTests.block, true), (nil, RTCPTests.block, false), (RTCPTests.sender, nil, false), (nil, nil, true),
        ]
            as [(SenderInformation?, ReportBlock?, Bool)]
        {
            let name = String(repeating: "n", count: nameLength)
            let bytes = write(RTCPCompound(ssrc: 0xAABB_CCDD, sender: sender, block: block, goodbye: goodbye), name: name)
            #expect(bytes.count % 4 == 0)
            let items = try read(bytes)
            var expected: [RTCPItem] = []
            if let sender { expected.append(.sender(sender)) }
            if let block { expected.append(.report(from: 0xAABB_CCDD, block)) }
            #expect(Array(items.prefix(expected.count)) == expected)
            guard case .name(0xAABB_CCDD, let place) = items[expected.count] else {
                Issue.record("no name in \(items)")
                return
            }
            #expect(String(decoding: bytes[place], as: UTF8.self) == String(name.prefix(255)))
            #expect(items.contains(.goodbye(0xAABB_CCDD)) == goodbye)
        }
    }

    @Test("nothing is written where there is no room")
    func noRoom() {
        let packet = RTCPCompound(ssrc: 1, sender: RTCPTests.sender, block: RTCPTests.block, goodbye: true)
        let needed = write(packet, name: "cname").count
        for length in 0..<needed {
            var bytes = [UInt8](repeating: 0xEE, count: length)
            var span = bytes.mutableSpan
            #expect(packet.write(name: Array("cname".utf8), into: &span) == 0)
            #expect(bytes.allSatisfy { $0 == 0xEE })
        }
    }

    @Test("several blocks, names and goodbyes, padding and unknown types are read")
    func richPacket() throws {
        var bytes: [UInt8] = [0x82, 201, 0, 13, 0, 0, 0, 9]
        for source in [1, 2] as [UInt8] { bytes += [0, 0, 0, source] + Array(repeating: 0, count: 20) }
        bytes += [0x80, 204, 0, 2, 0, 0, 0, 9, 0x41, 0x42, 0x43, 0x44]
        bytes += [0x82, 202, 0, 6, 0, 0, 0, 3, 2, 1, 0x78, 1, 1, 0x79, 0, 0, 0, 0, 0, 4, 1, 1, 0x7A, 0]
        bytes += [0, 0, 0, 0]
        bytes += [0xA2, 203, 0, 3, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 4]
        let items = try read(bytes)
        #expect(items.count == 6)
        guard items.count == 6, case .report(9, let first) = items[0], case .report(9, let second) = items[1] else { return }
        #expect(first.ssrc == 1 && second.ssrc == 2)
        guard case .name(3, let y) = items[2], case .name(4, let z) = items[3] else {
            Issue.record("no names in \(items)")
            return
        }
        #expect(bytes[y] == [0x79] && bytes[z] == [0x7A])
        #expect(items[4] == .goodbye(7) && items[5] == .goodbye(8))
    }

    @Test(
        "a malformed packet is refused as a whole",
        arguments: [
            ([], RTCPParseError.cutOff(at: 0)), ([0x80, 201, 0], .cutOff(at: 0)), ([0x40, 201, 0, 1, 0, 0, 0, 1], .version(at: 0)),
            ([0x80, 201, 0, 2, 0, 0, 0, 1], .cutOff(at: 0)), ([0x81, 201, 0, 1, 0, 0, 0, 1], .cutOff(at: 0)),
            ([0x80, 200, 0, 1, 0, 0, 0, 1], .cutOff(at: 0)),
            ([0x80, 201, 0, 1, 0, 0, 0, 1, 0x80], .cutOff(at: 8)), ([0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 203, 0, 0], .cutOff(at: 8)),
            ([0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 202, 0, 2, 0, 0, 0, 1, 1, 3, 0x61, 0x62], .cutOff(at: 8)),
            ([0x80, 201, 0, 1, 0, 0, 0, 1, 0x82, 202, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0], .cutOff(at: 8)),
            ([0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 203, 0, 0], .padding(at: 0)),
            ([0xA0, 201, 0, 1, 0, 0, 0, 0], .padding(at: 0)),
            ([0xA0, 203, 0, 1, 0, 0, 0, 3], .padding(at: 0)), ([0xA0, 203, 0, 1, 0, 0, 0, 8], .padding(at: 0)),
        ] as [([UInt8], RTCPParseError)])
    func malformed(bytes: [UInt8], error: RTCPParseError) {
        var heard = 0
        #expect(throws: error) { try RTCPCompound.read(bytes.span) { _ in heard += 1 } }
        #expect(heard == 0)
    }

    @Test("random bytes never trap, whole or cut off")
    func noise() {
        var random = SeededRandom(seed: 12)
        let good = write(RTCPCompound(ssrc: 1, sender: RTCPTests.sender, block: RTCPTests.block, goodbye: true))
        var taken = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    random.next() % 2 == 0 ? UInt8(truncatingIfNeeded: random.next()) : bytes[place] ^ UInt8(1 << (random.next() % 8))
            }
            if random.next() % 4 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            if (try? read(bytes)) != nil { taken += 1 }
        }
        #expect(taken > 500)
    }

    @Test("a round trip is the time since our report, without the time it lay with the peer")
    func roundTripTime() {
        // The example of RFC 3550 section 6.4.1: 46864.500 - 5.250 - 46853.125 = 6.125 s.
        let now = NTPTime(0xB710_8000_0000)
        var block = RTCPTests.block
        block.lastReport = 0xB705_2000
        block.delay = 0x0005_4000
        #expect(block.roundTrip(at: now) == .milliseconds(6125))
        block.lastReport = 0
        #expect(block.roundTrip(at: now) == nil)
        block.lastReport = 0xB710_8000
        #expect(block.roundTrip(at: now) == nil)
        block.delay = 30
        #expect(block.roundTrip(at: now) == .zero)
    }

    @Test("reports come 2.5 to 7.5 seconds apart, the first after half of that, and not in step")
    func interval() {
        var random = SeededRandom(seed: 8)
        let first = (0..<2000).map { _ in RTCPInterval.next(isFirst: true, random: &random) }
        let later = (0..<2000).map { _ in RTCPInterval.next(isFirst: false, random: &random) }
        #expect(first.allSatisfy { $0 >= .milliseconds(1250) && $0 <= .milliseconds(3750) })
        #expect(later.allSatisfy { $0 >= .milliseconds(2500) && $0 <= .milliseconds(7500) })
        #expect(Set(later).count > 500)
        let mean = later.reduce(Duration.zero, +) / later.count
        #expect(mean > .milliseconds(4850) && mean < .milliseconds(5150))
    }
}
