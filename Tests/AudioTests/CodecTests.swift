import Audio
import Foundation
import Kernel
import Testing

struct CodecTests {
    private func tone(_ hertz: Double, _ rate: Int, seconds: Double = 1, level: Double = 8000) -> [Int16] {
        (0..<Int(Double(rate) * seconds)).map { Int16(level * sin(2 * .pi * hertz * Double($0) / Double(rate))) }
    }

    /// The power of a frequency within samples, against that of all of them: 1 for a pure tone.
    private func purity(_ samples: some Collection<Int16>, _ hertz: Double, _ rate: Int) -> Double {
        var (real, imaginary, total) = (0.0, 0.0, 0.0)
        for (index, sample) in samples.enumerated() {
            let phase = 2 * .pi * hertz * Double(index) / Double(rate)
            real += Double(sample) * cos(phase)
            imaginary += Double(sample) * sin(phase)
            total += Double(sample) * Double(sample)
        }
        return total == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (Double(samples.count) * total)
    }

    /// Samples through an encoder and a decoder, 20 ms at a time; packets of `lost` are concealed.
    private func pass(_ samples: [Int16], _ codec: Codec, lost: Set<Int> = []) throws -> [Int16] {
        let (encoder, decoder) = (try #require(codec.makeEncoder()), try #require(codec.makeDecoder()))
        let frame = codec.rate / 50
        var packets: [[UInt8]] = []
        for start in stride(from: 0, to: samples.count - frame + 1, by: frame) {
            var bytes = [UInt8](repeating: 0, count: codec.longestPacket)
            let length = encoder.encode(Array(samples[start..<start + frame]), frame, into: &bytes, bytes.count)
            packets.append(Array(bytes[..<length]))
        }
        var result: [Int16] = []
        for (index, packet) in packets.enumerated() {
            var output = [Int16](repeating: 0, count: frame * 6)
            if lost.contains(index) {
                let next = index + 1 < packets.count ? packets[index + 1] : []
                _ = next.withUnsafeBufferPointer { decoder.conceal(frame, next: $0.baseAddress, $0.count, into: &output) }
                result += output[..<frame]
            } else {
                result += output[..<decoder.decode(packet, packet.count, into: &output, output.count)]
            }
        }
        return result
    }

    @Test("a tone passes through each codec", arguments: Codec.allCases)
    func tones(codec: Codec) throws {
        let heard = try pass(tone(1000, codec.rate), codec)
        #expect(heard.count == codec.rate)
        #expect(purity(heard.dropFirst(codec.rate / 2), 1000, codec.rate) > 0.98)
        let level = heard.dropFirst(codec.rate / 2).map { abs(Int($0)) }.max() ?? 0
        #expect((7000...9000).contains(level))
    }

    @Test("wideband codecs carry what G.711 cannot", arguments: Codec.allCases.filter { $0.rate == 16_000 })
    func wideband(codec: Codec) throws {
        #expect(purity(try pass(tone(6000, 16_000), codec).dropFirst(8000), 6000, 16_000) > 0.9)
    }

    @Test("a codec is found by the name that SDP gives it, and by no other")
    func names() {
        #expect(Codec(name: "OPUS", clockRate: 48_000, channels: 2) == .opus)
        #expect(Codec(name: "g722", clockRate: 8000, channels: 1) == .g722)
        #expect(Codec(name: "L16", clockRate: 16_000, channels: 1) == .l16Wide)
        #expect(Codec(name: "L16", clockRate: 44_100, channels: 2) == nil)
        #expect(Codec(name: "G729", clockRate: 8000, channels: 1) == nil)
    }

    @Test("silence is silent in each codec", arguments: Codec.allCases)
    func silence(codec: Codec) throws {
        let decoder = try #require(codec.makeDecoder())
        let bytes = Array(codec.silence)
        #expect(!bytes.isEmpty)
        var output = [Int16](repeating: 0, count: 1000)
        for _ in 0..<20 {
            let count = decoder.decode(bytes, bytes.count, into: &output, output.count)
            #expect(count == codec.rate / 50)
            #expect(output[..<count].allSatisfy { abs($0) < 40 })
        }
    }

    @Test("Opus recovers every lost packet from the next")
    func correction() throws {
        let speech = (0..<32_000).map { Int16(6000 * sin(Double($0) * 0.07) * sin(Double($0) * 0.0011)) }
        let whole = try pass(speech, .opus)
        let mended = try pass(speech, .opus, lost: Set(stride(from: 10, to: 95, by: 10)))
        var (difference, power) = (0.0, 0.0)
        for index in 3200..<30_000 {
            difference += pow(Double(whole[index]) - Double(mended[index]), 2)
            power += pow(Double(whole[index]), 2)
        }
        #expect(difference < power * 0.1)
    }

    @Test("nothing that a peer sends breaks a decoder", arguments: Codec.allCases)
    func garbage(codec: Codec) throws {
        var random = SeededRandom(seed: 41)
        let decoder = try #require(codec.makeDecoder())
        var output = [Int16](repeating: 0, count: 5760)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 1...1500, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let capacity = Int.random(in: 160...1000, using: &random)
            #expect(decoder.decode(bytes, bytes.count, into: &output, capacity) <= capacity)
        }
    }

    @Test("a clip is encoded once in each codec, and plays as long in each", arguments: Codec.allCases)
    func renditions(codec: Codec) throws {
        let clip = try Clip(Sound(samples: tone(1000, 22_050, seconds: 0.5), rate: 22_050))
        clip.encode(codec)
        let rendition = try #require(clip.rendition(codec))
        clip.encode(codec)
        #expect(clip.rendition(codec)?.bytes.baseAddress == rendition.bytes.baseAddress)
        let frames = codec.bytesPerMillisecond.map { rendition.bytes.count / $0 / 20 } ?? rendition.packets.count
        #expect(frames == 25)
    }

    @Test("doubling and halving the rate keep a voice and add nothing to it")
    func converter() {
        var (up, down) = (RateConverter(), RateConverter())
        let narrow = tone(1000, 8000)
        var (wide, back): ([Int16], [Int16]) = ([], [])
        var (doubled, halved) = ([Int16](repeating: 0, count: 320), [Int16](repeating: 0, count: 160))
        for start in stride(from: 0, to: 8000, by: 160) {
            up.double(Array(narrow[start..<start + 160]), 160, into: &doubled)
            down.halve(doubled, 320, into: &halved)
            wide += doubled
            back += halved
        }
        #expect(purity(wide.dropFirst(100), 1000, 16_000) > 0.999)
        #expect(purity(back.dropFirst(100), 1000, 8000) > 0.999)
        var high = [Int16](repeating: 0, count: 8000)
        down.halve(tone(6000, 16_000), 16_000, into: &high)
        #expect(high.dropFirst(100).allSatisfy { abs($0) < 40 })
    }
}
