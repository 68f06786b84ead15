import Glibc
import Kernel

/// A socket address as the kernel takes it, kept ready so that sending needs no conversion.
struct PeerAddress: Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private(set) var length: socklen_t = 0

    /// How many bytes a received address may have.
    static let capacity = socklen_t(32)

    init() {}

    init(_ address: TransportAddress) {
        switch address.ip {
        case .v4(let ip):
            length = 16
            unsafe withBytes { bytes in
                unsafe bytes.storeBytes(of: sa_family_t(AF_INET), as: sa_family_t.self)
                unsafe bytes.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
                unsafe bytes.storeBytes(of: ip.bigEndian, toByteOffset: 4, as: UInt32.self)
            }
        case .v6(let upper, let lower):
            length = 28
            unsafe withBytes { bytes in
                unsafe bytes.storeBytes(of: sa_family_t(AF_INET6), as: sa_family_t.self)
                unsafe bytes.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
                unsafe bytes.storeBytes(of: upper.bigEndian, toByteOffset: 8, as: UInt64.self)
                unsafe bytes.storeBytes(of: lower.bigEndian, toByteOffset: 16, as: UInt64.self)
            }
        }
    }

    /// The port in host order.
    var port: UInt16 {
        mutating get { unsafe withUnsafeBytes(of: &words) { UInt16(bigEndian: unsafe $0.load(fromByteOffset: 2, as: UInt16.self)) } }
    }

    /// The address in words; `nil` for a family that is neither IPv4 nor IPv6.
    var address: TransportAddress? {
        mutating get {
            unsafe withUnsafeBytes(of: &words) { bytes in
                let port = UInt16(bigEndian: unsafe bytes.load(fromByteOffset: 2, as: UInt16.self))
                switch Int32(unsafe bytes.load(as: sa_family_t.self)) {
                case AF_INET:
                    return TransportAddress(ip: .v4(UInt32(bigEndian: unsafe bytes.load(fromByteOffset: 4, as: UInt32.self))), port: port)
                case AF_INET6:
                    let upper = UInt64(bigEndian: unsafe bytes.load(fromByteOffset: 8, as: UInt64.self))
                    let lower = UInt64(bigEndian: unsafe bytes.load(fromByteOffset: 16, as: UInt64.self))
                    return TransportAddress(ip: .v6(upper, lower), port: port)
                default:
                    return nil
                }
            }
        }
    }

    static func == (left: PeerAddress, right: PeerAddress) -> Bool {
        left.words == right.words
    }

    private mutating func withBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe withUnsafeMutableBytes(of: &words) { unsafe body($0) }
    }

    /// Sends bytes to this address.
    @inline(__always)
    mutating func send(_ bytes: UnsafeRawPointer, _ count: Int, on socket: Int32) -> Int {
        let length = length
        return unsafe withUnsafeMutableBytes(of: &words) { storage in
            guard let base = unsafe storage.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return unsafe sendto(socket, bytes, count, Int32(MSG_DONTWAIT), base, length)
        }
    }

    /// Receives one datagram; this becomes the address that it came from.
    @inline(__always)
    mutating func receive(into bytes: UnsafeMutableRawPointer, _ count: Int, on socket: Int32) -> Int {
        words = (0, 0, 0, 0)
        var length = PeerAddress.capacity
        let received = unsafe withUnsafeMutableBytes(of: &words) { storage in
            guard let base = unsafe storage.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return unsafe recvfrom(socket, bytes, count, Int32(MSG_DONTWAIT), base, &length)
        }
        self.length = length
        // The flow label and scope of an IPv6 address are no part of who sent it.
        if length == 28 {
            words.0 &= 0x0000_0000_FFFF_FFFF
            words.3 &= 0
        }
        return received
    }
}
