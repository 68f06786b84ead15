import Kernel
import RTP
import Testing

struct RTPPacketTests {
    private func parse(_ bytes: [UInt8]) throws(RTPParseError) -> RTPPacket { try RTPPacket(parsing: bytes.span) }

    static let fixed: [UInt8] = [0x80, 0x88, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 0x01, 0x02, 0x03, 0x04]

    @Test("the fixed header is read and written")
    func fixedHeader() throws {
        let packet = try parse(RTPPacketTests.fixed + [1, 2, 3])
        let expected = RTPHeader(marker: true, payloadType: 8, sequence: 0x1234, timestamp: 0xDEAD_BEEF, ssrc: 0x0102_0304)
        #expect(packet.header == expected)
        #expect(packet.payload == 12..<15)
        var bytes = [UInt8](repeating: 0xAA, count: 12)
        var span = bytes.mutableSpan
        let fits = expected.write(into: &span)
        #expect(fits)
        #expect(bytes == RTPPacketTests.fixed)
    }

    @Test("a header is not written where it has no room")
    func noRoom() {
        var bytes = [UInt8](repeating: 7, count: 11)
        var span = bytes.mutableSpan
        let fits = RTPHeader(payloadType: 0, sequence: 1, timestamp: 1, ssrc: 1).write(into: &span)
        #expect(!fits)
        #expect(bytes == Array(repeating: 7, count: 11))
        #expect(RTPHeader(payloadType: 0xFF, sequence: 1, timestamp: 1, ssrc: 1).payloadType == 127)
    }

    @Test("contributors, extension and padding are left out of the payload")
    func layers() throws {
        var bytes = RTPPacketTests.fixed
        bytes[0] = 0x80 | 0x20 | 0x10 | 2
        bytes += [0, 0, 0, 1, 0, 0, 0, 2]
        bytes += [0xBE, 0xDE, 0, 1, 9, 9, 9, 9]
        bytes += [42, 43]
        bytes += [0, 0, 3]
        let packet = try parse(bytes)
        #expect(packet.contributors == 2)
        #expect(bytes[packet.payload] == [42, 43])
    }

    @Test("a payload may be empty, also when all of it is padding")
    func empty() throws {
        #expect(try parse(RTPPacketTests.fixed).payload.isEmpty)
        #expect(try parse([0xA0] + RTPPacketTests.fixed.dropFirst() + [0, 0, 0, 4]).payload.isEmpty)
    }

    @Test(
        "what is no packet is refused, and says why",
        arguments: [
            ([], RTPParseError.tooShort(0)), (Array(fixed.dropLast()), .tooShort(11)), ([0x40] + fixed.dropFirst(), .version(1)),
            ([0x00] + fixed.dropFirst(), .version(0)), ([0x81] + fixed.dropFirst() + [0, 0, 0], .contributorsCutOff),
            ([0x90] + fixed.dropFirst() + [0, 0, 0], .extensionCutOff), ([0x90] + fixed.dropFirst() + [0, 0, 0, 1], .extensionCutOff),
            ([0xA0] + fixed.dropFirst(), .padding(4)), ([0xA0] + fixed.dropFirst() + [1, 0], .padding(0)),
            ([0xA0] + fixed.dropFirst() + [1, 3], .padding(3)),
        ] as [([UInt8], RTPParseError)])
    func refused(bytes: [UInt8], error: RTPParseError) {
        #expect(throws: error) { try parse(bytes) }
    }

    @Test(
        "datagrams are sorted by their first two bytes",
        arguments: [
            ([0x80, 0x00], RTPDatagram.rtp), ([0x80, 0x88], .rtp), ([0x80, 191], .rtp), ([0x80, 192], .rtcp), ([0x81, 200], .rtcp),
            ([0x80, 223], .rtcp),
            ([0x80, 224], .rtp), ([0x00, 0x01], .other), ([0x16, 0xFE], .other), ([0xC0, 200], .other),
        ] as [([UInt8], RTPDatagram)])
    func sorting(first: [UInt8], kind: RTPDatagram) {
        let bytes = first + Array(repeating: 0, count: 10)
        #expect(RTPDatagram(sorting: bytes.span) == kind)
        #expect(RTPDatagram(sorting: first.span) == .other)
    }

    @Test("random bytes never trap, and a payload always lies within them")
    func noise() {
        var random = SeededRandom(seed: 3550)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0..<64, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if !bytes.isEmpty, random.next() % 4 != 0 { bytes[0] = bytes[0] & 0x3F | 0x80 }
            guard let packet = try? parse(bytes) else { continue }
            read += 1
            #expect(packet.payload.lowerBound >= 12 && packet.payload.upperBound <= bytes.count)
        }
        #expect(read > 1000)
    }
}
