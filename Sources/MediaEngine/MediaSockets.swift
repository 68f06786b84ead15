import Glibc
import Kernel

/// The two sockets of a session: RTP on an even port, RTCP on the odd one above.
struct MediaSockets {
    let rtp: Int32
    let rtcp: Int32
    let port: UInt16

    /// Binds both at the wildcard address of a family; `nil` when one of the ports is taken.
    static func bind(v6: Bool, port: UInt16) -> MediaSockets? {
        guard let rtp = socket(v6: v6, port: port) else { return nil }
        guard let rtcp = socket(v6: v6, port: port + 1) else {
            close(rtp)
            return nil
        }
        return MediaSockets(rtp: rtp, rtcp: rtcp, port: port)
    }

    func closeBoth() {
        close(rtp)
        close(rtcp)
    }

    private static func socket(v6: Bool, port: UInt16) -> Int32? {
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(v6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        if v6 {
            var only: Int32 = 1
            unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, socklen_t(MemoryLayout<Int32>.size))
        }
        // Expedited forwarding (RFC 3246): what routers on the way take voice for.
        var service: Int32 = 46 << 2
        let (level, option) = v6 ? (Int32(IPPROTO_IPV6), IPV6_TCLASS) : (Int32(IPPROTO_IP), IP_TOS)
        unsafe setsockopt(descriptor, level, option, &service, socklen_t(MemoryLayout<Int32>.size))
        guard PeerAddress(TransportAddress(ip: v6 ? .v6(0, 0) : .v4(0), port: port)).bind(descriptor) else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

extension PeerAddress {
    /// Binds a socket to this address.
    fileprivate func bind(_ descriptor: Int32) -> Bool {
        let length = length
        return unsafe withUnsafeBytes(of: self) { storage in
            guard let base = unsafe storage.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return unsafe Glibc.bind(descriptor, base, length) == 0
        }
    }
}
