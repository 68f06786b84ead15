public import CallControl
public import SIP

// Causes become statuses and statuses causes as RFC 3398 sections 7.2.4.1 and 8.2.6.1 say; the number itself travels in a Reason header
// (RFC 3326, and RFC 6432 for responses), and where there is one it is believed.
extension Cause {
    /// The final response that refuses an INVITE for this cause.
    public var status: Int {
        switch q850 {
        case 1, 2, 3, 26: 404
        case 17, 44: 486
        case 18: 408
        case 16, 19, 20, 31: 480
        case 21: 603
        case 22, 23: 410
        case 25: 483
        case 27: 502
        case 28: 484
        case 29, 69, 79: 501
        case 34, 38, 41, 42, 43, 46, 47, 58, 63, 88: 503
        case 55, 57, 87: 403
        case 65, 66, 70: 488
        case 102: 504
        default: 500
        }
    }

    /// What goes with a refusal or a BYE for this cause.
    public var headers: SIPHeaders {
        var headers = SIPHeaders()
        headers.add("Reason", reason)
        // Phones count a call that somebody else took as missed unless they are told so (RFC 3326 section 3.1).
        if q850 == 26 { headers.add("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"") }
        if self == .channelUnavailable { headers.add("Retry-After", Cause.retryAfter) }
        return headers
    }

    /// When who found us overloaded may try again, in seconds (RFC 3261 section 20.33).
    private static let retryAfter = "5"

    /// The cause of a final response without a Reason header.
    public init(status: Int) {
        let known = Cause.causesByStatus[status]
        self.init(q850: Int(known ?? Cause.causeOfClass(status / 100)))
    }

    private static let causesByStatus: [Int: UInt8] = [
        400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127, 414: 127, 415: 79, 416: 127,
        420: 127,
        421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28, 485: 1, 486: 17, 487: 16, 488: 65, 491: 41, 500: 41, 501: 79,
        502: 38,
        503: 41, 504: 102, 505: 127, 513: 127, 580: 47, 600: 17, 603: 21, 604: 1, 606: 65, 607: 21, 608: 21,
    ]

    private static func causeOfClass(_ hundreds: Int) -> UInt8 {
        switch hundreds {
        case 4, 5: 41
        case 6: 21
        default: 127
        }
    }

    /// The cause that a message names in a Reason header, or `otherwise`.
    init(reasonOf headers: SIPHeaders, otherwise: Cause) {
        for field in headers.fields where field.name.count == 6 && field.name.lowercased() == "reason" {
            if let cause = Cause(reason: field.value) {
                self = cause
                return
            }
        }
        self = otherwise
    }

    /// Reads a Reason value such as `Q.850;cause=17;text="User busy"`, also the second of several; `nil` when no value names Q.850.
    public init?(reason value: String) {
        for part in value.split(separator: ",") {
            let words = part.split(separator: ";").map { $0.split(separator: "=", maxSplits: 1).map { $0.trimmed } }
            guard let name = words.first?.first, name.lowercased() == "q.850" else { continue }
            let number = words.dropFirst().first { $0.count == 2 && $0[0].lowercased() == "cause" }.flatMap { Int($0[1]) }
            guard let number, (1...127).contains(number) else { continue }
            self.init(q850: number)
            return
        }
        return nil
    }

    /// The value of a Reason header.
    public var reason: String { "Q.850;cause=\(q850);text=\"\(text)\"" }

    /// What ITU-T Q.850 calls the cause.
    public var text: String { Cause.texts[q850] ?? "Cause \(q850)" }

    private static let texts: [UInt8: String] = [
        1: "Unallocated number", 2: "No route to network", 3: "No route to destination", 16: "Normal call clearing", 17: "User busy",
        18: "No user responding", 19: "No answer from user", 20: "Subscriber absent", 21: "Call rejected", 22: "Number changed",
        25: "Exchange routing error", 26: "Answered elsewhere", 27: "Destination out of order", 28: "Invalid number format",
        31: "Normal, unspecified",
        34: "No circuit available", 38: "Network out of order", 41: "Temporary failure", 42: "Switching equipment congestion",
        47: "Resource unavailable", 65: "Bearer capability not implemented", 79: "Service not implemented",
        102: "Recovery on timer expiry", 127: "Interworking, unspecified",
    ]
}

extension Substring {
    /// The text without blanks at both ends.
    var trimmed: Substring {
        var text = self
        while let first = text.utf8.first, first == 32 || first == 9 { text = text.dropFirst() }
        while let last = text.utf8.last, last == 32 || last == 9 { text = text.dropLast() }
        return text
    }
}
