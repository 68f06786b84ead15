import Audio
import CCensus
import CLoad
import Kernel
import Measuring
import SDP

/// Measures one media thread on real loopback sockets: the engine on core 0, the peers of its calls on core 1.
///
/// Every call plays a prompt without end and is sent a packet every 20 ms. `media-bench COUNT...` chooses the loads.
@main
struct MediaBench {
    static func main() throws {
        let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        load_pin(0)
        var (send, receive) = (0.0, 0.0)
        unsafe load_bare_costs(172, &send, &receive)
        print("A bare sendto of a packet costs \(figure(send / 1000, 2)) µs of CPU here, a bare recvfrom \(figure(receive / 1000, 2)) µs.")
        print(barePacing(calls: 2500, seconds: 8))
        print("Each call is sent and receives 50 packets a second. Times are CPU of the media thread; a pair is one packet out and one in.")
        print(
            "Gaps are between packets of a call, by the kernel's receive time at the peer. Own gaps are without the time that the machine")
        print("withheld the engine's core, as seen by a thread of the highest priority that asks for it every ms.\n")
        print(
            row([
                "calls", "of a core", "user+system", "µs a pair", "CPU s a minute of 1000", "gap p50", "p99", "p99.9", "max ms",
                "own p99.9", "max ms", "lost",
            ]))
        for count in counts.isEmpty ? [500, 1000, 2000, 2500] : counts {
            let outcome = try Run(calls: count).measure(seconds: 8)
            print(outcome.row)
            if count == 2500 { print(outcome.verdict) }
        }
        print("\nOpus (RTP clock 48 kHz; the prompt is encoded once for all), wanted: 1500 calls:")
        let opus = try Run(calls: 1500, codec: .opus).measure(seconds: 8)
        print(opus.row)
        print(opus.verdict)
        try compareSRTP()
        try takeCensus()
    }

    /// What SRTP costs beside plain RTP, in turns so that both have the same machine.
    private static func compareSRTP() throws {
        print("\nSRTP, 1000 calls:")
        let plain = try Run(calls: 1000).measure(seconds: 8).pair
        print("  plain RTP                 \(figure(plain * 1e6, 2)) µs a pair")
        for suite in [SRTPSuite.aesGCM128, .aesCM128SHA1Tag80] {
            let pair = try Run(calls: 1000, suite: suite).measure(seconds: 8).pair
            let more = figure((pair / plain - 1) * 100, 0)
            let name = suite.rawValue + String(repeating: " ", count: max(0, 26 - suite.rawValue.count))
            print("  \(name)\(figure(pair * 1e6, 2)) µs a pair, \(more) % more (wanted: at most 60 %)")
        }
    }

    /// What the media thread does beside its packets, counted by standing in front of the C library and of Swift's runtime.
    private static func takeCensus() throws {
        print("\nThe path of a packet:")
        let runs: [(Int, Work, SRTPSuite?)] = [
            (1000, .playing, nil), (1000, .playing, .aesGCM128), (1000, .bridged, nil), (1000, .listening, nil), (200, .recorded, nil),
        ]
        for (calls, work, suite) in runs {
            let outcome = try Run(calls: calls, suite: suite, work: work, takesCensus: true).measure(seconds: 4)
            let counts = outcome.census
            let name = "\(calls) calls, \(work.rawValue)\(suite.map { ", \($0.rawValue)" } ?? "")"
            print(
                "  \(name): \(outcome.sent + outcome.received) packets, \(counts.allocations) allocations, \(counts.frees) frees, "
                    + "\(counts.references) references counted, \(counts.locks) locks")
        }
    }
}
