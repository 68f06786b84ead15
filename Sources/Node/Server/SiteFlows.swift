import Attendant
import CTI
import CallControl
public import Flow
public import Foundation
public import StrictYAML

/// The flows of a site, checked against its lines, prompts and numbers.
public struct SiteFlows: Sendable {
    /// The flows that check out.
    public var flows: [Flow] = []
    /// Everything that is wrong or odd, in the order of the files.
    public var diagnostics: [Diagnostic] = []
    /// The texts of prompts that have no recording.
    public var catalogue = PromptCatalogue()

    /// Whether at least one file has an error.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Reads and checks the flow files of a site, or only those named.
    public init(_ site: Site, files: [URL]? = nil) {
        catalogue = readCatalogue(site)
        var context = SiteFlows.context(site, catalogue)
        let all = SiteFlows.flowFiles(site)
        let callable = SiteFlows.callable(all + (files ?? []))
        context.callableFlows = callable.mapValues(\.takes)
        var fileOfLine: [String: String] = [:]
        for file in files ?? all {
            guard let data = try? Data(contentsOf: file) else {
                diagnostics.append(Diagnostic(.error, file: SiteFlows.name(of: file), message: "the file cannot be read"))
                continue
            }
            let (flow, found) = FlowChecker.check(bytes: data, file: SiteFlows.name(of: file), context: context)
            diagnostics += found
            guard let flow else { continue }
            for line in flow.lines {
                if let other = fileOfLine.updateValue(SiteFlows.name(of: file), forKey: line) {
                    let message = "line \(line) is answered by \(other) already; a line has one flow"
                    diagnostics.append(Diagnostic(.error, file: SiteFlows.name(of: file), message: message))
                }
            }
            flows.append(flow)
        }
        let called = callable.values.compactMap { FlowChecker.check(bytes: $0.text, file: $0.file, context: context).flow }
        let library = FlowLibrary(called)
        flows = flows.map { $0.linked(to: library) }
    }

    private struct CallableFlow {
        var takes: [String]
        var file: String
        var text: Data
    }

    /// The flows that others call, by name.
    private static func callable(_ files: [URL]) -> [String: CallableFlow] {
        var found: [String: CallableFlow] = [:]
        for file in files {
            guard let text = try? Data(contentsOf: file), let (flow, takes) = FlowChecker.callable(bytes: text, file: name(of: file)) else {
                continue
            }
            found[flow] = CallableFlow(takes: takes, file: name(of: file), text: text)
        }
        return found
    }

    /// A file as its author names it.
    private static func name(of file: URL) -> String {
        let path = file.relativePath
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }

    private mutating func readCatalogue(_ site: Site) -> PromptCatalogue {
        let file = site.promptFolder.appendingPathComponent("prompts.yaml")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return PromptCatalogue() }
        let (catalogue, found) = PromptCatalogue.read(text: text, file: SiteFlows.name(of: file))
        diagnostics += found
        return catalogue
    }

    private static func flowFiles(_ site: Site) -> [URL] {
        let entries =
            (try? FileManager.default.contentsOfDirectory(at: site.flowFolder, includingPropertiesForKeys: nil, options: .skipsHiddenFiles))
            ?? []
        return entries.filter { ["yaml", "yml"].contains($0.pathExtension) }.map {
            site.flowFolder.appendingPathComponent($0.lastPathComponent)
        }
        .sorted { $0.path < $1.path }
    }

    private static func context(_ site: Site, _ catalogue: PromptCatalogue) -> CheckContext {
        let folder = PromptFolder(site.promptFolder)
        var prompts = catalogue.texts.mapValues { Set($0.keys) }
        let recordings = Dictionary(folder.languages.map { ($0, folder.names(in: $0)) }) { first, _ in first }
        prompts.merge(recordings) { $0.union($1) }
        let numbers = Set(site.plan.lines.map(\.number.text))
        let routes = site.plan.routes
        var context = CheckContext(
            lines: numbers, prompts: prompts, recordings: recordings, stores: site.customerFile == nil ? [] : ["customer"],
            mailboxes: Set(site.mailboxes.map(\.number)), numbers: numbers
        )
        context.agentGroups = Set(site.agentGroups.map(\.name))
        context.skills = Set(site.cti.agents.values.flatMap(\.skills.keys))
        let named = site.plan.lines.compactMap { line in line.displayName.map { DirectoryEntry(name: $0, number: line.number.text) } }
        let answered = Set(site.plan.lines.filter { $0.devices.contains { site.plan.devices[$0]?.kind == .routePoint } }.map(\.number.text))
        context.people = site.directoryEntries + named.filter { !answered.contains($0.number) }
        if !routes.isEmpty {
            context.reaches = { number in numbers.contains(number) || routes.contains { $0.matches(DirectoryNumber(number)) } }
        }
        return context
    }
}
