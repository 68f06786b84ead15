public import Flow

/// What a flow's tasks are done by, outside the attendant's loop.
public struct FlowServices: Sendable {
    private let web: WebClient

    /// Makes the services.
    public init(web: WebClient) { self.web = web }

    /// Does a task; returns its last report.
    public func perform(_ task: FlowTask) async -> TaskReport {
        switch task {
        case .web(let request): await web.perform(request)
        case .park: .ended(.failed, reason: "nothing can be parked here")
        }
    }
}
