import Glibc
import Kernel
import NIOCore

/// A UDP socket that we listen on: its channel reads, and what is sent goes to the system at once.
///
/// A channel closes itself when the system refuses one datagram, be it to port 0 or to a broadcast address, and any peer can name such a target in its
/// Via or Contact. Here a refusal concerns that datagram alone.
struct DatagramSocket {
    /// Where it listens.
    let listener: SIPTransport.Listener
    /// What reads from it.
    let channel: any Channel
    private let descriptor: CInt

    /// Takes the socket of a bound channel, on the channel's event loop.
    init(_ channel: any Channel, listener: SIPTransport.Listener) throws {
        let found = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        guard let found else { throw ChannelError.operationUnsupported }
        self.listener = listener
        self.channel = channel
        descriptor = found
    }

    /// Sends one datagram; `false` when the system refuses it. One that finds the socket's buffer full is lost, as it might be anywhere on its way.
    func send(_ bytes: [UInt8], to remote: TransportAddress) -> Bool {
        guard channel.isActive, let target = try? remote.socketAddress else { return false }
        let sent = unsafe target.withSockAddr { address, size in
            unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), address, socklen_t(size))
        }
        return sent >= 0 || errno == EAGAIN || errno == ENOBUFS || errno == EINTR
    }
}
