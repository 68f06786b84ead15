import Kernel

/// The credentials that were accepted lately, so that none is accepted twice (RFC 7616 section 5.12). Two generations, each no older than a nonce
/// lives: what is forgotten has a stale nonce, unless more come than are kept.
struct DigestReplays: Sendable {
    /// The most that a generation keeps.
    static let limit = 32_768

    private var young: Set<UInt64> = []
    private var old: Set<UInt64> = []
    private var born: Int64 = 0

    /// Remembers credentials; whether they are new.
    ///
    /// - Parameters:
    ///   - response: Their hash, which covers nonce, count, method and URI.
    ///   - milliseconds: The time.
    mutating func insert(_ response: String, at milliseconds: Int64) -> Bool {
        let lifetime = DigestVerifier.lifetime.wholeMilliseconds
        if milliseconds - born > lifetime || young.count >= DigestReplays.limit {
            old = milliseconds - born > 2 * lifetime ? [] : young
            young = []
            born = milliseconds
        }
        guard let key = UInt64(response.prefix(16), radix: 16) else { return false }
        guard !old.contains(key) else { return false }
        return young.insert(key).inserted
    }

    /// How many are remembered.
    var count: Int { young.count + old.count }
}
