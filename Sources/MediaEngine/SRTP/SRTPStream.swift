/// How far a stream of packets is: which index each has, and which have been seen (RFC 3711 section 3.3).
struct SRTPStream {
    let ssrc: UInt32
    /// The highest index so far: the rollover counter, and the sequence number in the lower 16 bits.
    private(set) var highest: UInt64
    /// Which of the 64 indices up to the highest have been seen, the highest in bit 0.
    private var seen: UInt64

    init(ssrc: UInt32, first index: UInt64) {
        self.ssrc = ssrc
        highest = index
        seen = 0
    }

    /// The index of a packet by its sequence number: the nearest to the highest so far (RFC 3711 appendix A). `nil` before the beginning of time.
    @inline(__always)
    func index(of sequence: UInt16) -> UInt64? {
        let distance = Int16(bitPattern: sequence &- UInt16(truncatingIfNeeded: highest))
        let index = Int64(bitPattern: highest) &+ Int64(distance)
        return index < 0 ? nil : UInt64(index)
    }

    /// Whether an index has not been seen, and is not too old to tell.
    @inline(__always)
    func isNew(_ index: UInt64) -> Bool {
        guard index <= highest else { return true }
        let age = highest - index
        return age < 64 && seen & (1 << age) == 0
    }

    /// Takes note of an index whose packet proved to be genuine.
    @inline(__always)
    mutating func note(_ index: UInt64) {
        if index > highest {
            let step = index - highest
            seen = step < 64 ? seen << step : 0
            highest = index
        }
        seen |= 1 << (highest - index)
    }
}
