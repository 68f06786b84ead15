/// Something that the outside does for a run while the call waits. A run has one at a time; it is answered by `FlowInput.task` with the same number.
public enum FlowTask: Equatable, Sendable {
    /// A request to a web service.
    case web(WebRequest)
    /// The caller waits at a park number, `nil` for any free one. When it is done the run hears `redirected`; else it ends with `busy` or `failed`.
    case park(at: String?)

    /// The task in a line, for the call's record.
    public var summary: String {
        switch self {
        case .web(let request): "\(request.method) \(request.url)"
        case .park(let number): "park\(number.map { " at \($0)" } ?? "")"
        }
    }
}

/// What a task reports.
public enum TaskReport: Equatable, Sendable {
    /// Something that is known on the way, by name.
    case news([String: String])
    /// It is over: the outcome, and what it brought, by name.
    case ended(FlowOutcome, [String: String] = [:], reason: String = "")
}

/// A request to a web service whose answer is JSON.
public struct WebRequest: Equatable, Sendable {
    /// The method: GET, POST, PUT, PATCH or DELETE.
    public var method: String
    /// The address, with `http` or `https`.
    public var url: String
    /// The headers, in the order of the file.
    public var headers: [WebHeader]
    /// The body, a JSON object; `nil` for none.
    public var body: String?
    /// How long the answer may take.
    public var deadline: Duration

    /// Makes a request.
    public init(method: String, url: String, headers: [WebHeader] = [], body: String? = nil, deadline: Duration) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }
}

/// A header of a request.
public struct WebHeader: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: String

    /// Makes a header.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
