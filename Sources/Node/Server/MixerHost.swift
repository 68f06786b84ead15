import Attendant
import Audio
import CallControl
import Foundation
import Kernel
import Logging
import MediaEngine
import NIOCore
import RTP
import SDP
import Switchboard

/// The mixer: the ports of legs that confer, are monitored or recorded, as sessions of the media engine in one bridge a call.
///
/// Confined to the signalling loop; hence `@unchecked`.
final class MixerHost: @unchecked Sendable {
    private let media: MediaHost
    private let loop: SignallingLoop
    private let logger: Logger
    private let localAddress: (IPAddress?) -> IPAddress?
    private let recordings: Recordings
    private let music: Clip?
    private var ports: [LegID: Port] = [:]
    private var legs: [MediaSessionID: LegID] = [:]
    private var bridges: [CallID: Bridge] = [:]

    private struct Port {
        let call: CallID
        let session: MediaSessionID
        var role: MixerRole
        var keys = KeyDeduplicator(window: KeyDeduplicator.besideSignalling)
    }

    private struct Bridge {
        let id: BridgeID
        var ports = 0
    }

    init(
        _ media: MediaHost, _ loop: SignallingLoop, recordings: URL, music: Clip?, logger: Logger,
        localAddress: @escaping (IPAddress?) -> IPAddress?
    ) {
        self.media = media
        self.loop = loop
        self.logger = logger
        self.music = music
        self.localAddress = localAddress
        self.recordings = Recordings(recordings)
        media.listen { [weak self] event in self?.receive(event) }
    }

    func receive(_ command: MixerCommand) {
        switch command {
        case .open(let leg, let call, let role, let peer): open(leg, call, role, peer)
        case .connect(let leg, let audio): tell(leg, .connect(audio))
        case .change(let leg, let role):
            ports[leg]?.role = role
            takePart(leg)
        case .key(let leg, let key): passOn(key, .message, of: leg)
        case .close(let leg): close(leg)
        case .record(let call): record(call)
        case .pause(let call, let isPaused): tell(call, isPaused ? .pauseRecording : .resumeRecording)
        case .stopRecording(let call): tell(call, .stopRecording)
        }
    }

    private func open(_ leg: LegID, _ call: CallID, _ role: MixerRole, _ peer: IPAddress?) {
        let neighbour = ports.first { $0.value.call == call }?.value.session
        do throws(MediaFailure) {
            guard let address = localAddress(peer) else { throw .noLocalAddress(toReach: peer) }
            let opened = try media.engine.open(family: address.isV6 ? .v6 : .v4, beside: neighbour)
            do throws(MediaFailure) {
                if bridges[call] == nil { bridges[call] = Bridge(id: try media.engine.makeBridge(beside: opened.id)) }
            } catch {
                media.engine.command(opened.id, .close)
                throw error
            }
            bridges[call]?.ports += 1
            ports[leg] = Port(call: call, session: opened.id, role: role)
            legs[opened.id] = leg
            media.engine.command(opened.id, .evenOut(true))
            takePart(leg)
            var generator = SystemRandomNumberGenerator()
            let port = MixerPort(
                address: TransportAddress(ip: address, port: opened.local.port), keys: SRTPKey.oneEach(using: &generator))
            loop.receive(.mixer(.opened(leg, port)))
        } catch {
            logger.error("no place in a conference: \(error)")
            loop.receive(.mixer(.failed(leg)))
        }
    }

    /// Lets a leg hear and be heard as its role says; one that is held hears music.
    private func takePart(_ leg: LegID) {
        guard let port = ports[leg], let bridge = bridges[port.call] else { return }
        switch port.role {
        case .talker: media.engine.command(port.session, .join(bridge.id, as: .talker))
        case .listener: media.engine.command(port.session, .join(bridge.id, as: .listener))
        case .away: media.engine.command(port.session, .leave)
        }
        media.engine.command(port.session, .music(port.role == .away ? music : nil))
    }

    private func close(_ leg: LegID) {
        guard let port = ports.removeValue(forKey: leg) else { return }
        legs[port.session] = nil
        media.engine.command(port.session, .close)
        bridges[port.call]?.ports -= 1
        guard let bridge = bridges[port.call], bridge.ports == 0 else { return }
        bridges[port.call] = nil
        media.engine.command(bridge.id, .close)
    }

    private func record(_ call: CallID) {
        let recordings = recordings
        Task {
            let result = recordings.begin(call)
            loop.eventLoop.execute { [self] in
                switch result {
                case .success(let file):
                    guard let bridge = bridges[call] else { return }
                    media.engine.command(bridge.id, .record(path: file.path))
                    loop.receive(.mixer(.recording(call, file: URL(fileURLWithPath: file.path).lastPathComponent)))
                case .failure(let failure):
                    logger.error("call \(call.rawValue) is not recorded: \(failure)")
                    loop.receive(.mixer(.recordingFailed(call, reason: "\(failure)")))
                }
            }
        }
    }

    private func receive(_ event: MediaEvent) {
        switch event {
        case .bridgeRecorded(_, let path, .success(let length)): logger.info("recorded \(path), \(length)")
        case .bridgeRecorded(_, _, .failure(let failure)): logger.error("the recording ended early: \(failure)")
        case .key(let session, let key): if let leg = legs[session] { passOn(key, .event, of: leg) }
        case .silent(let session, let duration):
            guard let leg = legs[session], let port = ports[leg] else { return }
            logger.notice("call \(port.call.rawValue): no audio from a party for \(duration)")
            loop.receive(.mixer(.silent(leg)))
        case .notSecured(let session, let failure):
            guard let port = legs[session].flatMap({ ports[$0] }) else { return }
            logger.notice("call \(port.call.rawValue): no keys for a party's audio: \(failure)")
        default: break
        }
    }

    /// Keys are not part of what is mixed: the other talkers of the call are sent events of their own.
    private func passOn(_ key: DTMFKey, _ way: KeyDeduplicator.Source, of leg: LegID) {
        guard let port = ports[leg], port.role == .talker, ports[leg]?.keys.isNew(key, from: way, at: loop.now) == true else { return }
        for other in ports.values where other.call == port.call && other.session != port.session && other.role == .talker {
            media.engine.command(other.session, .sendKeys([key]))
        }
    }

    private func tell(_ leg: LegID, _ command: MediaCommand) {
        if let port = ports[leg] { media.engine.command(port.session, command) }
    }

    private func tell(_ call: CallID, _ command: BridgeCommand) {
        if let bridge = bridges[call] { media.engine.command(bridge.id, command) }
    }
}
