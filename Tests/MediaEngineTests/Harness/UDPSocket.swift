import Glibc
import Kernel

/// A plain UDP socket on loopback.
final class UDPSocket {
    /// Whether this machine has IPv6.
    static let hasV6 = UDPSocket(.loopbackV6) != nil

    let address: TransportAddress
    private let descriptor: Int32

    /// Binds a port of an address of this host, 0 for any; `nil` when it is taken.
    init?(_ ip: IPAddress = .loopbackV4, port: UInt16 = 0) {
        let descriptor = socket(ip.isV6 ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        var (name, length) = UDPSocket.name(of: TransportAddress(ip: ip, port: port))
        let bound = withUnsafeMutableBytes(of: &name) { bytes in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, base, length) == 0 && getsockname(descriptor, base, &length) == 0
        }
        guard bound else {
            close(descriptor)
            return nil
        }
        address = TransportAddress(ip: ip, port: UInt16(bigEndian: name.sin6_port))
    }

    deinit { close(descriptor) }

    /// An even port and the one above it.
    static func pair(_ ip: IPAddress = .loopbackV4) -> (rtp: UDPSocket, rtcp: UDPSocket)? {
        for _ in 0..<200 {
            guard let rtp = UDPSocket(ip), rtp.address.port % 2 == 0 else { continue }
            if let rtcp = UDPSocket(ip, port: rtp.address.port + 1) { return (rtp, rtcp) }
        }
        return nil
    }

    func send(_ bytes: [UInt8], to target: TransportAddress) {
        var (name, length) = UDPSocket.name(of: target)
        _ = withUnsafeMutableBytes(of: &name) { storage in
            storage.baseAddress.map { sendto(descriptor, bytes, bytes.count, 0, $0.assumingMemoryBound(to: sockaddr.self), length) }
        }
    }

    /// The next datagram, with the port that it came from; `nil` when none comes in time.
    func receive(within time: Duration = .seconds(5)) -> (bytes: [UInt8], port: UInt16)? {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, Int32(clamping: time.wholeMilliseconds)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var name = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let count = withUnsafeMutableBytes(of: &name) { storage in
            storage.baseAddress.map {
                recvfrom(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), $0.assumingMemoryBound(to: sockaddr.self), &length)
            } ?? -1
        }
        guard count >= 0 else { return nil }
        return (Array(buffer[..<count]), UInt16(bigEndian: name.sin6_port))
    }

    /// Throws away what has come so far, and says how much it was.
    @discardableResult
    func drain() -> Int {
        var count = 0
        while receive(within: .zero) != nil { count += 1 }
        return count
    }

    /// The address in the storage of an IPv6 one; family and port lie in the same place in both.
    private static func name(of address: TransportAddress) -> (sockaddr_in6, socklen_t) {
        var name = sockaddr_in6()
        name.sin6_port = address.port.bigEndian
        switch address.ip {
        case .v4(let ip):
            name.sin6_family = sa_family_t(AF_INET)
            name.sin6_flowinfo = ip.bigEndian
            return (name, socklen_t(MemoryLayout<sockaddr_in>.size))
        case .v6(let upper, let lower):
            name.sin6_family = sa_family_t(AF_INET6)
            withUnsafeMutableBytes(of: &name.sin6_addr) { bytes in
                bytes.storeBytes(of: upper.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: lower.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return (name, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
    }
}
