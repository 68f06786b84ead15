/// The flows of a site that other flows call, by name. Runs share it.
public final class FlowLibrary: Sendable {
    private let flows: [String: Flow]

    /// Makes a library of the callable flows among these.
    public init(_ flows: [Flow] = []) {
        self.flows = Dictionary(flows.filter(\.isCallable).map { ($0.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> Flow? { flows[name] }
}
