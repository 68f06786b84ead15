extension SIPMessage {
    /// The largest message that is read, in bytes: what a UDP datagram can hold.
    public static let maximumBytes = 65_535
    /// The most header fields of a message.
    public static let maximumHeaderFields = 256

    /// Reads a whole message, as a datagram brings it: the body is as long as Content-Length says, or the rest when it says nothing; what follows is
    /// ignored (RFC 3261 section 18.3).
    public static func parse(_ bytes: [UInt8]) throws(SIPParseError) -> SIPMessage {
        var parser = SIPMessageParser(bytes)
        return try parser.parse()
    }

    /// The message as it is sent.
    public var encoded: [UInt8] {
        switch self {
        case .request(let request): request.encoded
        case .response(let response): response.encoded
        }
    }
}

extension SIPRequest {
    /// The request as it is sent.
    public var encoded: [UInt8] {
        var writer = SIPWriter(capacity: 700 + body.count)
        writer.text(method.text)
        writer.byte(32)
        writer.uri(uri)
        writer.text(" SIP/2.0")
        writer.endLine()
        writer.common(common, maxForwards: maxForwards)
        writer.rest(headers, body)
        return writer.bytes
    }

    /// A response to this request with what it must copy (RFC 3261 section 8.2.6.2): Via, From, To, Call-ID and CSeq, and Record-Route, which
    /// only responses that make a dialog need. The tag of To is the caller's matter.
    public func response(status: Int, reason: String? = nil) -> SIPResponse {
        var copied = common
        copied.contacts = []
        copied.contactIsWildcard = false
        copied.routes = []
        return SIPResponse(status: status, reason: reason ?? SIPStatus.phrase(for: status), common: copied)
    }
}

extension SIPResponse {
    /// The response as it is sent.
    public var encoded: [UInt8] {
        var writer = SIPWriter(capacity: 600 + body.count)
        writer.text("SIP/2.0 ")
        writer.number(status)
        writer.byte(32)
        writer.text(reason)
        writer.endLine()
        writer.common(common, maxForwards: nil)
        writer.rest(headers, body)
        return writer.bytes
    }
}

extension SIPWriter {
    fileprivate mutating func common(_ common: SIPCommonHeaders, maxForwards: Int?) {
        for via in common.via {
            text("Via: ")
            self.via(via)
            endLine()
        }
        if let maxForwards {
            text("Max-Forwards: ")
            number(maxForwards)
            endLine()
        }
        addresses("Route: ", common.routes)
        addresses("Record-Route: ", common.recordRoutes)
        addresses("From: ", [common.from])
        addresses("To: ", [common.to])
        text("Call-ID: ")
        text(common.callID)
        endLine()
        text("CSeq: ")
        number(common.cseq)
        byte(32)
        text(common.cseqMethod.text)
        endLine()
        if common.contactIsWildcard {
            text("Contact: *")
            endLine()
        }
        addresses("Contact: ", common.contacts)
    }

    private mutating func addresses(_ name: String, _ addresses: [NameAddress]) {
        for value in addresses {
            text(name)
            address(value)
            endLine()
        }
    }

    fileprivate mutating func rest(_ headers: SIPHeaders, _ body: [UInt8]) {
        for field in headers.fields {
            text(field.name)
            text(": ")
            text(field.value)
            endLine()
        }
        text("Content-Length: ")
        number(body.count)
        endLine()
        endLine()
        self.body(body)
    }
}
