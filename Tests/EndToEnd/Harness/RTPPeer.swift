import Foundation

/// The media side of a SIPp scenario: a UDP socket on loopback that sends 20 ms of µ-law every 20 ms, counts what it hears and presses keys.
/// It is written from RFC 3550 and RFC 4733 and shares nothing with the product.
final class RTPPeer: @unchecked Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let lock = NSLock()
    private var target: UInt16?
    private var heardFrom: [UInt16: Int] = [:]
    private var queue: [[UInt8]] = []
    private var running = true
    private var sequence: UInt16 = 1
    private var timestamp: UInt32 = 160
    private let fill: UInt8

    /// Binds an even port. `fill` is the byte that its audio is made of.
    init(fill: UInt8 = 0xD5) throws {
        self.fill = fill
        var bound: (Int32, UInt16)?
        for _ in 0..<200 where bound == nil {
            let port = UInt16.random(in: 20_000...30_000) & ~1
            let candidate = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var address = RTPPeer.address(port)
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(candidate, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            if result == 0 { bound = (candidate, port) } else { close(candidate) }
        }
        guard let bound else { throw Unexpected("no free port for RTP") }
        (descriptor, port) = bound
        Thread.detachNewThread { [self] in run() }
    }

    /// Ends the thread and closes the socket.
    func stop() {
        lock.withLock { running = false }
    }

    /// Sends to this port of loopback from now on.
    func send(to port: UInt16) {
        lock.withLock { target = port }
    }

    /// Presses a key: 5 packets of the event and three end packets (RFC 4733 section 2.5), and so many of audio behind them.
    func press(_ code: UInt8, payloadType: UInt8 = 101, pause: Int = 0) {
        lock.withLock {
            timestamp += 160
            for step in 1...8 {
                let end: UInt8 = step > 5 ? 0x80 : 0
                let duration = UInt16(min(step, 5) * 160)
                queue.append(
                    packet(payloadType, marker: step == 1, [code, end | 10, UInt8(duration >> 8), UInt8(truncatingIfNeeded: duration)]))
            }
            timestamp += 800
            for _ in 0..<pause {
                queue.append(packet(0, marker: false, Array(repeating: fill, count: 160)))
                timestamp += 160
            }
        }
    }

    /// How many packets came from a port of loopback.
    func packets(from port: UInt16) -> Int { lock.withLock { heardFrom[port, default: 0] } }

    /// How many packets came from anywhere.
    var packets: Int { lock.withLock { heardFrom.values.reduce(0, +) } }

    /// The port from which the latest packets came first.
    var sources: [UInt16] { lock.withLock { Array(heardFrom.keys) } }

    /// Waits until `condition` holds.
    func wait(_ what: String, within seconds: Double = 10, until condition: (RTPPeer) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !condition(self) {
            guard Date() < deadline else { throw Unexpected("RTP port \(port): \(what) did not come within \(seconds) s") }
            _ = poll(nil, 0, 5)
        }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// A packet with the next sequence number. Call with the lock held.
    private func packet(_ payloadType: UInt8, marker: Bool, _ payload: [UInt8]) -> [UInt8] {
        sequence &+= 1
        var bytes: [UInt8] = [0x80, payloadType | (marker ? 0x80 : 0), UInt8(sequence >> 8), UInt8(truncatingIfNeeded: sequence)]
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: timestamp >> UInt32(shift))) }
        bytes += [0xCA, 0x11, UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
        return bytes + payload
    }

    private func run() {
        var next = DispatchTime.now().uptimeNanoseconds
        while lock.withLock({ running }) {
            let now = DispatchTime.now().uptimeNanoseconds
            if now >= next {
                next += 20_000_000
                tick()
            }
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&poller, 1, Int32(max(1, (Int64(next) - Int64(now)) / 1_000_000))) > 0 { receive() }
        }
        close(descriptor)
    }

    private func tick() {
        let (bytes, port): ([UInt8]?, UInt16?) = lock.withLock {
            guard let target else { return (nil, nil) }
            if !queue.isEmpty { return (queue.removeFirst(), target) }
            timestamp += 160
            return (packet(0, marker: false, Array(repeating: fill, count: 160)), target)
        }
        guard let bytes, let port else { return }
        var address = RTPPeer.address(port)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length) }
        }
        guard count >= 12, buffer[0] >> 6 == 2 else { return }
        lock.withLock { heardFrom[UInt16(bigEndian: address.sin_port), default: 0] += 1 }
    }
}
