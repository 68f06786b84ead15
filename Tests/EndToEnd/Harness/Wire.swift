import Audio
import Foundation

/// What goes over loopback between some UDP ports: dumpcap looks, and tshark dissects it afterwards.
struct Wire {
    private let file: URL
    private let capture: Program
    private let directory: URL
    private let ports: ClosedRange<Int>

    /// An RTP packet as tshark reads it.
    struct Packet {
        /// Seconds since the first packet.
        let at: Double
        let source: Int
        let target: Int
        let payloadType: Int
        let sequence: Int
        let timestamp: Int
        let stream: String
        let isMarked: Bool
        let payload: [UInt8]
    }

    /// Begins to look.
    init(in directory: URL, ports: ClosedRange<Int>) throws {
        self.directory = directory
        self.ports = ports
        file = directory.appendingPathComponent("wire.pcap")
        capture = try Program(
            "/usr/bin/dumpcap",  // what tshark starts to capture, and would leave behind
            ["-q", "-i", "lo", "-w", file.path, "-f", "udp portrange \(ports.lowerBound)-\(ports.upperBound)"], in: directory)
        try capture.wait(for: "Capturing on")
        // It says so a moment before it sees anything; the file is there when it does.
        let deadline = Date(timeIntervalSinceNow: 5)
        while !FileManager.default.fileExists(atPath: file.path), Date() < deadline { _ = poll(nil, 0, 5) }
    }

    /// Ends looking. dumpcap writes what it has at intervals, and the rest at its end.
    func stop() {
        capture.stop(signal: SIGINT)
    }

    /// Fields of the packets that a display filter lets through, a row each.
    func fields(_ names: [String], where filter: String) throws -> [[String]] {
        // There is no signalling in the capture from which the dissector could learn what the ports are for, and some belong to other protocols.
        let guesses = [
            "--enable-heuristic", "rtp_udp", "--enable-heuristic", "rtcp_udp", "-o", "udp.try_heuristic_first:TRUE",
            "-o", "rtpevent.event_payload_type_value:101",
        ]
        let reader = try Program(
            "/usr/bin/tshark", ["-r", file.path] + guesses + ["-Y", filter, "-T", "fields"] + names.flatMap { ["-e", $0] }, in: directory)
        guard try reader.exitCode() == 0 else { throw Unexpected(reader.output) }
        return reader.output.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            .filter { $0.count == names.count }
    }

    /// The RTP packets, those of the server or those of its peers.
    func packets(fromServer: Bool) throws -> [Packet] {
        let names = [
            "frame.time_relative", "udp.srcport", "udp.dstport", "rtp.p_type", "rtp.seq", "rtp.timestamp", "rtp.ssrc", "rtp.marker",
            "udp.payload",
        ]
        return try fields(names, where: "rtp && !rtcp && !stun && !dtls").compactMap { row in
            guard let at = Double(row[0]), let source = Int(row[1]), let target = Int(row[2]), let type = Int(row[3]),
                let sequence = Int(row[4]), let timestamp = Int(row[5]), ports.contains(source) == fromServer,
                // Reports that share the port with RTP look like these types (RFC 5761 section 4).
                !(64...95).contains(type)
            else { return nil }
            let bytes = stride(from: 24, to: row[8].count - 1, by: 2).compactMap { offset in
                let start = row[8].index(row[8].startIndex, offsetBy: offset)
                return UInt8(row[8][start...].prefix(2), radix: 16)
            }
            return Packet(
                at: at, source: source, target: target, payloadType: type, sequence: sequence, timestamp: timestamp, stream: row[6],
                isMarked: row[7] == "1" || row[7] == "True", payload: bytes)
        }
    }

    /// What somebody who listens on the wire takes G.711 for.
    static func heard(_ packets: [Packet], _ law: G711Law) -> [Int16] {
        packets.flatMap { $0.payload.map(law.decode) }
    }
}
