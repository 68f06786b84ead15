import Audio
import Glibc
import RTP

/// What a session hears, as linear samples at the pace of our clock: packets are put in order, decoded, and made up where they are missing. A session
/// has one as long as somebody listens: a bridge or a recording.
///
/// Used by the media thread alone.
@safe final class Ear {
    let codec: Codec
    private var buffer: JitterBuffer
    private let decoder: VoiceDecoder
    private let concealment: Concealment
    private var converter = RateConverter()
    /// Decoded samples that wait, at the codec's rate.
    private let samples: UnsafeMutablePointer<Int16>
    private var count = 0
    /// The samples of an RTP clock unit times 48, to be exact for each codec.
    private let samplesPerUnit48: Int
    /// The level of comfort noise in a pause (RFC 3389), as the greatest sample; 0 is silence.
    private var noise: Int32 = 0
    private var noiseState: UInt32 = 1
    /// For how many milliseconds nothing came to be played.
    private var pausedFor = Ear.longestGap
    /// How long a codec makes up a pause by its own means. A sender that leaves out pauses (DTX) of Opus is heard of each 400 ms.
    private static let longestGap = 1000
    private static let capacity = 4096

    init?(_ codec: Codec) {
        guard let decoder = codec.makeDecoder(), let concealment = Concealment() else { return nil }
        self.codec = codec
        self.decoder = decoder
        self.concealment = concealment
        buffer = JitterBuffer(clockRate: codec.clockRate, slotBytes: codec.longestPacket)
        samplesPerUnit48 = codec.rate * 48 / Int(codec.clockRate)
        unsafe samples = .allocate(capacity: Ear.capacity)
    }

    deinit { unsafe samples.deallocate() }

    /// Forgets what waits, when the source changes.
    func reset() {
        buffer.reset()
        count = 0
        noise = 0
        pausedFor = Ear.longestGap
    }

    /// Takes a packet.
    func put(sequence: UInt16, timestamp: UInt32, payload: Span<UInt8>) {
        noise = 0
        _ = buffer.put(sequence: sequence, timestamp: timestamp, payload: payload)
    }

    /// Takes a packet of comfort noise: from here on a pause sounds like it.
    func pause(level decibelsBelowOverload: UInt8) {
        noise = Int32(32_767 * pow(10, -Float(min(decibelsBelowOverload, 127)) / 20) * 1.7)
    }

    /// Takes `milliseconds` at a rate of 8000 or 16000 samples a second; silence where nothing is to be heard.
    func take(_ milliseconds: Int, at rate: Int, into output: UnsafeMutablePointer<Int16>) {
        let length = milliseconds * codec.rate / 1000
        while count < length { gather() }
        if rate == codec.rate {
            unsafe output.update(from: samples, count: length)
        } else if rate > codec.rate {
            unsafe converter.double(samples, length, into: output)
        } else {
            unsafe converter.halve(samples, length, into: output)
        }
        count -= length
        unsafe samples.update(from: samples + length, count: count)
    }

    /// Adds what is next to the samples that wait.
    private func gather() {
        let end = unsafe samples + count
        switch buffer.next() {
        case .packet(let slot): unsafe decode(slot, to: end)
        case .lost(let units, let next):
            let length = min(units * samplesPerUnit48 / 48, Ear.capacity - count)
            unsafe makeUp(end, length, next: next)
            count += length
        case .stretch(let units):
            let length = units * samplesPerUnit48 / 48
            unsafe concealment.fill(end, length)
            count += length
        case .nothing:
            let length = codec.rate / 50
            unsafe pause(end, length)
            count += length
        }
    }

    private func decode(_ slot: Int, to end: UnsafeMutablePointer<Int16>) {
        let length = unsafe buffer.withPayload(slot) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe decoder.decode(base, bytes.count, into: end, Ear.capacity - count)
        }
        let units = length * 48 / samplesPerUnit48
        pausedFor = 0
        // A packet that makes no sense has lasted as long as most do.
        buffer.played(slot: slot, units: units == 0 ? Int(codec.clockRate) / 50 : units)
        guard length > 0 else { return }
        unsafe concealment.heard(end, length)
        if buffer.excess >= units, unsafe buffer.isUrgent || isQuiet(end, length) {
            buffer.skipped(units: units)
        } else {
            count += length
        }
    }

    private func makeUp(_ end: UnsafeMutablePointer<Int16>, _ length: Int, next: Int?) {
        guard noise == 0 else {
            unsafe hum(end, length)
            return
        }
        let own =
            if let next {
                unsafe buffer.withPayload(next) { unsafe decoder.conceal(length, next: $0.baseAddress, $0.count, into: end) }
            } else {
                unsafe decoder.conceal(length, next: nil, 0, into: end)
            }
        if !own { unsafe concealment.fill(end, length) }
    }

    /// What is heard while nothing comes: what the sender told of its pauses, else what the codec makes of what it heard last, so that a background that is
    /// sent now and then does not come and go.
    private func pause(_ end: UnsafeMutablePointer<Int16>, _ length: Int) {
        if noise == 0, pausedFor < Ear.longestGap, unsafe decoder.conceal(length, next: nil, 0, into: end) {
            pausedFor += 20
        } else {
            unsafe hum(end, length)
        }
    }

    /// Comfort noise, or silence.
    private func hum(_ end: UnsafeMutablePointer<Int16>, _ length: Int) {
        guard noise > 0 else {
            unsafe end.update(repeating: 0, count: length)
            return
        }
        for index in 0..<length {
            noiseState = noiseState &* 1_664_525 &+ 1_013_904_223
            unsafe end[index] = Int16(truncatingIfNeeded: ((Int32(bitPattern: noiseState) >> 16) &* noise) >> 15)
        }
    }

    private func isQuiet(_ samples: UnsafePointer<Int16>, _ count: Int) -> Bool {
        var sum: Int64 = 0
        for index in 0..<count { sum += Int64(unsafe samples[index]) * Int64(unsafe samples[index]) }
        return sum < Int64(count) * 200 * 200
    }
}
