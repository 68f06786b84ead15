import CLoad
import Glibc
import Measuring
import SDP
import SIP

/// The callers' side of SIP: calls over one UDP socket, answered, held and ended. Loopback loses nothing, so nothing is sent twice but an ACK.
@safe struct Callers {
    private enum State {
        case idle
        case calling
        /// Answered: the requests that follow go to this contact, with this tag.
        case up(contact: String, tag: String)
        case ending
    }

    private let load: OpaquePointer
    private let socket: Int32
    private let port: UInt16
    private let server: UInt16
    private var states: [State]
    /// How often each caller has called.
    private var turns: [Int]
    private var calls: [String: Int] = [:]
    private(set) var up = 0
    private(set) var failed = 0
    private var buffer = [UInt8](repeating: 0, count: SIPMessage.maximumBytes)

    /// So many callers of a server at a loopback port; their audio is that of the load.
    init(_ count: Int, server: UInt16, load: OpaquePointer) throws {
        self.server = server
        unsafe self.load = unsafe load
        states = Array(repeating: .idle, count: count)
        turns = Array(repeating: 0, count: count)
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var size: Int32 = 8 << 20
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, 4)
        var address = Callers.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard result else { throw Invalid(description: "no socket for SIP: errno \(errno)") }
        self.socket = socket
        port = UInt16(bigEndian: address.sin_port)
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
    }

    /// Whether a caller has a call that was answered.
    func isUp(_ caller: Int) -> Bool {
        if case .up = states[caller] { true } else { false }
    }

    /// Whether a caller has no call.
    func isIdle(_ caller: Int) -> Bool {
        if case .idle = states[caller] { true } else { false }
    }

    /// Calls the line 5000.
    mutating func call(_ caller: Int) {
        guard isIdle(caller) else { return }
        turns[caller] += 1
        states[caller] = .calling
        calls[callID(caller)] = caller
        let body = unsafe """
        v=0\r
        o=- 1 1 IN IP4 127.0.0.1\r
        s=-\r
        c=IN IP4 127.0.0.1\r
        t=0 0\r
        m=audio \(load_port(load, Int32(caller))) RTP/AVP 0 101\r
        a=rtpmap:101 telephone-event/8000\r
        a=rtcp-mux\r

        """
        send(caller, "INVITE", number: 1, to: "sip:5000@127.0.0.1:\(server)", tag: nil, body: body)
    }

    /// Hangs up.
    mutating func end(_ caller: Int) {
        guard case .up(let contact, let tag) = states[caller] else { return }
        unsafe load_place(load, Int32(caller), 0)
        states[caller] = .ending
        up -= 1
        send(caller, "BYE", number: 2, to: contact, tag: tag)
    }

    /// Takes what the server has sent, for so many milliseconds.
    mutating func work(milliseconds: Int) throws {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let end = now.tv_sec * 1000 + now.tv_nsec / 1_000_000 + milliseconds
        while true {
            unsafe clock_gettime(CLOCK_MONOTONIC, &now)
            let left = end - (now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
            guard left > 0 else { return }
            var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&ready, 1, Int32(left)) > 0 else { continue }
            let length = unsafe recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if length > 0 { try take(SIPMessage.parse(Array(buffer[..<length]))) }
        }
    }

    private mutating func take(_ message: SIPMessage) throws {
        switch message {
        case .response(let response): try take(response)
        case .request(let request):
            // Only a flow that has ended, by mistake, says BYE.
            failed += 1
            deliver(request.response(status: 200).encoded)
            guard let caller = calls.removeValue(forKey: request.common.callID) else { return }
            if isUp(caller) { up -= 1 }
            unsafe load_place(load, Int32(caller), 0)
            states[caller] = .idle
        }
    }

    private mutating func take(_ response: SIPResponse) throws {
        guard response.status >= 200, let caller = calls[response.common.callID] else { return }
        if response.common.cseqMethod == .bye {
            calls[response.common.callID] = nil
            states[caller] = .idle
            if response.status != 200 { failed += 1 }
            return
        }
        let tag = response.common.to.tag
        guard response.status == 200, let tag, let contact = response.common.contacts.first?.uri.description else {
            send(caller, "ACK", number: 1, to: "sip:5000@127.0.0.1:\(server)", tag: tag)
            calls[response.common.callID] = nil
            states[caller] = .idle
            failed += 1
            return
        }
        send(caller, "ACK", number: 1, to: contact, tag: tag)
        guard case .calling = states[caller] else { return }
        let description = try SessionDescription(parsing: response.body)
        guard let audio = description.media.first else { throw Invalid(description: "an answer without audio") }
        states[caller] = .up(contact: contact, tag: tag)
        up += 1
        unsafe load_place(load, Int32(caller), audio.port)
    }

    private func callID(_ caller: Int) -> String { "\(caller)-\(turns[caller])@127.0.0.1" }

    private func send(_ caller: Int, _ method: String, number: Int, to target: String, tag: String?, body: String = "") {
        let lines = [
            "\(method) \(target) SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1:\(port);branch=z9hG4bK\(method)\(caller)-\(turns[caller]);rport",
            "From: <sip:+493023125010@127.0.0.1:\(port)>;tag=c\(caller)",
            "To: <sip:5000@127.0.0.1:\(server)>\(tag.map { ";tag=\($0)" } ?? "")",
            "Call-ID: \(callID(caller))",
            "CSeq: \(number) \(method)",
            "Contact: <sip:caller@127.0.0.1:\(port)>",
            "Max-Forwards: 70",
            body.isEmpty ? nil : "Content-Type: application/sdp",
            "Content-Length: \(body.utf8.count)",
        ]
        deliver(Array((lines.compactMap { $0 }.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    }

    private func deliver(_ bytes: [UInt8]) {
        var address = Callers.loopback(port: server)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe sendto(socket, bytes, bytes.count, 0, $0, length) }
        }
    }
}
