/// Why sound could not be read, made or written.
public enum AudioFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is missing or no sound file: its path and libsndfile's words.
    case unreadable(path: String, reason: String)
    /// The file is longer than the limit, in seconds.
    case tooLong(path: String, seconds: Int, limit: Int)
    /// The file could not be written: its path and libsndfile's words.
    case unwritable(path: String, reason: String)
    /// Samples of this rate cannot be converted, in hertz.
    case unsupportedRate(Int)

    /// One line for whoever owns the file.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read as sound: \(reason)"
        case .tooLong(let path, let seconds, let limit): "\(path) lasts \(seconds) s; at most \(limit) s are taken"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        case .unsupportedRate(let rate): "a rate of \(rate) Hz cannot be converted; expected 1000 to 384000"
        }
    }
}
