import Kernel
import SIP
import SimulatedWorld

/// A peer whose every message the story writes itself, to do what no right user agent does.
struct Stranger {
    let address: TransportAddress
    let user: String
    let callID: String

    init(_ user: String, at address: TransportAddress, callID: String = "stranger-call") {
        self.user = user
        self.address = address
        self.callID = callID
    }

    static let description = """
        v=0\r
        o=- 1 1 IN IP4 192.0.2.200\r
        s=-\r
        c=IN IP4 192.0.2.200\r
        t=0 0\r
        m=audio 40000 RTP/AVP 0 8 101\r
        a=rtpmap:101 telephone-event/8000\r

        """

    /// A request as text; `toTag` puts it into a dialog.
    func request(
        _ method: String, to number: String, cseq: Int = 1, branch: String, toTag: String? = nil, extra: [String] = [], body: String = ""
    ) -> [UInt8] {
        var lines = [
            "\(method) sip:\(number)@192.0.2.1:5060 SIP/2.0",
            "Via: SIP/2.0/UDP \(address.ip):\(address.port);branch=z9hG4bK-\(branch)",
            "Max-Forwards: 70",
            "From: <sip:\(user)@\(address.ip)>;tag=\(user)-tag",
            "To: <sip:\(number)@192.0.2.1>\(toTag.map { ";tag=\($0)" } ?? "")",
            "Call-ID: \(callID)",
            "CSeq: \(cseq) \(method)",
            "Contact: <sip:\(user)@\(address.ip):\(address.port)>",
        ]
        lines += extra
        if !body.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(body.utf8.count)")
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    func invite(_ number: String, branch: String = "invite", extra: [String] = []) -> [UInt8] {
        request("INVITE", to: number, branch: branch, extra: extra, body: Stranger.description)
    }

    /// A response to a request that lies in the mailbox.
    func response(_ status: Int, to request: SIPRequest, tag: String, body: String = "") -> [UInt8] {
        var response = request.response(status: status)
        if response.common.to.tag == nil { response.common.to.tag = tag }
        response.common.contacts = [NameAddress(uri: SIPURI(user: user, host: "\(address.ip)", port: address.port))]
        if !body.isEmpty { response.headers.add("Content-Type", "application/sdp") }
        response.body = Array(body.utf8)
        return response.encoded
    }
}

extension [SIPMessage] {
    /// The statuses of the responses, in order.
    var statuses: [Int] {
        compactMap { if case .response(let response) = $0 { response.status } else { nil } }
    }

    /// The requests, in order.
    var requests: [SIPRequest] {
        compactMap { if case .request(let request) = $0 { request } else { nil } }
    }

    /// The first response with this status.
    func response(_ status: Int) -> SIPResponse? {
        for case .response(let response) in self where response.status == status { return response }
        return nil
    }
}
