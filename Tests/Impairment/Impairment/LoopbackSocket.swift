import Glibc

/// A UDP socket on 127.0.0.1.
struct LoopbackSocket {
    let descriptor: Int32
    let port: UInt16

    /// Binds a port; 0 takes any that is free.
    init(port: UInt16 = 0) throws(RelayFailure) {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = LoopbackSocket.address(port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                descriptor >= 0 && bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else {
            if descriptor >= 0 { close(descriptor) }
            throw RelayFailure(reason: "UDP port \(port) of 127.0.0.1 cannot be taken: errno \(errno)")
        }
        self.port = UInt16(bigEndian: address.sin_port)
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Sends to a port of loopback. What cannot be sent is lost, as in any network.
    func send(_ bytes: [UInt8], to port: UInt16) {
        var address = LoopbackSocket.address(port)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The next datagram that is there, and the port it came from.
    func receive() -> (bytes: [UInt8], port: UInt16)? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), $0, &length)
            }
        }
        return count < 0 ? nil : (Array(buffer[..<count]), UInt16(bigEndian: address.sin_port))
    }
}

/// Why a relay does not run, in plain English.
public struct RelayFailure: Error, CustomStringConvertible {
    /// What was tried, and what came of it.
    public let reason: String

    /// The reason.
    public var description: String { reason }
}
