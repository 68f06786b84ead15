import CallControl
import Kernel
import SIP

// How numbers and parties are written in SIP.

extension SIPURI {
    /// The number that a URI stands for: the user part without its parameters; of a telephone number without visual separators
    /// (RFC 3966 section 5.1.1).
    var number: DirectoryNumber? {
        guard let user else { return nil }
        let bare = user.prefix { $0 != ";" }
        guard !bare.isEmpty, bare.utf8.count <= 128 else { return nil }
        let isTelephone = scheme == "tel" || parameters.contains { $0.name == "user" && $0.value?.lowercased() == "phone" }
        guard isTelephone else { return DirectoryNumber(String(bare)) }
        let digits = bare.filter { !"-.() ".contains($0) }
        return digits.isEmpty ? nil : DirectoryNumber(digits)
    }
}

extension NameAddress {
    /// The display name if it says something.
    var shownName: String? {
        guard let displayName, !displayName.isEmpty else { return nil }
        return displayName.utf8.count <= 256 ? displayName : String(displayName.prefix(64))
    }
}

extension IPAddress {
    /// The address as a URI has it: IPv6 in brackets.
    var uriHost: String { isV6 ? "[\(self)]" : "\(self)" }
}

/// Whether a caller wants to stay unknown (RFC 3323 section 4).
enum CallerPrivacy {
    static func isAsked(in request: SIPRequest) -> Bool {
        let from = request.common.from.uri
        if from.host.lowercased() == "anonymous.invalid" || from.user?.lowercased() == "anonymous" { return true }
        guard let privacy = request.headers["Privacy"]?.lowercased() else { return false }
        return privacy.split(whereSeparator: { $0 == ";" || $0 == "," }).contains { ["id", "user", "header"].contains($0.trimmed) }
    }
}

/// The header fields that say who calls.
enum CallerHeaders {
    /// From: the caller, or nobody (RFC 3323 section 4.1.1.3).
    static func from(_ party: Party, domain: String) -> NameAddress {
        guard let number = party.number else {
            return NameAddress(displayName: party.name ?? "Anonymous", uri: SIPURI(user: "anonymous", host: "anonymous.invalid"))
        }
        return NameAddress(displayName: party.name, uri: SIPURI(user: number.text, host: domain))
    }

    /// P-Asserted-Identity for those who trust us (RFC 3325 section 9.1), Privacy for those who are to keep it.
    static func add(_ party: Party, domain: String, isTrusted: Bool, to headers: inout SIPHeaders) {
        guard party.number != nil else {
            headers.add("Privacy", "id")
            return
        }
        if isTrusted { headers.add("P-Asserted-Identity", from(party, domain: domain).description) }
    }
}

/// The Diversion header field (RFC 5806), latest first.
enum DiversionHeader {
    /// The most diversions that are read: a call goes no further anyway.
    static let maximum = 12

    static func decode(_ headers: SIPHeaders) -> [Diversion] {
        AddressHeader.all("Diversion", in: headers).prefix(maximum).compactMap { address in
            guard let number = address.uri.number else { return nil }
            let reason = address.parameters.first { $0.name == "reason" }?.value.flatMap { Diversion.Reason(rawValue: $0.lowercased()) }
            return Diversion(number: number, reason: reason ?? .unknown)
        }
    }

    static func add(_ diversions: [Diversion], domain: String, to headers: inout SIPHeaders) {
        for diversion in diversions.prefix(maximum) {
            let address = NameAddress(
                uri: SIPURI(user: diversion.number.text, host: domain), parameters: [SIPParameter("reason", diversion.reason.rawValue)])
            headers.add("Diversion", address.description)
        }
    }
}
