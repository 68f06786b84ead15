import Audio
import Foundation
import Testing

struct G711Tests {
    /// The decoder's output values of ITU-T G.711 tables 1 and 2, positive half, scaled to 16 bits: of A-law 128 from ±8 to ±32256, of µ-law
    /// 128 from 0 to ±32124. Each segment of 16 is evenly spaced, twice as wide as the one before.
    private static let values: [G711Law: [Int]] = [
        .a: (0..<8).flatMap { segment in
            let step = segment == 0 ? 16 : 8 << segment
            let first = segment == 0 ? 8 : (256 << (segment - 1)) + step / 2
            return (0..<16).map { first + $0 * step }
        },
        .mu: (0..<8).flatMap { segment in
            let first = (132 << segment) - 132
            return (0..<16).map { first + $0 * (8 << segment) }
        },
    ]

    /// The code of the n-th positive or negative value: A-law toggles every second bit, µ-law inverts all.
    private static func code(_ law: G711Law, _ index: Int, negative: Bool) -> UInt8 {
        law == .a ? (UInt8(index) | (negative ? 0 : 0x80)) ^ 0x55 : ~(UInt8(index) | (negative ? 0x80 : 0))
    }

    @Test("every code decodes to the value of the tables of G.711", arguments: G711Law.allCases)
    func decoding(law: G711Law) throws {
        let values = try #require(G711Tests.values[law])
        #expect(values.count == 128)
        for (index, value) in values.enumerated() {
            #expect(law.decode(G711Tests.code(law, index, negative: false)) == value)
            #expect(law.decode(G711Tests.code(law, index, negative: true)) == -value)
        }
    }

    @Test("every code is the code of its own value, but that µ-law has two zeroes", arguments: G711Law.allCases)
    func roundTrip(law: G711Law) {
        for byte in UInt8.min...UInt8.max {
            let expected: UInt8 = law == .mu && byte == 0x7F ? 0xFF : byte
            #expect(law.encode(law.decode(byte)) == expected)
        }
    }

    @Test("every sample becomes the nearest value of its segment, and louder samples never a softer one", arguments: G711Law.allCases)
    func encoding(law: G711Law) throws {
        let values = try #require(G711Tests.values[law])
        let indices = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        var last = Int.min
        var wrong: [Int16] = []
        for sample in Int16.min...Int16.max {
            let decoded = Int(law.decode(law.encode(sample)))
            let index = try #require(indices[abs(decoded)])
            let halfStep = law == .a ? max(8, 4 << (index / 16)) : 4 << (index / 16)
            // Beyond the outermost decision value everything is clipped to the outermost code.
            let magnitude = min(abs(Int(sample)), values[127] + halfStep)
            if decoded < last || abs(magnitude - abs(decoded)) > halfStep { wrong.append(sample) }
            last = decoded
        }
        #expect(wrong.isEmpty)
    }

    @Test(
        "known samples have the codes that other implementations give them",
        arguments: [
            (0, 0xFF, 0xD5), (8, 0xFE, 0xD5), (-8, 0x7E, 0x55), (100, 0xF2, 0xD3), (-100, 0x72, 0x53), (1000, 0xCE, 0xFA),
            (-1000, 0x4E, 0x7A), (8000, 0xA0, 0x8A), (-8000, 0x20, 0x0A), (20_000, 0x8C, 0xA6), (-20_000, 0x0C, 0x26),
            (32_767, 0x80, 0xAA), (-32_768, 0x00, 0x2A),
        ] as [(Int16, UInt8, UInt8)])
    func knownSamples(sample: Int16, mu: UInt8, a: UInt8) {
        #expect(G711Law.mu.encode(sample) == mu)
        #expect(G711Law.a.encode(sample) == a)
    }

    @Test(
        "the digital milliwatt of G.711 tables 5 and 6 is a tone of 1 kHz at 0 dBm0",
        arguments: [
            (.a, [0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4], 3.14), (.mu, [0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E], 3.17),
        ] as [(G711Law, [UInt8], Double)])
    func milliwatt(law: G711Law, codes: [UInt8], overload: Double) {
        // The load capacity is the level of a sine that just reaches the end of the last segment.
        let end = law == .a ? 32_768.0 : 8159 * 4
        let peak = end / pow(10, overload / 20)
        for (index, code) in codes.enumerated() {
            let sample = -peak * sin(2 * .pi * (Double(index) + 0.5) / 8)
            #expect(law.encode(Int16(sample.rounded())) == code)
            #expect(abs(Double(law.decode(code)) - sample) < peak * 0.03)
        }
    }

    @Test("silence is the code of zero", arguments: G711Law.allCases)
    func silence(law: G711Law) {
        #expect(law.silence == law.encode(0))
        #expect(abs(law.decode(law.silence)) <= 8)
    }

    @Test("the tables say what the laws say")
    func tables() {
        let tables = G711Tables.shared
        for law in G711Law.allCases {
            let wrong = (Int16.min...Int16.max).filter { tables.encode(law)[Int(UInt16(bitPattern: $0))] != law.encode($0) }
            #expect(wrong.isEmpty)
            for byte in UInt8.min...UInt8.max { #expect(tables.decode(law)[Int(byte)] == law.decode(byte)) }
        }
        for byte in UInt8.min...UInt8.max {
            #expect(tables.muToA[Int(byte)] == G711Law.a.encode(G711Law.mu.decode(byte)))
            #expect(tables.aToMu[Int(byte)] == G711Law.mu.encode(G711Law.a.decode(byte)))
        }
    }
}
