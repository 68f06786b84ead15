import Glibc
import Kernel
import NIOCore

/// Which address of this machine a peer reaches: asked of the kernel's routing table, which a connected UDP socket shows without sending anything.
struct LocalAddresses {
    private var known: [IPAddress: IPAddress] = [:]
    private static let limit = 4096

    /// The address of ours on the way to `peer`; `nil` when there is no way.
    mutating func address(toReach peer: IPAddress) -> IPAddress? {
        if let found = known[peer] { return found }
        guard let found = LocalAddresses.ask(peer) else { return nil }
        if known.count >= LocalAddresses.limit { known.removeAll(keepingCapacity: true) }
        known[peer] = found
        return found
    }

    /// Forgets all, so that a change of the network is seen.
    mutating func forget() {
        known.removeAll(keepingCapacity: true)
    }

    private static func ask(_ peer: IPAddress) -> IPAddress? {
        // Port 9 is discard: nothing is sent anyway.
        guard let target = try? TransportAddress(ip: peer, port: 9).socketAddress else { return nil }
        let descriptor = socket(peer.isV6 ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let connected = unsafe target.withSockAddr { unsafe connect(descriptor, $0, socklen_t($1)) }
        guard connected == 0 else { return nil }
        var own = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = unsafe withUnsafeMutableBytes(of: &own) { bytes in
            guard let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return Int32(-1) }
            return unsafe getsockname(descriptor, address, &length)
        }
        guard named == 0 else { return nil }
        return unsafe withUnsafeBytes(of: &own) { unsafe TransportAddress(socketAddress: $0)?.ip }
    }
}
