import Audio
import Foundation
import Impairment
import Stores
import Testing

/// The built server behind a bad network, which a seed decides.
@Suite(.serialized, .realPrograms)
struct ImpairedCalls {
    static let fiftyKeys = """
        flow: Number
        lines: [5000]
        language: en-US
        steps:
          first:
            - answer
            - collect: { into: number, prompt: main-menu, digits: 25, failed: away }
            - collect: { into: another, digits: 25, failed: away }
            - go: away
          away:
            - hangup
        """

    @Test("of fifty keys none is lost and none is doubled by 10 % loss, duplicates, reordering and jitter each way")
    func keys() throws {
        let site = try Site(flow: ImpairedCalls.fiftyKeys)
        let path = ImpairedPath(loss: 0.1, duplication: 0.1, reordering: 0.1, jitter: 15)
        let relay = try ImpairmentRelay(to: site.port, there: path, back: path, seed: 50)
        let media = try RTPPeer()
        defer {
            relay.stop()
            media.stop()
        }
        let caller = try Sipp(
            "caller-is-sent-away", service: "5000", remote: relay.port, local: try Sipp.freePort(),
            keys: ["rtp_port": "\(media.port)", "caller": "+493023125010"], in: site.directory)
        try site.explaining(caller.program) { try media.wait("the prompt", within: 15) { $0.packets >= 25 } }
        media.send(to: try #require(media.sources.first))
        let keys = "11223344556677889900" + "121212" + "0000000000" + "98765432109876"
        for key in keys.utf8 { media.press(key - UInt8(ascii: "0"), pause: 3) }
        try caller.expectSuccess()
        let pressed = try site.record().events.filter { $0.what == .pressed }.map(\.text).joined()
        #expect(pressed == keys)
        let tally = relay.there
        #expect(tally.lost > tally.came / 20 && tally.doubled > tally.came / 20, "\(tally)")
    }

    @Test("through 5 % loss and jitter the prompt arrives without holes, and the call's record tells what was lost")
    func prompt() throws {
        let site = try Site()
        let path = ImpairedPath(loss: 0.05, reordering: 0.05, jitter: 20)
        let relay = try ImpairmentRelay(to: site.port, there: path, back: path, seed: 3)
        defer { relay.stop() }
        let speech = try SecureCalls.speech(in: site)
        let caller = try Program(
            Site.binary,
            [
                "call", "5000", "--from", "03023125010", "--play", speech.path, "--record", "heard.wav", "--hang-up-after", "5s",
                "--transcript", "--server", "127.0.0.1:\(relay.port)",
            ], in: site.directory)
        try site.explaining(caller) {
            let code = try caller.exitCode()
            #expect(code == 0)
        }
        let heard = try Sound.read(path: site.directory.appendingPathComponent("heard.wav").path).resampled(to: 8000).samples
        let prompt = try samplePrompt("main-menu")
        let likeness = likeness(of: prompt, in: heard)
        #expect(likeness > 0.7, "the recording is like the prompt by \(likeness)")
        let holes = holes(of: prompt, in: heard)
        #expect(holes.loud > 60 && holes.silent <= 1, "\(holes.silent) of \(holes.loud) frames of the prompt were not heard")
        #expect(relay.back.lost >= 5, "\(relay.back)")

        let audio = try #require(try site.record().media)
        let there = relay.there
        // The last of them are not missed, since nothing came after them.
        #expect((there.lost - 3...there.lost).contains(Int(audio.lost)), "the record says \(audio), the relay \(there)")
        #expect(there.lost >= 5)
        #expect((there.came - there.lost - 3...there.came - there.lost).contains(Int(audio.received)), "\(audio), \(there)")
        // RFC 3550 section 6.4.1 smooths the difference of two delays, a third of what the jitter may be at most, and more for those overtaken.
        #expect((3...20).contains(audio.jitter), "\(audio)")
    }
}
