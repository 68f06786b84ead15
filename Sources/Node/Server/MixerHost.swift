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
    private let zip: Clip
    private var ports: [LegID: Port] = [:]
    private var legs: [MediaSessionID: LegID] = [:]
    private var bridges: [CallID: Bridge] = [:]
    /// The calls of sessions that are about to tell what they measured.
    private var closing: [MediaSessionID: CallID] = [:]

    private struct Port {
        let call: CallID
        let session: MediaSessionID
        var role: MixerRole
        /// Whether somebody is there who wants music and tones, and no application.
        let hasPerson: Bool
        var hasMusic = false
        var isConnected = false
        var keys = KeyDeduplicator(window: KeyDeduplicator.besideSignalling)
    }

    private struct Bridge {
        let id: BridgeID
        /// Those who have a port.
        var legs: [LegID] = []
    }

    init(
        _ media: MediaHost, _ loop: SignallingLoop, recordings: URL, music: Clip?, logger: Logger,
        localAddress: @escaping (IPAddress?) -> IPAddress?
    ) throws {
        self.media = media
        self.loop = loop
        self.logger = logger
        self.music = music
        zip = try Clip(Tone.zip)
        self.localAddress = localAddress
        self.recordings = Recordings(recordings)
        media.listen { [weak self] event in self?.receive(event) }
    }

    func receive(_ command: MixerCommand) {
        switch command {
        case .open(let leg, let call, let role, let peer, let hasPerson): open(leg, call, role, peer, hasPerson)
        case .connect(let leg, let audio): connect(leg, audio)
        case .change(let leg, let role):
            ports[leg]?.role = role
            takePart(leg)
        case .key(let leg, let key, let others): passOn(key, .message, of: leg) { others.contains($0) }
        case .close(let leg): close(leg)
        case .record(let call): record(call)
        case .pause(let call, let isPaused): tell(call, isPaused ? .pauseRecording : .resumeRecording)
        case .stopRecording(let call): tell(call, .stopRecording)
        }
    }

    private func open(_ leg: LegID, _ call: CallID, _ role: MixerRole, _ peer: IPAddress?, _ hasPerson: Bool) {
        let neighbour = (bridges[call]?.legs.first).flatMap { ports[$0]?.session }
        do throws(MediaFailure) {
            guard let address = localAddress(peer) else { throw .noLocalAddress(toReach: peer) }
            let opened = try media.engine.open(family: address.isV6 ? .v6 : .v4, beside: neighbour)
            do throws(MediaFailure) {
                if bridges[call] == nil { bridges[call] = Bridge(id: try media.engine.makeBridge(beside: opened.id)) }
            } catch {
                media.engine.command(opened.id, .close)
                throw error
            }
            bridges[call]?.legs.append(leg)
            ports[leg] = Port(call: call, session: opened.id, role: role, hasPerson: hasPerson)
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

    /// The device of a listener answered by itself, so that whoever is there learns by the zip tone that the line is open.
    private func connect(_ leg: LegID, _ audio: NegotiatedAudio) {
        tell(leg, .connect(audio))
        guard let port = ports[leg], !port.isConnected else { return }
        ports[leg]?.isConnected = true
        if port.role == .listener, port.hasPerson { tell(leg, .play(PlayID(1), [zip])) }
    }

    /// Lets a leg hear and be heard as its role says.
    private func takePart(_ leg: LegID) {
        guard let port = ports[leg], let bridge = bridges[port.call] else { return }
        switch port.role {
        case .talker: media.engine.command(port.session, .join(bridge.id, as: .talker))
        case .listener: media.engine.command(port.session, .join(bridge.id, as: .listener))
        case .away, .waiting: media.engine.command(port.session, .leave)
        }
        playMusic(in: port.call)
    }

    /// Gives music to whoever waits, and to those whom somebody holds: the engine plays it while nobody else is to be heard.
    private func playMusic(in call: CallID) {
        let legs = bridges[call]?.legs ?? []
        let isHeld = legs.contains { ports[$0]?.role == .away }
        for leg in legs {
            guard let port = ports[leg] else { continue }
            let hasMusic = port.hasPerson && (port.role == .waiting || port.role == .talker && isHeld)
            guard hasMusic != port.hasMusic else { continue }
            ports[leg]?.hasMusic = hasMusic
            media.engine.command(port.session, .music(hasMusic ? music : nil))
        }
    }

    private func close(_ leg: LegID) {
        guard let port = ports.removeValue(forKey: leg) else { return }
        legs[port.session] = nil
        closing[port.session] = port.call
        media.engine.command(port.session, .close)
        bridges[port.call]?.legs.removeAll { $0 == leg }
        playMusic(in: port.call)
        guard let bridge = bridges[port.call], bridge.legs.isEmpty else { return }
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
        case .closed(let session, let statistics): if let call = closing.removeValue(forKey: session) { tell(statistics, of: call) }
        case .bridgeRecorded(_, let path, .success(let length)): logger.info("recorded \(path), \(length)")
        case .bridgeRecorded(_, _, .failure(let failure)): logger.error("the recording ended early: \(failure)")
        case .key(let session, let key): if let leg = legs[session] { passOn(key, .event, of: leg) { _ in true } }
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

    /// Notes how well a party was heard, and heard us.
    private func tell(_ statistics: MediaStatistics, of call: CallID) {
        guard statistics.received > 0 else { return }
        var parts = ["\(statistics.received) packets heard, \(statistics.lost) lost", "jitter \(tenths(statistics.jitterMilliseconds)) ms"]
        if let roundTrip = statistics.roundTripMilliseconds { parts.append("round trip \(tenths(roundTrip)) ms") }
        if let score = statistics.meanOpinionScore { parts.append("mean opinion score \(tenths(score)) (estimated)") }
        if let there = statistics.atPeer { parts.append("\(there.lost) of ours lost, jitter \(tenths(there.jitterMilliseconds)) ms there") }
        logger.info("call \(call.rawValue): a party left the mixer: \(parts.joined(separator: ", "))")
    }

    private func tenths(_ value: Double) -> String { String(format: "%.1f", value) }

    /// Keys are not part of what is mixed: the other talkers of the call are sent events of their own.
    private func passOn(_ key: DTMFKey, _ way: KeyDeduplicator.Source, of leg: LegID, to takes: (LegID) -> Bool) {
        guard let port = ports[leg], port.role == .talker, ports[leg]?.keys.isNew(key, from: way, at: loop.now) == true else { return }
        for other in bridges[port.call]?.legs ?? [] where other != leg && ports[other]?.role == .talker && takes(other) {
            tell(other, .sendKeys([key]))
        }
    }

    private func tell(_ leg: LegID, _ command: MediaCommand) {
        if let port = ports[leg] { media.engine.command(port.session, command) }
    }

    private func tell(_ call: CallID, _ command: BridgeCommand) {
        if let bridge = bridges[call] { media.engine.command(bridge.id, command) }
    }
}
