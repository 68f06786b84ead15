import Glibc
import Kernel
import NIOCore

extension TransportAddress {
    /// The address of a socket; `nil` for a Unix socket.
    init?(_ address: SocketAddress) {
        let found = unsafe address.withSockAddr { pointer, size in
            unsafe TransportAddress(socketAddress: UnsafeRawBufferPointer(start: pointer, count: size))
        }
        guard let found else { return nil }
        self = found
    }

    /// Reads a `sockaddr_in` or `sockaddr_in6`, both in network byte order behind the family: the port, then (behind the flow label) the address. An
    /// IPv4 address that is mapped into IPv6 becomes IPv4 again.
    init?(socketAddress bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 16 else { return nil }
        let family = Int32(unsafe bytes.load(as: sa_family_t.self))
        let port = UInt16(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        if family == AF_INET {
            self.init(ip: .v4(UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))), port: port)
        } else if family == AF_INET6, bytes.count >= 24 {
            let upper = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let lower = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            let ip = upper == 0 && lower >> 32 == 0xFFFF ? IPAddress.v4(UInt32(truncatingIfNeeded: lower)) : .v6(upper, lower)
            self.init(ip: ip, port: port)
        } else {
            return nil
        }
    }

    /// The address as a socket takes it.
    var socketAddress: SocketAddress {
        get throws {
            var packed = ByteBuffer()
            switch ip {
            case .v4(let address): packed.writeInteger(address)
            case .v6(let upper, let lower): packed.writeMultipleIntegers(upper, lower)
            }
            return try SocketAddress(packedIPAddress: packed, port: Int(port))
        }
    }
}
