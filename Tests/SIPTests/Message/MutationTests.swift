import Kernel
import SIP
import Testing

/// Broken bytes: nothing may trap, and whatever is read must survive being written.
struct MutationTests {
    @Test("Whatever is done to a message, it is read or refused", arguments: 0..<8)
    func mutations(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let corpus = TortureMessage.all.map(\.bytes)
        for _ in 0..<2_500 {
            let bytes = Self.mutated(corpus, &random)
            do throws(SIPParseError) {
                let message = try SIPMessage.parse(bytes)
                let written = message.encoded
                do throws(SIPParseError) {
                    let again = try SIPMessage.parse(written)
                    #expect(again.encoded == written, "\(String(decoding: bytes, as: UTF8.self))")
                } catch {
                    Issue.record("\(error.reason): \(String(decoding: bytes, as: UTF8.self))")
                }
            } catch {
                _ = error.answerable?.response(status: error.status, reason: error.reason).encoded
            }
        }
    }

    @Test("A stream of broken messages is cut or given up, the same in any segments", arguments: 0..<4)
    func streams(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 100)
        let corpus = TortureMessage.all.map(\.bytes)
        for _ in 0..<150 {
            let bytes = Self.mutated(corpus, &random) + Self.mutated(corpus, &random)
            #expect(Self.cut(bytes, by: bytes.count) == Self.cut(bytes, by: 1 + Int.random(in: 0..<40, using: &random)))
        }
    }

    private static func cut(_ bytes: [UInt8], by size: Int) -> [String] {
        var framer = SIPStreamFramer()
        var seen: [String] = []
        var index = 0
        do throws(SIPParseError) {
            while index < bytes.count {
                framer.append(bytes[index..<min(bytes.count, index + size)])
                index += size
                while let frame = try framer.next() { seen.append("\(frame)") }
            }
        } catch {
            seen.append(error.reason)
        }
        return seen
    }

    private static func mutated(_ corpus: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        let odd: [UInt8] = Array("\r\n\t ;,:<>\"\\@%=/?[]*0".utf8) + [0, 127, 128, 255]
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] = odd.randomElement(using: &random) ?? 0
            case 2: bytes.insert(odd.randomElement(using: &random) ?? 0, at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
            case 4: bytes.removeSubrange(place...)
            default:
                let other = corpus.randomElement(using: &random) ?? []
                let from = Int.random(in: 0..<other.count, using: &random)
                bytes.insert(contentsOf: other[from..<min(other.count, from + 40)], at: place)
            }
        }
        return bytes
    }
}
