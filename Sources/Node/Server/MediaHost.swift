import Kernel
import MediaEngine
import NIOCore

/// The media engine of a process, for the attendant and for the mixer: each hears of everything, and knows its own sessions.
///
/// What changes does so on the signalling loop alone; hence `@unchecked`.
final class MediaHost: @unchecked Sendable {
    let engine: MediaEngine
    private let audience: Audience

    private final class Audience: @unchecked Sendable {
        var listeners: [(MediaEvent) -> Void] = []
    }

    /// - Throws: When the media threads cannot be started.
    init(_ site: Site, _ loop: SignallingLoop) throws {
        var configuration = MediaEngine.Configuration()
        configuration.ports = site.media.ports
        configuration.threads = site.media.threads
        configuration.silence = site.media.silence
        let audience = Audience()
        self.audience = audience
        engine = try MediaEngine(configuration) { event in
            loop.eventLoop.execute { for listener in audience.listeners { listener(event) } }
        }
    }

    /// Adds somebody who is told of media events, on the loop.
    func listen(_ listener: @escaping (MediaEvent) -> Void) { audience.listeners.append(listener) }
}
