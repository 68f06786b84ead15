import Kernel
import RTP
import Testing

struct KeyDeduplicatorTests {
    private typealias Report = (key: Character, source: KeyDeduplicator.Source, at: Int64)

    private func news(_ reports: [Report]) throws -> String {
        var deduplicator = KeyDeduplicator(window: .milliseconds(250))
        return try String(
            reports.filter {
                deduplicator.isNew(try #require(DTMFKey($0.key)), from: $0.source, at: Instant(nanoseconds: $0.at * 1_000_000))
            }.map(\.key))
    }

    @Test("a key that comes both ways is one, whichever comes first")
    func bothWays() throws {
        #expect(try news([("1", .event, 0), ("1", .tone, 60)]) == "1")
        #expect(try news([("1", .tone, 0), ("1", .event, 250)]) == "1")
    }

    @Test("a key that comes in three ways is one, and the next press of it another")
    func threeWays() throws {
        #expect(try news([("1", .event, 0), ("1", .tone, 60), ("1", .message, 90)]) == "1")
        #expect(
            try news([
                ("1", .event, 0), ("1", .tone, 60), ("1", .event, 150), ("1", .message, 160), ("1", .message, 200), ("1", .tone, 210),
            ]) == "11")
    }

    @Test("two presses that come both ways are two")
    func twoPresses() throws {
        #expect(try news([("1", .event, 0), ("1", .tone, 60), ("1", .event, 150), ("1", .tone, 210)]) == "11")
        #expect(try news([("1", .event, 0), ("1", .event, 120), ("1", .tone, 180), ("1", .tone, 240)]) == "11")
    }

    @Test("presses that come one way only are all heard")
    func oneWay() throws {
        #expect(try news([("1", .event, 0), ("1", .event, 80), ("1", .event, 160)]) == "111")
        #expect(try news([("1", .tone, 0), ("1", .tone, 80)]) == "11")
    }

    @Test("other keys, and reports too far apart, are other presses")
    func apart() throws {
        #expect(try news([("1", .event, 0), ("2", .tone, 60)]) == "12")
        #expect(try news([("1", .event, 0), ("1", .tone, 251)]) == "11")
    }

    @Test("a flood is heard, and forgotten oldest first")
    func flood() throws {
        let flood: [Report] = (0..<1000).map { ("5", .event, Int64($0 / 100)) }
        #expect(try news(flood).count == 1000)
    }

    @Test("whatever keys a peer presses, each that it reports in two or three ways is heard once", arguments: 0..<200 as Range<UInt64>)
    func property(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let faces = Array("0011223*#")
        // How long each way takes: it keeps the order of what goes by it, and a press goes by every way.
        var ways: [(source: KeyDeduplicator.Source, delay: ClosedRange<Int64>)] = [(.event, 0...40), (.tone, 45...80), (.message, 0...120)]
        if Bool.random(using: &random) { ways.remove(at: Int.random(in: 0..<3, using: &random)) }
        var (reports, pressed, time): ([Report], [Character], Int64) = ([], [], 0)
        var latest: [KeyDeduplicator.Source: Int64] = [:]
        for _ in 0..<40 {
            let face = faces.randomElement(using: &random) ?? "0"
            pressed.append(face)
            for way in ways {
                let at = max(time + Int64.random(in: way.delay, using: &random), latest[way.source] ?? 0)
                latest[way.source] = at
                reports.append((face, way.source, at))
            }
            // A key and a gap take 65 ms each at the least (ITU-T Q.24).
            time += Int64.random(in: 130...600, using: &random)
        }
        #expect(try news(reports.sorted { $0.at < $1.at }) == String(pressed))
    }
}
