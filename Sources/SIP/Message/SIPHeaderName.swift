/// The header fields that the parser types, and all others by their long name.
enum SIPHeaderName {
    case via, from, to, callID, cseq, contact, route, recordRoute, maxForwards, contentLength
    case other(String)

    /// The compact forms that IANA registers.
    private static let compact: [String: String] = [
        "a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition", "e": "Content-Encoding",
        "j": "Reject-Contact",
        "k": "Supported", "n": "Identity-Info", "o": "Event", "r": "Refer-To", "s": "Subject", "u": "Allow-Events", "x": "Session-Expires",
        "y": "Identity",
    ]

    /// Finds a name, whatever its case and form.
    static func expanded(_ written: String) -> SIPHeaderName {
        let name = SIPScanner.lowercased(Array(written.utf8)[...])
        switch name {
        case "v", "via": return .via
        case "f", "from": return .from
        case "t", "to": return .to
        case "i", "call-id": return .callID
        case "cseq": return .cseq
        case "m", "contact": return .contact
        case "route": return .route
        case "record-route": return .recordRoute
        case "max-forwards": return .maxForwards
        case "l", "content-length": return .contentLength
        default: return .other(name.utf8.count == 1 ? compact[name] ?? written : written)
        }
    }

    /// The name for messages.
    var text: String {
        switch self {
        case .via: "Via"
        case .from: "From"
        case .to: "To"
        case .callID: "Call-ID"
        case .cseq: "CSeq"
        case .contact: "Contact"
        case .route: "Route"
        case .recordRoute: "Record-Route"
        case .maxForwards: "Max-Forwards"
        case .contentLength: "Content-Length"
        case .other(let name): name
        }
    }
}
