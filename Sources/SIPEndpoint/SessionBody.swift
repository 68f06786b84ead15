import SDP
import SIP

/// Why the body of an INVITE is refused.
enum BodyRefusal: Error {
    /// It is of a type that we do not read: 415 with Accept.
    case type(String)
    /// It is compressed or otherwise encoded: 415 with Accept-Encoding.
    case encoding(String)
    /// It is not a session description: 400.
    case malformed(SDPParseError)
    /// It names plain RTP, from a device whose media is SRTP or nothing: 488.
    case plain

    var status: Int {
        switch self {
        case .type, .encoding: 415
        case .malformed: 400
        case .plain: 488
        }
    }

    var reason: String {
        switch self {
        case .type(let type): "Unsupported Media Type \(type.prefix(60))"
        case .encoding(let encoding): "Unsupported Content-Encoding \(encoding.prefix(60))"
        case .malformed(let error): "Bad \(error)"
        case .plain: "SRTP Required"
        }
    }
}

/// The session description in a message's body.
enum SessionBody {
    /// The most parts of a multipart body that are looked at.
    private static let maximumParts = 16

    /// Reads a body: `nil` when there is none, or one that its sender calls optional (RFC 3261 section 20.11). Of a multipart body the first
    /// session description counts (RFC 5621).
    static func read(_ body: [UInt8], _ headers: SIPHeaders?) throws(BodyRefusal) -> SessionDescription? {
        guard !body.isEmpty else { return nil }
        guard let headers else { return try parse(body) }
        if let encoding = headers["Content-Encoding"], encoding.lowercased() != "identity" { throw .encoding(encoding) }
        let value = headers["Content-Type"] ?? "application/sdp"
        let type = MediaType(value).name
        if type == "application/sdp" { return try parse(body) }
        if type == "multipart/mixed" || type == "multipart/alternative", let part = sessionPart(of: body, type: value) {
            return try parse(part)
        }
        if headers.isBodyOptional { return nil }
        throw .type(type)
    }

    private static func parse(_ body: [UInt8]) throws(BodyRefusal) -> SessionDescription {
        do throws(SDPParseError) {
            return try SessionDescription(parsing: body)
        } catch {
            throw .malformed(error)
        }
    }

    /// The first part of a multipart body whose type is `application/sdp` (RFC 2046 section 5.1).
    private static func sessionPart(of body: [UInt8], type: String) -> [UInt8]? {
        let parameter = type.split(separator: ";").dropFirst().map(\.trimmed).first { $0.lowercased().hasPrefix("boundary=") }
        guard let boundary = parameter?.dropFirst(9).filter({ $0 != "\"" }), !boundary.isEmpty, boundary.utf8.count <= 70 else {
            return nil
        }
        let delimiter = Array("--\(boundary)".utf8)
        var starts: [Int] = []
        var index = 0
        while index + delimiter.count <= body.count, starts.count <= maximumParts {
            if (index == 0 || body[index - 1] == 10), body[index...].starts(with: delimiter) {
                starts.append(index)
                index += delimiter.count
            } else {
                index += 1
            }
        }
        for (start, end) in zip(starts, starts.dropFirst()) {
            let part = body[(start + delimiter.count)..<end]
            let text = Array(part)
            guard let blank = firstBlankLine(in: text) else { continue }
            let head = String(decoding: text[..<blank], as: UTF8.self).split(whereSeparator: \.isNewline)
            let isSession = head.contains { line in
                let field = line.split(separator: ":", maxSplits: 1).map(\.trimmed)
                return field.count == 2 && field[0].lowercased() == "content-type" && MediaType(String(field[1])).name == "application/sdp"
            }
            if isSession { return Array(text[blank...].drop { $0 == 13 || $0 == 10 }) }
        }
        return nil
    }

    private static func firstBlankLine(in text: [UInt8]) -> Int? {
        var lineFeeds = 0
        for (index, byte) in text.enumerated() where byte != 13 {
            // The rest of the delimiter's own line is the first line, and empty.
            lineFeeds = byte == 10 ? lineFeeds + 1 : 0
            if lineFeeds == 2 { return index }
        }
        return nil
    }
}
