import Foundation
import Glibc

/// baresip as a caller: `aufile` is what it says, `sndfile` keeps what it hears, and `ctrl_tcp` drives it (netstrings with JSON inside).
final class Baresip {
    let program: Program
    private let directory: URL
    private let control: Int32

    /// How baresip differs from the plain guest that it is otherwise.
    struct Setup {
        /// Its name among several.
        var name = "baresip"
        /// Lines of its configuration, such as further modules.
        var lines: [String] = []
        /// Its account; `nil` calls as a guest without registering.
        var account: String?
        /// The codecs it offers, the best first; those beside G.711 need a line for their module.
        var codecs = "pcmu,pcma"
    }

    /// Starts baresip on loopback. `speech` is the sound file that it says.
    init(speech: URL, in site: URL, _ setup: Setup = Setup()) throws {
        directory = site.appendingPathComponent(setup.name)
        try FileManager.default.createDirectory(at: directory.appendingPathComponent("heard"), withIntermediateDirectories: true)
        let (sipPort, controlPort) = (try Sipp.freePort(), try Sipp.freePort())
        let rtpPort = Int.random(in: 100...140) * 200
        try """
        module_path /usr/lib/baresip/modules
        module g711.so
        module aufile.so
        module aubridge.so
        module sndfile.so
        module_tmp uuid.so
        module_tmp account.so
        module_app menu.so
        module_app ctrl_tcp.so
        sip_listen 127.0.0.1:\(sipPort)
        net_interface 127.0.0.1
        audio_source aufile,\(speech.path)
        audio_player aubridge,heard
        audio_alert aubridge,alert
        ctrl_tcp_listen 127.0.0.1:\(controlPort)
        snd_path \(directory.path)/heard
        rtp_ports \(rtpPort)-\(rtpPort + 100)
        \(setup.lines.joined(separator: "\n"))
        """.write(to: directory.appendingPathComponent("config"), atomically: true, encoding: .utf8)
        let account = setup.account ?? "<sip:baresip@127.0.0.1:\(sipPort)>;regint=0"
        try "\(account);audio_codecs=\(setup.codecs)\n".write(
            to: directory.appendingPathComponent("accounts"), atomically: true, encoding: .utf8)
        program = try Program("/usr/bin/baresip", ["-f", directory.path], in: site, environment: ["TERM": "dumb"])
        try program.wait(for: "baresip is ready")
        control = try Baresip.connect(controlPort)
    }

    deinit { close(control) }

    /// Sends a command, such as `dial` or `hangup`.
    func command(_ name: String, _ parameters: String = "") {
        let json = "{\"command\":\"\(name)\",\"params\":\"\(parameters)\"}"
        let netstring = Array("\(json.utf8.count):\(json),".utf8)
        _ = write(control, netstring, netstring.count)
    }

    /// The recording of what was heard, once the call is over.
    func heard() throws -> URL {
        let folder = directory.appendingPathComponent("heard")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        guard let file = files.first(where: { $0.lastPathComponent.hasSuffix("-dec.wav") }) else {
            throw Unexpected("baresip heard nothing; it printed:\n\(program.output)")
        }
        return file
    }

    private static func connect(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Unexpected("baresip's control port \(port) does not answer") }
        return descriptor
    }
}
