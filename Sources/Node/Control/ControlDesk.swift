import CallControl
import Flow
import Foundation
import Logging
import NIOCore
import StrictYAML
import Switchboard

/// Answers the commands of the administrator, for a running server.
///
/// The site changes on the signalling loop alone; hence `@unchecked`.
final class ControlDesk: @unchecked Sendable {
    private let loop: SignallingLoop
    private let logger: Logger
    private let flowStatus: @Sendable () -> FlowStatus?
    /// The queues of the attendant. On the loop.
    private let queueStates: @Sendable () -> [QueueState]?
    private let counters: @Sendable () async -> [String: Int]
    /// Makes the switchboard's configuration of a site. On the loop.
    private let configure: (Site) -> SwitchboardConfiguration
    /// Reads the certificates of a site; what comes back puts them to use, on the loop.
    private let readCertificates: @Sendable (Site) throws(TLSProblem) -> @Sendable () -> Void
    private var site: Site

    init(
        _ site: Site, _ loop: SignallingLoop, logger: Logger, flowStatus: @escaping @Sendable () -> FlowStatus?,
        queueStates: @escaping @Sendable () -> [QueueState]?,
        counters: @escaping @Sendable () async -> [String: Int],
        configure: @escaping (Site) -> SwitchboardConfiguration,
        readCertificates: @escaping @Sendable (Site) throws(TLSProblem) -> @Sendable () -> Void
    ) {
        self.site = site
        self.loop = loop
        self.logger = logger
        self.flowStatus = flowStatus
        self.queueStates = queueStates
        self.counters = counters
        self.configure = configure
        self.readCertificates = readCertificates
    }

    func answer(_ request: ControlRequest) async -> ControlReply {
        switch request {
        case .devices, .lines, .users, .providers, .calls, .agents:
            let table = try? await loop.eventLoop.submit { self.loop.state.map { StateTable(request, $0, at: self.loop.now) } }.get()
            return table.flatMap { $0 }.map { ControlReply(table: $0) } ?? ControlReply(text: "the server is still starting", isGood: false)
        case .queues:
            let states = (try? await loop.eventLoop.submit { self.queueStates() }.get()).flatMap { $0 }
            return states.map { ControlReply(table: .queues($0)) } ?? ControlReply(text: "this server runs no attendant", isGood: false)
        case .alarms:
            let alarms = (try? await loop.eventLoop.submit { self.loop.alarms }.get()) ?? []
            return ControlReply(table: StateTable(columns: ["time", "alarm"], rows: alarms.map { [$0.at.formatted(.iso8601), $0.text] }))
        case .counters:
            let counters = await counters().sorted { $0.key < $1.key }
            return ControlReply(
                table: StateTable(columns: ["counter", "since the start"], rows: counters.map { [$0.key, "\($0.value)"] }))
        case .status: return await status()
        case .compare, .apply: return await apply(isDry: request == .compare)
        }
    }

    private func status() async -> ControlReply {
        let counts = (try? await loop.eventLoop.submit { self.loop.counts }.get()).flatMap { $0 }
        let numbers: [(String, Int)] = [
            ("calls", counts?.calls ?? 0), ("parties", counts?.legs ?? 0), ("applications", counts?.applications ?? 0),
        ]
        var rows = numbers.map { [$0.0, "\($0.1)"] }
        if let flows = flowStatus() {
            rows += [["flows", flows.flows.joined(separator: ", ")], ["flows since", flows.since.formatted(.iso8601)]]
            rows += flows.problems.map { ["not served", $0] }
        }
        return ControlReply(table: StateTable(columns: ["what", "now"], rows: rows))
    }

    /// Reads the configuration again; one that does not check out changes nothing.
    private func apply(isDry: Bool) async -> ControlReply {
        let new: Site
        do throws(SiteProblems) {
            new = try SiteReader.read(directory: site.directory)
        } catch {
            return ControlReply(text: "\(error)\nNothing was changed.", isGood: false)
        }
        // They are renewed under the same names, so they are read even when nothing else has changed.
        let useCertificates: @Sendable () -> Void
        do throws(TLSProblem) {
            useCertificates = try readCertificates(new)
        } catch {
            return ControlReply(text: "\(error)\nNothing was changed.", isGood: false)
        }
        let difference = try? await loop.eventLoop.submit { [self] in
            let difference = SiteDifference(from: site, to: new)
            if !isDry { useCertificates() }
            if !isDry, !difference.changes.isEmpty {
                site = site.keepingWhatNeedsRestart(of: new)
                loop.receive(.configuration(configure(site)))
                for change in difference.changes { logger.notice("configuration: \(change.what), \(change.effect.rawValue)") }
            }
            return difference
        }.get()
        guard let difference else { return ControlReply(text: "the server is ending", isGood: false) }
        guard !difference.changes.isEmpty else { return ControlReply(text: "The server runs with this configuration already.") }
        let heading = isDry ? "Would change:" : "Changed; calls in progress stay:"
        return ControlReply(text: "\(heading)\n\(difference.text)")
    }
}

extension Site {
    /// This site with all of a newer one that can change while the server runs.
    fileprivate func keepingWhatNeedsRestart(of new: Site) -> Site {
        var next = self
        next.plan = new.plan
        next.plan.mixing = plan.mixing
        next.phones = new.phones
        next.trunks = new.trunks
        next.cti = new.cti
        next.sip.guests = new.sip.guests
        return next
    }
}
