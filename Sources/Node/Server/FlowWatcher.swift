import Attendant
import Flow
public import Foundation
import Logging
import StrictYAML
import Synchronization

/// Serves flow files as they are saved: files that check out serve the next call, while calls in progress finish in the version in which they began; files that
/// do not check out change nothing, and that is said.
final class FlowWatcher: Sendable {
    private let site: Site
    private let logger: Logger
    private let serve: @Sendable (SiteFlows) async -> Void
    private let state: Mutex<State>

    private struct State {
        var seen: [String: Stamp]
        var status: FlowStatus
    }

    private struct Stamp: Equatable {
        var modified: Date
        var size: Int
    }

    private static let interval: Duration = .seconds(1)

    /// Watches the files of a site whose flows are served already; `serve` puts new ones in their place.
    init(_ site: Site, serving flows: SiteFlows, logger: Logger, serve: @escaping @Sendable (SiteFlows) async -> Void) {
        self.site = site
        self.logger = logger
        self.serve = serve
        let status = FlowStatus(flows: flows.flows.map(\.name), since: Date(), problems: [])
        state = Mutex(State(seen: FlowWatcher.stamps(site), status: status))
    }

    /// What is served, and what is wrong with files that are not.
    var status: FlowStatus { state.withLock { $0.status } }

    /// Looks at the files once a second until the task is cancelled.
    func watch() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: FlowWatcher.interval)
            await look()
        }
    }

    /// Looks once.
    func look() async {
        let now = FlowWatcher.stamps(site)
        let changed = state.withLock { state in
            defer { state.seen = now }
            return state.seen != now
        }
        guard changed else { return }
        let flows = SiteFlows(site)
        let problems = flows.diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else {
            let told = problems.map { "\($0.file)\($0.mark.map { ":\($0)" } ?? ""): \($0.message)" }
            logger.error("flow files were changed and do not check out; calls are served as before: \(told.joined(separator: "; "))")
            return state.withLock { $0.status.problems = told }
        }
        await serve(flows)
        let names = flows.flows.map(\.name)
        logger.notice("flow files were changed; from here on new calls are served by: \(names.joined(separator: ", "))")
        state.withLock { $0.status = FlowStatus(flows: names, since: Date(), problems: []) }
    }

    /// When each file that the flows are made of was last written.
    private static func stamps(_ site: Site) -> [String: Stamp] {
        let manager = FileManager.default
        let folders =
            [site.flowFolder, site.promptFolder]
            + PromptFolder(site.promptFolder).languages.map { site.promptFolder.appendingPathComponent($0) }
        var stamps: [String: Stamp] = [:]
        for folder in folders {
            for name in (try? manager.contentsOfDirectory(atPath: folder.path)) ?? [] where !name.hasPrefix(".") {
                let path = folder.appendingPathComponent(name).path
                guard let attributes = try? manager.attributesOfItem(atPath: path), attributes[.type] as? FileAttributeType == .typeRegular,
                    let modified = attributes[.modificationDate] as? Date
                else { continue }
                stamps[path] = Stamp(modified: modified, size: attributes[.size] as? Int ?? 0)
            }
        }
        return stamps
    }
}

/// Which flows are served, for `frontdesk status`.
public struct FlowStatus: Equatable, Sendable {
    /// Their names.
    public var flows: [String]
    /// Since when these versions are served.
    public var since: Date
    /// Why files that were changed since are not served: file, place and message.
    public var problems: [String]
}
