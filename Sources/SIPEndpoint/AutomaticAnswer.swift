import SIP

/// What tells a phone to take a call without its user: the standard (RFC 5373), and the two customs that phones follow instead.
enum AutomaticAnswer {
    static func add(domain: String, to headers: inout SIPHeaders) {
        headers.add("Answer-Mode", "Auto")
        headers.add("Call-Info", "<sip:\(domain)>;answer-after=0")
        headers.add("Alert-Info", "<http://\(domain)>;info=alert-autoanswer;delay=0")
    }
}
