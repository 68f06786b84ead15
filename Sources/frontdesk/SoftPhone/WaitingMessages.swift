import SIP

/// How many messages wait, as a server tells a phone (RFC 3842).
struct WaitingMessages: Equatable {
    let new: Int
    let old: Int

    /// Reads a NOTIFY; `nil` for one about other things.
    init?(_ request: SIPRequest) {
        guard request.method == .notify, request.headers["Event"]?.hasPrefix("message-summary") == true else { return nil }
        let lines = String(decoding: request.body.prefix(2000), as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let voice = lines.first(where: { $0.lowercased().hasPrefix("voice-message:") })?.drop(while: { $0 != ":" }).dropFirst() else {
            return nil
        }
        let counts = voice.prefix { $0 != "(" }.split(separator: "/").map { Int($0.filter { !$0.isWhitespace }) }
        guard counts.count == 2, let new = counts[0], let old = counts[1] else { return nil }
        (self.new, self.old) = (new, old)
    }
}
