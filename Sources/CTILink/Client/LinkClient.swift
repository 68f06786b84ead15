public import CTI
import Kernel
public import Logging
public import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL
import NIOWebSocket

/// An application's way to a CTIManager: it keeps a connection to the first server that answers, and goes to the next one when that fails.
///
/// It does not go back by itself when an earlier server returns: only when the one that it has fails. Whoever uses it opens its provider and devices at
/// each `connected`, and holds all its calls for lost at each `lost`. Confined to its event loop; hence `@unchecked`.
public final class LinkClient: @unchecked Sendable {
    /// What happens. Called on the loop.
    public enum Event: Sendable {
        /// A server is reached: the provider may be opened.
        case connected
        /// A server said something.
        case message(LinkMessage)
        /// The connection is gone, with all that was open; another one is being made.
        case lost
    }

    /// The interval of heartbeats, unless the application asks for one; a server that says nothing for two of them has failed.
    public static let heartbeat = Duration.seconds(10)
    /// The wait between two rounds of attempts.
    public static let retry = Duration.seconds(1)

    let eventLoop: any EventLoop
    let logger: Logger
    let tls: NIOSSLContext?
    private let servers: [LinkAddress]
    private let receive: (Event) -> Void
    private var current = 0
    private var connection: LinkConnection?
    private var isClosed = false

    /// Makes a client; `start` connects it.
    ///
    /// - Parameters:
    ///   - servers: The primary CTIManager, then its backups.
    ///   - tls: Whom to trust, for servers that are reached with TLS.
    public init(
        eventLoop: any EventLoop, servers: [LinkAddress], tls: NIOSSLContext? = nil, logger: Logger, receive: @escaping (Event) -> Void
    ) {
        self.tls = tls
        self.eventLoop = eventLoop
        self.servers = servers
        self.logger = logger
        self.receive = receive
    }

    /// Connects, now and whenever the connection is lost. On the loop.
    public func start() { connect() }

    /// Sends a request; without a connection it is dropped, and `lost` said so. On the loop.
    public func send(_ id: RequestID, _ request: ProviderRequest) { connection?.send(id, request) }

    /// Ends the connection for good. On the loop.
    public func close() {
        isClosed = true
        connection?.close()
    }

    private func connect() {
        guard !isClosed else { return }
        let server = servers[current]
        let connection = LinkConnection(self)
        connection.open(server).whenComplete { result in
            switch result {
            case .success where self.isClosed:
                connection.close()
            case .success:
                self.logger.notice("the CTI link to \(server) is up")
                self.connection = connection
                self.receive(.connected)
            case .failure(let error):
                self.logger.warning("there is no CTI link to \(server): \(error)")
                self.tryNext()
            }
        }
    }

    private func tryNext() {
        current = (current + 1) % servers.count
        // After a whole round without success there is time to breathe.
        eventLoop.scheduleTask(in: current == 0 ? TimeAmount(LinkClient.retry) : .zero) { self.connect() }
    }

    func heard(_ message: LinkMessage) { receive(.message(message)) }

    func lost(_ connection: LinkConnection) {
        guard self.connection === connection else { return }
        self.connection = nil
        guard !isClosed else { return }
        logger.warning("the CTI link to \(servers[current]) is lost")
        receive(.lost)
        tryNext()
    }
}
