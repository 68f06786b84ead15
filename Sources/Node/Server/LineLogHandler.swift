public import Logging

/// A log of one line an event, whatever a message quotes: callers choose names and header fields, and neither a line end nor a control sequence of theirs
/// may pass for a line of ours or reach a terminal.
public struct LineLogHandler: LogHandler {
    private var inner: StreamLogHandler

    /// The most characters of a message; the rest is cut off.
    public static let limit = 1000

    /// Writes to the standard error output.
    public init(label: String) {
        inner = StreamLogHandler.standardError(label: label)
    }

    /// The least level that is written.
    public var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    /// What every line carries besides.
    public var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    /// One value of the metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    /// Writes an event as one line.
    public func log(event: LogEvent) {
        var event = event
        event.message = "\(LineLogHandler.line(event.message.description))"
        inner.log(event: event)
    }

    /// The text on one line: control characters escaped, and cut off behind the limit.
    static func line(_ text: String) -> String {
        var line = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < limit else { return line + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
