import Glibc
import Kernel

/// The two sockets of a session: RTP on an even port, RTCP on the odd one above.
struct MediaSockets {
    let rtp: Int32
    let rtcp: Int32
    let port: UInt16

    /// Why a port was not bound.
    struct Refusal: Error {
        let port: UInt16
        /// The system's number.
        let code: Int32

        var isTaken: Bool { code == EADDRINUSE }

        /// The system's words.
        var reason: String { unsafe String(cString: strerror(code)) }
    }

    /// Binds both at the wildcard address of a family; `port` is even.
    static func bind(v6: Bool, port: UInt16) throws(Refusal) -> MediaSockets {
        let rtp = try socket(v6: v6, port: port)
        do throws(Refusal) {
            return MediaSockets(rtp: rtp, rtcp: try socket(v6: v6, port: port + 1), port: port)
        } catch {
            close(rtp)
            throw error
        }
    }

    func closeBoth() {
        close(rtp)
        close(rtcp)
    }

    private static func socket(v6: Bool, port: UInt16) throws(Refusal) -> Int32 {
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(v6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else { throw Refusal(port: port, code: errno) }
        if v6 {
            var only: Int32 = 1
            unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, socklen_t(MemoryLayout<Int32>.size))
        }
        // Expedited forwarding (RFC 3246): what routers on the way take voice for.
        var service: Int32 = 46 << 2
        let (level, option) = v6 ? (Int32(IPPROTO_IPV6), IPV6_TCLASS) : (Int32(IPPROTO_IP), IP_TOS)
        unsafe setsockopt(descriptor, level, option, &service, socklen_t(MemoryLayout<Int32>.size))
        guard PeerAddress(TransportAddress(ip: v6 ? .v6(0, 0) : .v4(0), port: port)).bind(descriptor) else {
            let code = errno
            close(descriptor)
            throw Refusal(port: port, code: code)
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
