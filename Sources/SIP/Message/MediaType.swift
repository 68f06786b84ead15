/// The media type of a body (RFC 3261 section 20.15).
public struct MediaType: Hashable, Sendable {
    /// Type and subtype in lower case, without parameters, such as `application/sdp`.
    public let name: String

    /// Reads the value of a Content-Type.
    public init(_ value: String) {
        let bytes = value.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 32 && $0 != 9 }
        name = String(decoding: bytes, as: UTF8.self).lowercased()
    }
}

extension SIPHeaders {
    /// Whether the sender calls the body one that need not be understood (RFC 3261 section 20.11).
    public var isBodyOptional: Bool {
        guard let disposition = self["Content-Disposition"]?.lowercased() else { return false }
        return disposition.split(separator: ";").dropFirst().contains { $0.filter { $0 != " " } == "handling=optional" }
    }
}
