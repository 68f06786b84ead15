import CCrypto
import SDP

/// SRTP in one direction of a session: the ciphers, and how far the streams are. Packets are changed where they stand.
@safe struct SRTPContext {
    /// The most streams of a peer: one begins anew now and then, and what older ones have said must stay known, or it could be said again.
    private static let mostStreams = 8
    private static let headerLength = 12
    private static let reportHeaderLength = 8

    private let rtp: SRTPCipher
    private let rtcp: SRTPCipher
    /// What stands in each packet of the peer's to name the key.
    private let identifier: [UInt8]
    private var streams: [SRTPStream] = []
    private var reports: [SRTPStream] = []
    /// The number of the last report that we sent, of 31 bits.
    private var lastReport: UInt32 = 0

    init?(_ key: SRTPKey, encrypts: Bool) {
        guard let rtp = SRTPCipher(key, isRTCP: false, encrypts: encrypts) else { return nil }
        guard let rtcp = SRTPCipher(key, isRTCP: true, encrypts: encrypts) else {
            rtp.end()
            return nil
        }
        self.rtp = rtp
        self.rtcp = rtcp
        identifier = encrypts ? [] : key.identifier
        streams.reserveCapacity(SRTPContext.mostStreams)
        reports.reserveCapacity(SRTPContext.mostStreams)
    }

    func end() {
        rtp.end()
        rtcp.end()
    }

    // MARK: RTP

    /// Protects an RTP packet that has room for a tag behind it; gives its new length, 0 when it is none.
    mutating func protect(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard let header = unsafe SRTPContext.headerLength(of: packet, count) else { return 0 }
        let (ssrc, sequence) = unsafe (word(packet, 8), UInt16(truncatingIfNeeded: word(packet, 0)))
        guard let place = place(of: ssrc, first: UInt64(sequence), in: &streams), let index = streams[place].index(of: sequence) else {
            return 0
        }
        streams[place].note(index)
        let rollover = UInt32(truncatingIfNeeded: index >> 16)
        let (body, length) = unsafe (packet + header, count - header)
        if rtp.isGCM {
            let vector = SRTPContext.vector(ssrc, UInt64(rollover) << 16 | UInt64(sequence))
            let isDone = unsafe rtp.crypt(
                body, length, header: packet, header, trailer: nil, vector: vector, tag: packet + count, encrypts: true)
            return isDone ? count + rtp.tagLength : 0
        }
        guard unsafe rtp.crypt(body, length, ssrc: ssrc, index: index) else { return 0 }
        let isDone = unsafe withTag(rtp, packet, count, rollover: rollover) { tag in
            for place in 0..<rtp.tagLength { unsafe packet[count + place] = unsafe tag[place] }
            return true
        }
        return isDone ? count + rtp.tagLength : 0
    }

    /// Opens an RTP packet; gives its new length, 0 when it is not genuine, or was seen before.
    mutating func open(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        let count = unsafe withoutIdentifier(packet, count, rtp)
        let plain = count - rtp.tagLength
        guard plain >= SRTPContext.headerLength, let header = unsafe SRTPContext.headerLength(of: packet, plain) else { return 0 }
        let (ssrc, sequence) = unsafe (word(packet, 8), UInt16(truncatingIfNeeded: word(packet, 0)))
        let known = streams.firstIndex { $0.ssrc == ssrc }
        let stream = known.map { streams[$0] } ?? SRTPStream(ssrc: ssrc, first: UInt64(sequence))
        guard known != nil || streams.count < SRTPContext.mostStreams, let index = stream.index(of: sequence), stream.isNew(index) else {
            return 0
        }
        let rollover = UInt32(truncatingIfNeeded: index >> 16)
        let (body, length) = unsafe (packet + header, plain - header)
        if rtp.isGCM {
            let vector = SRTPContext.vector(ssrc, UInt64(rollover) << 16 | UInt64(sequence))
            let isGenuine = unsafe rtp.crypt(
                body, length, header: packet, header, trailer: nil, vector: vector, tag: packet + plain, encrypts: false)
            guard isGenuine else { return 0 }
        } else {
            let isGenuine = unsafe withTag(rtp, packet, plain, rollover: rollover) {
                unsafe CRYPTO_memcmp($0, packet + plain, rtp.tagLength) == 0
            }
            guard isGenuine, unsafe rtp.crypt(body, length, ssrc: ssrc, index: index) else { return 0 }
        }
        SRTPContext.note(index, stream, at: known, in: &streams)
        return plain
    }

    // MARK: RTCP

    /// Protects a compound report that has room for an index and a tag behind it; gives its new length, 0 when it is none.
    mutating func protectReport(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard count >= SRTPContext.reportHeaderLength, lastReport < 0x7FFF_FFFF else { return 0 }
        lastReport += 1
        let ssrc = unsafe word(packet, 4)
        let (body, length) = unsafe (packet + SRTPContext.reportHeaderLength, count - SRTPContext.reportHeaderLength)
        let mark = lastReport | 0x8000_0000
        if rtcp.isGCM {
            // The tag stands before the index (RFC 7714 section 9.2).
            let trailer = unsafe packet + count + rtcp.tagLength
            unsafe put(mark, trailer)
            let isDone = unsafe rtcp.crypt(
                body, length, header: packet, SRTPContext.reportHeaderLength, trailer: trailer,
                vector: SRTPContext.vector(ssrc, UInt64(lastReport)), tag: packet + count, encrypts: true)
            return isDone ? count + rtcp.tagLength + 4 : 0
        }
        guard unsafe rtcp.crypt(body, length, ssrc: ssrc, index: UInt64(lastReport)) else { return 0 }
        unsafe put(mark, packet + count)
        let isDone = unsafe withTag(rtcp, packet, count + 4, rollover: nil) { tag in
            for place in 0..<rtcp.tagLength { unsafe packet[count + 4 + place] = unsafe tag[place] }
            return true
        }
        return isDone ? count + 4 + rtcp.tagLength : 0
    }

    /// Opens a compound report; gives its new length, 0 when it is not genuine, not encrypted, or was seen before.
    mutating func openReport(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        let count = unsafe withoutIdentifier(packet, count, rtcp)
        let plain = count - rtcp.tagLength - 4
        guard plain >= SRTPContext.reportHeaderLength else { return 0 }
        let ssrc = unsafe word(packet, 4)
        let trailer = unsafe packet + (rtcp.isGCM ? count - 4 : plain)
        let mark = unsafe word(trailer, 0)
        let index = UInt64(mark & 0x7FFF_FFFF)
        let known = reports.firstIndex { $0.ssrc == ssrc }
        let stream = known.map { reports[$0] } ?? SRTPStream(ssrc: ssrc, first: index)
        guard mark & 0x8000_0000 != 0, known != nil || reports.count < SRTPContext.mostStreams, stream.isNew(index) else { return 0 }
        let (body, length) = unsafe (packet + SRTPContext.reportHeaderLength, plain - SRTPContext.reportHeaderLength)
        if rtcp.isGCM {
            let isGenuine = unsafe rtcp.crypt(
                body, length, header: packet, SRTPContext.reportHeaderLength, trailer: trailer, vector: SRTPContext.vector(ssrc, index),
                tag: packet + plain, encrypts: false)
            guard isGenuine else { return 0 }
        } else {
            let isGenuine = unsafe withTag(rtcp, packet, plain + 4, rollover: nil) {
                unsafe CRYPTO_memcmp($0, packet + plain + 4, rtcp.tagLength) == 0
            }
            guard isGenuine, unsafe rtcp.crypt(body, length, ssrc: ssrc, index: index) else { return 0 }
        }
        SRTPContext.note(index, stream, at: known, in: &reports)
        return plain
    }

    // MARK: Parts

    /// Takes the key identifier out of a packet, where the peer has one: before the tag, and behind all with GCM (RFC 3711 section 3.1, RFC 7714 sections 8.2
    /// and 9.2). Gives the new length, 0 when it is another one.
    @inline(__always)
    private func withoutIdentifier(_ packet: UnsafeMutablePointer<UInt8>, _ count: Int, _ cipher: SRTPCipher) -> Int {
        guard !identifier.isEmpty else { return count }
        let behind = cipher.isGCM ? 0 : cipher.tagLength
        let start = count - behind - identifier.count
        guard start >= SRTPContext.reportHeaderLength else { return 0 }
        for place in identifier.indices where unsafe packet[start + place] != identifier[place] { return 0 }
        for place in 0..<behind { unsafe packet[start + place] = unsafe packet[start + identifier.count + place] }
        return count - identifier.count
    }

    /// Where the payload of an RTP packet begins: behind the contributors and the extension (RFC 3550 section 5.1), which stay readable.
    @inline(__always)
    private static func headerLength(of packet: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        guard count >= headerLength else { return nil }
        var length = headerLength + 4 * Int(unsafe packet[0] & 0x0F)
        if unsafe packet[0] & 0x10 != 0 {
            guard count >= length + 4 else { return nil }
            length += 4 + 4 * (Int(unsafe packet[length + 2]) << 8 | Int(unsafe packet[length + 3]))
        }
        return length <= count ? length : nil
    }

    /// The initialisation vector of GCM before the salt: two zero bytes, the source, and what tells packets apart (RFC 7714 sections 8.1 and 9.1).
    @inline(__always)
    private static func vector(_ ssrc: UInt32, _ counter: UInt64) -> (UInt64, UInt64) {
        let upper = UInt64(ssrc) << 16 | (counter >> 32) & 0xFFFF
        return (upper.bigEndian, ((counter & 0xFFFF_FFFF) << 32).bigEndian)
    }

    @inline(__always)
    private func withTag(
        _ cipher: SRTPCipher, _ packet: UnsafePointer<UInt8>, _ count: Int, rollover: UInt32?,
        _ body: (UnsafeMutablePointer<UInt8>) -> Bool
    ) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            guard let start = buffer.baseAddress else { return false }
            unsafe cipher.sign(packet, count, rollover: rollover, into: start)
            return unsafe body(start)
        }
    }

    /// The place of the stream with this source, which begins here if it is new; `nil` when there are too many.
    private func place(of ssrc: UInt32, first index: UInt64, in streams: inout [SRTPStream]) -> Int? {
        if let place = streams.firstIndex(where: { $0.ssrc == ssrc }) { return place }
        guard streams.count < SRTPContext.mostStreams else { return nil }
        streams.append(SRTPStream(ssrc: ssrc, first: index))
        return streams.count - 1
    }

    private static func note(_ index: UInt64, _ stream: SRTPStream, at known: Int?, in streams: inout [SRTPStream]) {
        var stream = stream
        stream.note(index)
        if let known { streams[known] = stream } else { streams.append(stream) }
    }

    @inline(__always)
    private func word(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt32 {
        unsafe UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian
    }

    @inline(__always)
    private func put(_ word: UInt32, _ bytes: UnsafeMutablePointer<UInt8>) {
        unsafe UnsafeMutableRawPointer(bytes).storeBytes(of: word.bigEndian, as: UInt32.self)
    }
}
