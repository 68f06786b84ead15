import Foundation
import Stores
import Testing

/// The built server with linphonec as the caller.
@Suite(.serialized, .realPrograms)
struct LinphoneCalls {
    /// A kind of call.
    struct Kind: CustomTestStringConvertible {
        var setup = Linphone.Setup()
        /// What the agent's phone wants of encryption. Without an agent the call is ended by the server.
        var agent: String? = "none"
        /// The payload types that may carry the prompt.
        var types = 96...127

        var testDescription: String {
            "\(setup.codec.name), encryption \(setup.encryption), keys as \(setup.keys), \(setup.tlsPort == nil ? "UDP" : "TLS")"
        }

        static let opus = (name: "opus", rate: 48_000, channels: 2)
        static let all = [
            Kind(setup: Linphone.Setup(codec: opus, keys: .messages)),
            Kind(setup: Linphone.Setup(codec: ("G722", 8000, 1), keys: .events), types: 9...9),
            Kind(
                setup: Linphone.Setup(codec: ("PCMU", 8000, 1), encryption: "srtp", keys: .messages, tlsPort: 0), agent: "required",
                types: 0...0),
            // linphonec keeps its first handshake for the length of a call, and would hear nothing of an agent.
            Kind(setup: Linphone.Setup(codec: opus, encryption: "dtls", keys: .events, tlsPort: 0), agent: nil),
        ]
    }

    private func begin(_ kind: Kind, _ site: Site) throws -> Linphone {
        var setup = kind.setup
        if setup.tlsPort != nil { setup.tlsPort = site.tlsPort }
        let caller = try Linphone(setup, speech: try SecureCalls.speech(in: site), in: site.directory)
        try site.explaining(caller.program) {
            if setup.tlsPort != nil { try site.server.wait(for: "phone desk-2000 is registered", within: 15) }
            let place = setup.tlsPort.map { "localhost:\($0);transport=tls" } ?? "127.0.0.1:\(site.port)"
            caller.type("call sip:5000@\(place)")
            try caller.program.wait(for: "Media streams established", within: 15)
        }
        return caller
    }

    @Test(
        "linphonec calls 5000, hears the prompt, and its key leads to the agent or the end; nothing is plain that is to be secret",
        arguments: Kind.all
    )
    func reachesTheAgent(kind: Kind) throws {
        let site = try Site(tls: "") { $0.replacingOccurrences(of: "codecs: [PCMU, PCMA]", with: "codecs: [opus, G722, PCMU, PCMA]") }
        let wire = try Wire(in: site.directory, ports: site.mediaPorts)
        let agent = try kind.agent.map { try site.phone("2001", srtp: $0) }
        let caller = try begin(kind, site)
        try site.explaining(caller.program) {
            try caller.hear(seconds: 3)
            caller.type("1")
            try site.server.wait(for: "redirecting to 2001")
            guard let agent else { return try caller.program.wait(for: "ended") }
            try site.server.wait(for: "redirected")
            try agent.wait(for: "hears audio from")
            caller.type("terminate")
            let code = try agent.exitCode()
            #expect(code == 0)
        }
        let heard = try caller.heard()
        wire.stop()
        let prompt = try samplePrompt("main-menu")
        let likeness = likeness(of: prompt, in: heard)
        #expect(likeness > 0.8, "the recording is like the prompt by \(likeness)")
        // The stream of the prompt; where linphonec has IPv6 and the agent has not, there are two more of the mixer.
        let all = try wire.packets(fromServer: true)
        let packets = all.filter { $0.stream == all.first?.stream }
        #expect(packets.count > 50)
        #expect(packets.allSatisfy { kind.types.contains($0.payloadType) }, "payload types \(Set(packets.map(\.payloadType)))")
        if kind.types == 0...0 {
            #expect(packets.allSatisfy { $0.payload.count > 160 }, "lengths on the wire: \(Set(packets.map(\.payload.count)).sorted())")
        }
    }

    @Test("keys that linphonec sends as RFC 4733 events and in INFO at once are each heard once")
    func keysTwice() throws {
        let site = try Site(
            flow: """
                flow: Number
                lines: [5000]
                language: en-US
                steps:
                  ask:
                    - answer
                    - collect: { into: number, prompt: main-menu, digits: 4, failed: away }
                    - go: away
                  away:
                    - hangup
                """)
        let caller = try begin(Kind(setup: Linphone.Setup(keys: .both)), site)
        try site.explaining(caller.program) {
            for key in ["1", "1", "2", "1"] {
                caller.type(key)
                // linphonec sends a key for 100 ms and does not queue the next.
                _ = poll(nil, 0, 400)
            }
            try caller.program.wait(for: "ended", within: 15)
        }
        let pressed = try site.record().events.filter { $0.what == .pressed }.map(\.text).joined()
        #expect(pressed == "1121")
    }
}
