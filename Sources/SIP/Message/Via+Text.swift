extension Via {
    /// Reads one value where the scanner stands: `SIP/2.0/UDP host:port;branch=…` with spaces wherever RFC 3261 allows them. What has been read
    /// before a fault stays in `via`, since a response goes where it says.
    static func parse(_ scanner: inout SIPScanner, into via: inout Via) throws(SIPSyntaxError) {
        scanner.skipSpace()
        guard let name = scanner.lowercasedToken(), name == "sip" else {
            throw SIPSyntaxError(expected: "\"SIP\" at the beginning", at: scanner)
        }
        guard scanner.takeSpaced(UInt8(ascii: "/")), let version = scanner.token() else {
            throw SIPSyntaxError(expected: "version \"2.0\"", at: scanner)
        }
        let versionEnd = scanner.index
        guard scanner.takeSpaced(UInt8(ascii: "/")), let transport = scanner.token() else {
            throw SIPSyntaxError(expected: "a transport", at: scanner)
        }
        scanner.skipSpace()
        guard let next = scanner.peek, next != UInt8(ascii: ";"), next != UInt8(ascii: ",") else {
            throw SIPSyntaxError(expected: "sent-by after the transport", at: scanner)
        }
        via.transport = transport.uppercased()
        via.host = try scanner.host()
        if scanner.takeSpaced(UInt8(ascii: ":")) {
            guard let port = scanner.number(upTo: 65535) else { throw SIPSyntaxError(expected: "a port from 0 to 65535", at: scanner) }
            via.port = UInt16(port)
        }
        try scanner.headerParameters(into: &via.parameters)
        guard version == "2.0" else {
            throw SIPSyntaxError("expected version \"2.0\", found \"\(version)\"", at: versionEnd, status: 505)
        }
    }

    /// The `branch` parameter.
    public var branch: String? {
        get { parameters.value(of: "branch") }
        set { if let newValue { parameters.set("branch", newValue) } else { parameters.removeAll { $0.name == "branch" } } }
    }

    /// The `received` parameter.
    public var received: String? {
        get { parameters.value(of: "received") }
        set { if let newValue { parameters.set("received", newValue) } else { parameters.removeAll { $0.name == "received" } } }
    }

    /// The `rport` parameter (RFC 3581): `nil` when absent, empty when it asks to be filled in.
    public var rport: String? {
        get { parameters.value(of: "rport") }
        set {
            if let newValue {
                parameters.set("rport", newValue.isEmpty ? nil : newValue)
            } else {
                parameters.removeAll { $0.name == "rport" }
            }
        }
    }
}

extension Via: CustomStringConvertible {
    /// The value as it is written.
    public var description: String {
        var writer = SIPWriter(capacity: 96)
        writer.via(self)
        return writer.string
    }
}

extension SIPWriter {
    mutating func via(_ via: Via) {
        text("SIP/2.0/")
        text(via.transport)
        byte(32)
        text(via.host)
        if let port = via.port {
            byte(UInt8(ascii: ":"))
            number(port)
        }
        parameters(via.parameters)
    }
}
