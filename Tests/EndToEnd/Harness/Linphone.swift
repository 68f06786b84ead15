import Audio
import Foundation

/// linphonec as a caller: it says a sound file, keeps what it hears, and does what is typed.
final class Linphone {
    let program: Program
    private let keyboard = Pipe()
    private var recording: URL
    /// Samples a second of its recording. G.722 names half of its own rate (RFC 3551 section 4.5.2).
    private let rate: Int

    /// How it sends keys.
    enum Keys: String {
        case events
        case messages
        case both
    }

    /// What it offers, and how it comes.
    struct Setup {
        /// The codec that it likes best, with its clock and channels as in an `a=rtpmap`.
        var codec = (name: "PCMU", rate: 8000, channels: 1)
        /// `none`, `srtp` (keys in the signalling) or `dtls`.
        var encryption = "none"
        var keys = Keys.events
        /// The TLS port of the server at which it registers as 2000; `nil` calls as a guest over UDP.
        var tlsPort: UInt16?
    }

    /// Starts linphonec on loopback. `speech` is the sound file that it says.
    init(_ setup: Setup, speech: URL, in site: URL) throws {
        let directory = site.appendingPathComponent("linphone")
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent(".local/share/linphone"), withIntermediateDirectories: true)
        rate = setup.codec.name == "G722" ? 16_000 : setup.codec.rate
        recording = directory.appendingPathComponent("heard.wav")
        let settings = try Linphone.settings(setup, authority: site.appendingPathComponent("authority.pem"))
        try settings.write(to: directory.appendingPathComponent("settings"), atomically: true, encoding: .utf8)
        program = try Program(
            "/usr/bin/linphonec", ["-c", directory.appendingPathComponent("settings").path], in: directory,
            environment: ["HOME": directory.path, "TERM": "dumb"], keyboard: keyboard)
        try program.wait(for: "linphonec>")
        type("soundcard use files")
        try program.wait(for: "Using wav files")
        type("record \(recording.path)")
        type("play \(speech.path)")
    }

    private static func settings(_ setup: Setup, authority: URL) throws -> String {
        var parts = [
            """
            [sip]
            sip_port=\(setup.tlsPort == nil ? Int(try Sipp.freePort()) : -1)
            sip_tcp_port=-1
            sip_tls_port=-1
            use_info=\(setup.keys == .events ? 0 : 1)
            use_rfc2833=\(setup.keys == .messages ? 0 : 1)
            guess_hostname=0
            ipv6=0
            auto_net_state_mon=0
            register_only_when_network_is_up=0
            media_encryption=\(setup.encryption)
            root_ca=\(authority.path)
            [rtp]
            audio_rtp_port=\(Int.random(in: 145...149) * 200 + Int.random(in: 0...99) * 2)
            [audio_codec_0]
            mime=\(setup.codec.name)
            rate=\(setup.codec.rate)
            channels=\(setup.codec.channels)
            enabled=1
            """
        ]
        if setup.codec.name != "opus" { parts.append("[audio_codec_1]\nmime=opus\nrate=48000\nchannels=2\nenabled=0") }
        if let port = setup.tlsPort {
            // Its TLS library checks names in certificates, not addresses.
            parts.append(
                """
                [proxy_0]
                reg_proxy=<sip:localhost:\(port);transport=tls>
                reg_identity=<sip:2000@127.0.0.1>
                reg_expires=60
                reg_sendregister=1
                [auth_info_0]
                username=2000
                passwd=secret-2000
                realm=test.local
                """)
        }
        return parts.joined(separator: "\n") + "\n"
    }

    /// Types a line, such as `call sip:5000@…`, a key, or `terminate`.
    func type(_ line: String) {
        guard program.isRunning else { return }
        try? keyboard.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// Waits until it has heard so much: its recording has the codec's rate.
    func hear(seconds: Double) throws {
        let deadline = Date(timeIntervalSinceNow: seconds + 10)
        while (try? recording.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0 < Int(seconds * 2 * Double(rate)) {
            guard Date() < deadline else { throw Unexpected("linphonec has not heard \(seconds) s of anything") }
            recording.removeAllCachedResourceValues()
            _ = poll(nil, 0, 5)
        }
    }

    /// Ends it and gives what it heard, at 8000 samples a second. The file's header has the rate of its latest codec; what counts is that of the first.
    func heard() throws -> [Int16] {
        type("quit")
        _ = try program.exitCode(within: 10)
        guard let sound = try? Sound.read(path: recording.path) else {
            throw Unexpected("linphonec heard nothing; it printed:\n\(program.output)")
        }
        return try Sound(samples: sound.samples, rate: rate).resampled(to: 8000).samples
    }
}
