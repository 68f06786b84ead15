import SDP
import Testing

@testable import MediaEngine

/// SRTP against packets that libsrtp 2.5 made of the same keys: two that span a rollover, with a contributor and a header extension, and a report.
struct SRTPVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let suite: SRTPSuite
        let packets: [String]
        let report: String

        var testDescription: String { suite.rawValue }
        var key: SRTPKey? { SRTPKey(suite: suite, bytes: (0..<suite.keyLength).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }) }
    }

    static let vectors = [
        Vector(
            suite: .aesGCM128,
            packets: [
                "910fffffdecafbadcafebabe01020304bede000109080706275098081ef3c2035c47d26501b7b362c9295da92170915531990b16aed288e2",
                "910f0001decafbadcafebabe01020304bede00010908070615b86290371bc960924651431bb2db223f296ef1893750616714f8bdf6eca895",
            ],
            report: "81c80005cafebabe15e6221e471b8662235cfec4064fbe2272a5daa1520318bc8ae5cd73580ee41480000001"),
        Vector(
            suite: .aesCM128SHA1Tag80,
            packets: [
                "910fffffdecafbadcafebabe01020304bede000109080706000804bba4ead331f387b32beba5e67f3e5bf2f9d4cdf1722358",
                "910f0001decafbadcafebabe01020304bede000109080706b6e4a7da61f5b5fd9f541060b70d1b653841bc96f40dae3efed6",
            ],
            report: "81c80005cafebabe0c3653894a6c4458b1fdba54ff8d943880000001ebad7215a9efa820dadc"),
        Vector(
            suite: .aesCM128SHA1Tag32,
            packets: [
                "910fffffdecafbadcafebabe01020304bede000109080706000804bba4ead331f387b32beba5e67f3e5bf2f9",
                "910f0001decafbadcafebabe01020304bede000109080706b6e4a7da61f5b5fd9f541060b70d1b653841bc96",
            ],
            report: "81c80005cafebabe0c3653894a6c4458b1fdba54ff8d943880000001ebad7215a9efa820dadc"),
        Vector(
            suite: .aesGCM256,
            packets: [
                "910fffffdecafbadcafebabe01020304bede00010908070603b7a72b6c364474f0e552954d8b35d2ca7ce340816e21e6f0499f6e3e138cee",
                "910f0001decafbadcafebabe01020304bede000109080706e9632a368856fd3488458585ba080535d4b21f9f36534496ed6282440aa39a44",
            ],
            report: "81c80005cafebabe76de66f8ed9775565c572996f098198a2cf1edfc81ff17d229a19ae0a2535e9280000001"),
    ]

    /// The packets before they were protected.
    private static let plain = ["ffff", "0001"].map {
        "910f" + $0 + "decafbadcafebabe01020304bede000109080706" + String(repeating: "ab", count: 16)
    }
    private static let plainReport = "81c80005cafebabe" + String(repeating: "ab", count: 16)

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap { UInt8(String($0), radix: 16) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Changes a packet in a buffer that is longer; the packet as it then is.
    private func change(_ packet: [UInt8], _ body: (UnsafeMutablePointer<UInt8>, Int) -> Int) -> String {
        var buffer = packet + [UInt8](repeating: 0, count: 64)
        let count = packet.count
        return buffer.withUnsafeMutableBufferPointer { pointer in
            guard let start = pointer.baseAddress else { return "" }
            return SRTPVectorTests.hex(pointer[..<body(start, count)])
        }
    }

    @Test("packets are protected as everybody does it", arguments: vectors)
    func protects(vector: Vector) throws {
        let key = try #require(vector.key)
        var context = try #require(SRTPContext(key, encrypts: true))
        defer { context.end() }
        for (plain, protected) in zip(Self.plain, vector.packets) {
            #expect(change(Self.bytes(plain)) { context.protect($0, $1) } == protected)
        }
        #expect(change(Self.bytes(Self.plainReport)) { context.protectReport($0, $1) } == vector.report)
    }

    @Test("packets are opened once, and neither again nor with a byte changed", arguments: vectors)
    func opens(vector: Vector) throws {
        let key = try #require(vector.key)
        var context = try #require(SRTPContext(key, encrypts: false))
        defer { context.end() }
        for (plain, protected) in zip(Self.plain, vector.packets) {
            let bytes = Self.bytes(protected)
            for place in bytes.indices {
                var forged = bytes
                forged[place] ^= 1
                #expect(change(forged) { context.open($0, $1) } == "", "byte \(place)")
            }
            for length in 0..<bytes.count { #expect(change(Array(bytes[..<length])) { context.open($0, $1) } == "") }
            #expect(change(bytes) { context.open($0, $1) } == plain)
            #expect(change(bytes) { context.open($0, $1) } == "")
        }
        let report = Self.bytes(vector.report)
        for place in report.indices {
            var forged = report
            forged[place] ^= 1
            #expect(change(forged) { context.openReport($0, $1) } == "", "byte \(place)")
        }
        for length in 0..<report.count { #expect(change(Array(report[..<length])) { context.openReport($0, $1) } == "") }
        #expect(change(report) { context.openReport($0, $1) } == Self.plainReport)
        #expect(change(report) { context.openReport($0, $1) } == "")
    }

    @Test("a stream goes on over many rollovers, with packets lost and out of order", arguments: SRTPSuite.allCases)
    func rollovers(suite: SRTPSuite) throws {
        let key = try #require(SRTPKey(suite: suite, bytes: Array(repeating: 7, count: suite.keyLength)))
        var sender = try #require(SRTPContext(key, encrypts: true))
        var receiver = try #require(SRTPContext(key, encrypts: false))
        defer {
            sender.end()
            receiver.end()
        }
        var late: [UInt8] = []
        for number in stride(from: 65_000, to: 65_000 + 4 * 65_536, by: 97) {
            let packet: [UInt8] = [0x80, 0, UInt8(number >> 8 & 255), UInt8(number & 255), 0, 0, 0, 1, 0, 0, 0, 9, 1, 2, 3]
            let protected = Self.bytes(change(packet) { sender.protect($0, $1) })
            guard number % 5 != 0 else {
                late = protected
                continue
            }
            #expect(change(protected) { receiver.open($0, $1) } == Self.hex(packet))
            // 97 later is too late to tell whether it is new.
            if !late.isEmpty { #expect(change(late) { receiver.open($0, $1) } == "") }
            late = []
        }
    }

    @Test("packets within the window are taken in any order, each once")
    func window() throws {
        var stream = SRTPStream(ssrc: 1, first: 100)
        for index: UInt64 in [100, 163, 101, 162, 164] {
            #expect(stream.isNew(index))
            stream.note(index)
            #expect(!stream.isNew(index))
        }
        #expect(!stream.isNew(100) && stream.isNew(102))
        #expect(stream.index(of: 36) == 36 && stream.index(of: 65_535) == nil)
    }
}
