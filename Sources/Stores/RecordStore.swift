/// Somewhere that records are found by a key, such as customers by their telephone number.
public protocol RecordStore: Sendable {
    /// The fields of the record with this key; `nil` when there is none. It may take any time: whoever asks for a caller has a deadline of his own.
    func record(for key: String) async throws(StoreFailure) -> [String: String]?
}

/// Why a store cannot be used. Its description says what to do about it.
public enum StoreFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no file of that path.
    case missing(path: String)
    /// The file is not a store, or is damaged; `detail` is what was found.
    case damaged(path: String, detail: String)
    /// Another program keeps the store locked.
    case locked(path: String)
    /// The country is not one that has telephone numbers.
    case unknownRegion(String)
    /// Anything else: no permission, a full disk, …
    case failed(path: String, detail: String)

    /// The failure, for a person to read.
    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is no customer store yet; `frontdesk customers import FILE.csv` makes it"
        case .damaged(let path, let detail):
            "\(path) is not a customer store, or is damaged (\(detail)); move it away and import the customers again"
        case .locked(let path): "\(path) is locked by another program"
        case .unknownRegion(let region): "expected a country of two capital letters such as `DE`, found `\(region)`"
        case .failed(let path, let detail): "\(path): \(detail)"
        }
    }
}
