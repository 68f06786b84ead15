/// Why an offer or an answer gives no audio stream. An offer is then refused with 488 (RFC 3264 section 6); an answer ends the call.
public enum NegotiationFailure: Error, Hashable, Sendable {
    /// No line is `audio` over `RTP/AVP`: what the lines are instead.
    case noAudioLine(offered: [String])
    /// Every audio line has port 0.
    case audioOff
    /// No format is shared: what the peer named, and what we have.
    case noSharedFormat(theirs: [String], ours: [String])
    /// The audio line has no address, or in place of one host's address a name, or a multicast or broadcast address: that.
    case noAddress(String?)
    /// The peer's address is of the other IP family than ours.
    case otherAddressFamily
    /// The answer has another number of media lines than the offer (RFC 3264 section 6).
    case lineCount(offered: Int, answered: Int)
    /// A line of the answer is of another kind than in the offer: its index from 0, and both kinds.
    case lineKind(index: Int, offered: String, answered: String)
    /// Media must be protected here, and the peer's is plain.
    case plainRefused
    /// The peer's media is protected, and this side may have no keys.
    case noKeys
    /// The peer names no suite of SRTP that we have, or not as we can use it: what it names.
    case noSharedSuite(theirs: [String])
}

extension NegotiationFailure: CustomStringConvertible {
    /// One sentence for a log or a `Warning` header.
    public var description: String {
        switch self {
        case .noAudioLine(let offered):
            "no audio over RTP/AVP, but \(offered.isEmpty ? "no media at all" : offered.joined(separator: ", "))"
        case .audioOff: "every audio line has port 0"
        case .noSharedFormat(let theirs, let ours):
            "no shared format: theirs \(theirs.joined(separator: " ")), ours \(ours.joined(separator: " "))"
        case .noAddress(let name): name.map { "the audio line has \($0) for the address of one host" } ?? "the audio line has no address"
        case .otherAddressFamily: "the audio address is of the other IP family"
        case .lineCount(let offered, let answered): "\(offered) media lines offered, \(answered) answered"
        case .plainRefused: "the media must be SRTP here, and the peer's is plain RTP"
        case .noKeys: "the peer takes SRTP only, and this side may not have keys"
        case .noSharedSuite(let theirs): "no shared suite of SRTP: theirs \(theirs.joined(separator: " "))"
        case .lineKind(let index, let offered, let answered): "media line \(index) was offered as \(offered), answered as \(answered)"
        }
    }
}
