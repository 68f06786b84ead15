public import Kernel

/// A session description (RFC 8866) as offer/answer (RFC 3264) needs it. Lines that we do not interpret are kept in their order, so that a
/// description passed from one leg to another loses nothing.
public struct SessionDescription: Hashable, Sendable {
    /// The `o=` line.
    public var origin: Origin
    /// The `s=` line.
    public var name: String
    /// The session-level `c=` address, if there is one.
    public var connection: ConnectionAddress?
    /// Session-level `b=` lines without `b=`.
    public var bandwidth: [String]
    /// Session-level attributes in order, the direction included.
    public var attributes: [SDPAttribute]
    /// The media lines in order. Their number never shrinks within a session (RFC 3264 section 8).
    public var media: [MediaDescription]
    /// The whole `i=`, `u=`, `e=` and `p=` lines in their order; they mean nothing to us and are passed on.
    public var descriptiveLines: [String] = []
    /// The whole `t=`, `r=` and `z=` lines in their order. A call has `t=0 0`, and an answer repeats the offer's (RFC 3264 section 6).
    public var timeLines: [String] = ["t=0 0"]

    /// Makes a description from its parts.
    public init(
        origin: Origin, name: String = "-", connection: ConnectionAddress? = nil, bandwidth: [String] = [], attributes: [SDPAttribute] = [],
        media: [MediaDescription] = []
    ) {
        self.origin = origin
        self.name = name
        self.connection = connection
        self.bandwidth = bandwidth
        self.attributes = attributes
        self.media = media
    }
}

/// The `o=` line: who made the description, and which version of it this is.
public struct Origin: Hashable, Sendable {
    /// The user name, `-` when there is none.
    public var username: String
    /// The session identifier, a number that stays for the session.
    public var sessionID: UInt64
    /// The version, raised by one whenever the description changes.
    public var version: UInt64
    /// The address of the maker.
    public var address: ConnectionAddress

    /// Makes an origin.
    public init(username: String = "-", sessionID: UInt64, version: UInt64, address: ConnectionAddress) {
        self.username = username
        self.sessionID = sessionID
        self.version = version
        self.address = address
    }
}

/// An address of a `c=` or `o=` line: a literal, or a name that we carry but never resolve.
public enum ConnectionAddress: Hashable, Sendable {
    /// A literal address.
    case ip(IPAddress)
    /// A host name, with the address type (`IP4` or `IP6`) it was given with.
    case name(String, v6: Bool)

    /// The literal address, if it is one.
    public var ip: IPAddress? {
        if case .ip(let address) = self { address } else { nil }
    }
}

/// An `a=` line: `name` or `name:value`.
public struct SDPAttribute: Hashable, Sendable {
    /// The name before the colon.
    public var name: String
    /// The value after the colon; `nil` for a property attribute.
    public var value: String?

    /// Makes an attribute.
    public init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }
}

/// A media line with what follows it.
public struct MediaDescription: Hashable, Sendable {
    /// The media type: `audio`, `video`, …
    public var kind: String
    /// The port; 0 rejects or disables the line.
    public var port: UInt16
    /// The protocol: `RTP/AVP`, `RTP/SAVP`, …
    public var proto: String
    /// The formats as written: payload types for RTP.
    public var formats: [String]
    /// The media-level `c=` address, if there is one.
    public var connection: ConnectionAddress?
    /// Media-level `b=` lines without `b=`.
    public var bandwidth: [String]
    /// Media-level attributes in order: `rtpmap`, `fmtp`, `ptime`, direction and all others.
    public var attributes: [SDPAttribute]
    /// The number of ports after the slash of the port; 1, and then not written, in every call.
    public var portCount: UInt16 = 1
    /// The `i=` line without `i=`, if there is one.
    public var title: String?

    /// Makes a media line.
    public init(
        kind: String, port: UInt16, proto: String, formats: [String], connection: ConnectionAddress? = nil, bandwidth: [String] = [],
        attributes: [SDPAttribute] = []
    ) {
        self.kind = kind
        self.port = port
        self.proto = proto
        self.formats = formats
        self.connection = connection
        self.bandwidth = bandwidth
        self.attributes = attributes
    }
}

/// Which way media flows, seen from whoever wrote the description (RFC 3264 section 5.1).
public enum MediaDirection: String, Hashable, Sendable {
    /// Both ways, the default.
    case sendReceive = "sendrecv"
    /// The writer only sends.
    case sendOnly = "sendonly"
    /// The writer only receives.
    case receiveOnly = "recvonly"
    /// Neither way.
    case inactive
}
