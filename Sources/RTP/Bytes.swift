// Numbers in network order. Offsets are checked by the span itself.
extension Span where Element == UInt8 {
    func read16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }

    func read32(at offset: Int) -> UInt32 {
        UInt32(read16(at: offset)) << 16 | UInt32(read16(at: offset + 2))
    }
}

extension MutableSpan where Element == UInt8 {
    mutating func write16(_ value: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    mutating func write32(_ value: UInt32, at offset: Int) {
        write16(UInt16(truncatingIfNeeded: value >> 16), at: offset)
        write16(UInt16(truncatingIfNeeded: value), at: offset + 2)
    }
}
