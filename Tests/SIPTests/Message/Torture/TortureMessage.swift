/// A message of RFC 4475 or RFC 5118 and what is to become of it.
struct TortureMessage: Sendable, CustomStringConvertible {
    /// What the parser makes of it when a datagram brings it.
    enum Verdict: Sendable, Equatable {
        /// It is read.
        case accepted
        /// It is answered with this status.
        case refused(Int)
        /// It gets no answer, being a response.
        case dropped
    }

    /// What a stream that begins with it is like.
    enum Stream: Sendable, Equatable {
        /// It is cut behind the message.
        case whole
        /// More follows its Content-Length.
        case several
        /// Its Content-Length promises more than there is.
        case incomplete
        /// Nobody can say where the message ends.
        case uncuttable
    }

    /// The name that the RFC gives it.
    let name: String
    let section: String
    let title: String
    let verdict: Verdict
    let stream: Stream
    let bytes: [UInt8]

    /// - Parameters:
    ///   - text: The message with LF for line ends, which become CRLF.
    ///   - octets: What follows it as it is.
    ///   - end: What follows those, as text.
    init(
        _ name: String, _ section: String, _ title: String, _ verdict: Verdict, stream: Stream = .whole, _ text: String,
        octets: [UInt8] = [], _ end: String = ""
    ) {
        self.name = name
        self.section = section
        self.title = title
        self.verdict = verdict
        self.stream = stream
        bytes = TortureMessage.lines(text) + octets + TortureMessage.lines(end)
    }

    var description: String { "\(name) (\(section), \(title))" }

    static func lines(_ text: String) -> [UInt8] { text.utf8.flatMap { $0 == 10 ? [13, 10] : [$0] } }

    /// All of RFC 4475 that concerns a parser, and of RFC 5118.
    static let all = ValidMessages.all + [BinaryMessage.mpart01] + InvalidMessages.all + LayerMessages.all + IPv6Messages.all
}

/// The long repeating strings of RFC 4475 section 2.3.
func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
