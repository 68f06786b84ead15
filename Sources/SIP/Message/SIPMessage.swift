/// A SIP message (RFC 3261 section 7) whose grammar has been checked.
public enum SIPMessage: Equatable, Sendable {
    /// A request.
    case request(SIPRequest)
    /// A response.
    case response(SIPResponse)
}

/// A SIP request. The header fields that routing, transactions and dialogs need are typed; all others are in `headers`.
public struct SIPRequest: Equatable, Sendable {
    /// The method.
    public var method: SIPMethod
    /// The Request-URI.
    public var uri: SIPURI
    /// The typed header fields that every message has.
    public var common: SIPCommonHeaders
    /// Max-Forwards; `nil` when absent.
    public var maxForwards: Int?
    /// Every other header field, in order.
    public var headers: SIPHeaders
    /// The body, as long as Content-Length says.
    public var body: [UInt8]

    /// Makes a request.
    public init(
        method: SIPMethod, uri: SIPURI, common: SIPCommonHeaders, maxForwards: Int? = 70, headers: SIPHeaders = SIPHeaders(),
        body: [UInt8] = []
    ) {
        self.method = method
        self.uri = uri
        self.common = common
        self.maxForwards = maxForwards
        self.headers = headers
        self.body = body
    }
}

/// A SIP response.
public struct SIPResponse: Equatable, Sendable {
    /// The status code, 100–699.
    public var status: Int
    /// The reason phrase.
    public var reason: String
    /// The typed header fields that every message has.
    public var common: SIPCommonHeaders
    /// Every other header field, in order.
    public var headers: SIPHeaders
    /// The body.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, reason: String, common: SIPCommonHeaders, headers: SIPHeaders = SIPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.reason = reason
        self.common = common
        self.headers = headers
        self.body = body
    }
}

/// The header fields that transactions and dialogs are made of, parsed once.
public struct SIPCommonHeaders: Equatable, Sendable {
    /// Via, topmost first.
    public var via: [Via]
    /// From.
    public var from: NameAddress
    /// To.
    public var to: NameAddress
    /// Call-ID.
    public var callID: String
    /// The number of CSeq.
    public var cseq: UInt32
    /// The method of CSeq.
    public var cseqMethod: SIPMethod
    /// Contact values. `*` is `contactIsWildcard`.
    public var contacts: [NameAddress]
    /// Whether Contact is `*` (RFC 3261 section 10.2.2).
    public var contactIsWildcard: Bool
    /// Route, topmost first.
    public var routes: [NameAddress]
    /// Record-Route, topmost first.
    public var recordRoutes: [NameAddress]

    /// Makes a set of header fields.
    public init(
        via: [Via], from: NameAddress, to: NameAddress, callID: String, cseq: UInt32, cseqMethod: SIPMethod, contacts: [NameAddress] = [],
        contactIsWildcard: Bool = false, routes: [NameAddress] = [], recordRoutes: [NameAddress] = []
    ) {
        self.via = via
        self.from = from
        self.to = to
        self.callID = callID
        self.cseq = cseq
        self.cseqMethod = cseqMethod
        self.contacts = contacts
        self.contactIsWildcard = contactIsWildcard
        self.routes = routes
        self.recordRoutes = recordRoutes
    }
}

/// A method; names are case-sensitive (RFC 3261 section 7.1).
public enum SIPMethod: Hashable, Sendable {
    /// The methods of RFC 3261, 3262, 3311, 3428, 6086, 3515, 6665 and 3903.
    case invite, ack, bye, cancel, options, register, prack, update, message, info, refer, subscribe, notify, publish
    /// Any other token.
    case other(String)
}

/// A SIP, SIPS or TEL URI, or any other absolute URI kept as text.
public struct SIPURI: Hashable, Sendable {
    /// The scheme in lower case: `sip`, `sips`, `tel`, …
    public var scheme: String
    /// The user part, percent-decoded; `nil` when there is none. For `tel` the number; for unknown schemes everything after the colon.
    public var user: String?
    /// The host as written, IPv6 in brackets; empty for other schemes than `sip` and `sips`.
    public var host: String
    /// The port; `nil` when absent.
    public var port: UInt16?
    /// The parameters in order, names in lower case; the value is `nil` when there is no `=`.
    public var parameters: [SIPParameter]
    /// The text after `?`, without it; `nil` when absent.
    public var headers: String?
    /// The user part as it was written, when it escapes what would mean something else without (RFC 3261 section 19.1.4), such as `%3A`.
    var escapedUser: String?

    /// Makes a SIP URI.
    public init(
        scheme: String = "sip", user: String? = nil, host: String, port: UInt16? = nil, parameters: [SIPParameter] = [],
        headers: String? = nil
    ) {
        self.scheme = scheme
        self.user = user
        self.host = host
        self.port = port
        self.parameters = parameters
        self.headers = headers
    }
}

/// A parameter of a URI or header field: `;name` or `;name=value`.
public struct SIPParameter: Hashable, Sendable {
    /// The name in lower case.
    public var name: String
    /// The value, without the quotes of a quoted string; `nil` when there is no `=`.
    public var value: String?

    /// Makes a parameter.
    public init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }
}

/// A name-addr or addr-spec with parameters, as in From, To, Contact, Route (RFC 3261 section 20.10).
public struct NameAddress: Hashable, Sendable {
    /// The display name without quotes; `nil` when absent.
    public var displayName: String?
    /// The URI.
    public var uri: SIPURI
    /// The header parameters, `tag` included.
    public var parameters: [SIPParameter]

    /// Makes an address.
    public init(displayName: String? = nil, uri: SIPURI, parameters: [SIPParameter] = []) {
        self.displayName = displayName
        self.uri = uri
        self.parameters = parameters
    }
}

/// A Via value (RFC 3261 section 20.42).
public struct Via: Hashable, Sendable {
    /// The transport in upper case: `UDP`, `TCP`, `TLS`, …
    public var transport: String
    /// The host of sent-by, IPv6 in brackets.
    public var host: String
    /// The port of sent-by; `nil` when absent.
    public var port: UInt16?
    /// The parameters: `branch`, `received`, `rport`, …
    public var parameters: [SIPParameter]

    /// Makes a value.
    public init(transport: String, host: String, port: UInt16? = nil, parameters: [SIPParameter] = []) {
        self.transport = transport
        self.host = host
        self.port = port
        self.parameters = parameters
    }
}

/// The header fields that are not typed, in order. Names are compared without regard to case; compact forms are expanded when parsed.
public struct SIPHeaders: Equatable, Sendable {
    /// The fields in order, names as they are sent.
    public private(set) var fields: [Field] = []

    /// A header field: its name in the long form and its unfolded value.
    public struct Field: Equatable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: String
    }

    /// Makes an empty list.
    public init() {}

    /// The value of the first field of that name.
    public subscript(name: String) -> String? {
        fields.first { SIPHeaders.same($0.name, name) }?.value
    }

    /// The values of all fields of that name, in order.
    public func all(_ name: String) -> [String] {
        fields.filter { SIPHeaders.same($0.name, name) }.map(\.value)
    }

    /// Appends a field. CR and LF in the value become spaces, so that a value can never become a header field of its own.
    public mutating func add(_ name: String, _ value: String) {
        let safe = value.utf8.contains { $0 == 13 || $0 == 10 } ? String(value.map { $0.isNewline ? " " : $0 }) : value
        fields.append(Field(name: name, value: safe))
    }

    /// Replaces all fields of that name with one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    /// Removes all fields of that name.
    public mutating func remove(_ name: String) {
        fields.removeAll { SIPHeaders.same($0.name, name) }
    }

    static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { one, other in
                one == other || (one ^ other == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(one | 0x20))
            }
    }
}
