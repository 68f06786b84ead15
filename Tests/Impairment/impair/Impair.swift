import ArgumentParser
import Foundation
import Impairment

/// A bad network between a phone and a server on this machine, for trying by hand.
@main
struct Impair: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Relays a call and loses, doubles, delays and reorders its audio as a seed says, both ways.",
        discussion: "Call the relay instead of the server: frontdesk call 5000 --server 127.0.0.1:5070. Ends with Ctrl-C.")

    @Option(help: "The UDP port of the server on 127.0.0.1.") var server: UInt16 = 5060
    @Option(help: "The UDP port to call on 127.0.0.1.") var listen: UInt16 = 5070
    @Option(help: "The part of packets that is lost, 0 to 1.") var loss = 0.0
    @Option(help: "The part of packets that is doubled, 0 to 1.") var duplication = 0.0
    @Option(help: "The part of packets that others overtake, 0 to 1.") var reordering = 0.0
    @Option(help: "The most that a packet is delayed by chance, in milliseconds.") var jitter = 0.0
    @Option(help: "How much faster the sender's clock runs, in parts per million.") var drift = 0.0
    @Option(help: "What every packet takes, in milliseconds.") var delay = 0.0
    @Option(help: "The same seed decides the same for each packet.") var seed: UInt64 = 1

    func run() throws {
        let path = ImpairedPath(
            loss: loss, duplication: duplication, reordering: reordering, jitter: jitter, drift: drift, delay: delay)
        let relay = try ImpairmentRelay(to: server, port: listen, there: path, back: path, seed: seed)
        print("127.0.0.1:\(relay.port) leads to 127.0.0.1:\(server), seed \(seed)")
        while true {
            Thread.sleep(forTimeInterval: 5)
            for (name, tally) in [("to the server", relay.there), ("to the phone", relay.back)] {
                print("\(name): \(tally.came) packets, \(tally.lost) lost, \(tally.doubled) doubled")
            }
        }
    }
}
