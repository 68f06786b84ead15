/// A request to send outside of a session, or the INVITE that begins one.
public struct OutgoingRequest: Sendable {
    /// The method.
    public var method: SIPMethod
    /// The Request-URI.
    public var uri: SIPURI
    /// From; without a tag it gets one.
    public var from: NameAddress
    /// To; with a tag only in a dialog.
    public var to: NameAddress
    /// Our Contact; `nil` for methods that have none.
    public var contact: NameAddress?
    /// Where to send it first (the outbound proxy, the registered flow, or the resolved target).
    public var hop: Hop
    /// Route values to put in, topmost first.
    public var routes: [NameAddress]
    /// Max-Forwards.
    public var maxForwards: Int
    /// Further header fields.
    public var headers: SIPHeaders
    /// The body; its type is in `headers`.
    public var body: [UInt8]
    /// With what a 401 or 407 is answered; `nil` hands it to the owner.
    public var credentials: DigestCredentials?
    /// Call-ID and CSeq to continue with (a REGISTER refreshes with the same Call-ID and a higher CSeq); `nil` makes new ones.
    public var continuing: (callID: String, cseq: UInt32)?

    /// Makes a request.
    public init(
        method: SIPMethod, uri: SIPURI, from: NameAddress, to: NameAddress, contact: NameAddress?, hop: Hop, routes: [NameAddress] = [],
        maxForwards: Int = 70, headers: SIPHeaders = SIPHeaders(), body: [UInt8] = [], credentials: DigestCredentials? = nil,
        continuing: (callID: String, cseq: UInt32)? = nil
    ) {
        self.method = method
        self.uri = uri
        self.from = from
        self.to = to
        self.contact = contact
        self.hop = hop
        self.routes = routes
        self.maxForwards = maxForwards
        self.headers = headers
        self.body = body
        self.credentials = credentials
        self.continuing = continuing
    }
}

/// A user name with a password, for digest authentication (RFC 8760).
public struct DigestCredentials: Equatable, Sendable {
    /// The user name.
    public var username: String
    /// The password.
    public var password: String

    /// Makes credentials.
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}
