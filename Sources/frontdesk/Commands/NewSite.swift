import ArgumentParser
import Foundation

/// `frontdesk new DIR --from dentist`.
struct NewSite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a site of a ready-made example, to change and serve.")

    @Argument(help: "The folder of the new site, which must not exist or be empty.")
    var directory: String

    @Option(help: "The example to begin with.")
    var from: String

    @Option(help: "The folder of the examples; found beside the program unless named.")
    var examples: String?

    func run() throws {
        guard let folder = examplesFolder() else {
            throw ValidationError("the examples (Flows/Examples) are neither here nor beside the program; --examples names their folder")
        }
        let manager = FileManager.default
        let names = ((try? manager.contentsOfDirectory(atPath: folder.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        guard names.contains(from) else {
            throw ValidationError("there is no example called \"\(from)\"; there are \(names.joined(separator: ", "))")
        }
        let target = URL(fileURLWithPath: directory)
        if let inside = try? manager.contentsOfDirectory(atPath: target.path) {
            guard inside.isEmpty else { throw ValidationError("\(directory) is not empty") }
            try manager.removeItem(at: target)
        }
        try manager.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try manager.copyItem(at: folder.appendingPathComponent(from), to: target)
        let schema = folder.deletingLastPathComponent().appendingPathComponent("flow.schema.json")
        try? manager.copyItem(at: schema, to: target.appendingPathComponent("Flows/flow.schema.json"))
        try pointToSchema(target)
        print(
            """
            \(directory) is a site now. Next:
              frontdesk flow check --site \(directory)    say what is wrong with its flows
              frontdesk flow try \(directory)/Flows/main.yaml --site \(directory)    call it from here
              frontdesk flow test --site \(directory)     play its tests
              frontdesk serve --site \(directory)         answer calls
            """)
    }

    /// The flows of an example name the schema of this repository; a site has its own beside them.
    private func pointToSchema(_ target: URL) throws {
        let flows = target.appendingPathComponent("Flows")
        for name in try FileManager.default.contentsOfDirectory(atPath: flows.path) where name.hasSuffix(".yaml") {
            let file = flows.appendingPathComponent(name)
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing("$schema=../../../flow.schema.json", with: "$schema=./flow.schema.json").write(
                to: file, atomically: true, encoding: .utf8)
        }
    }

    private func examplesFolder() -> URL? {
        if let examples { return URL(fileURLWithPath: examples) }
        var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { folder = URL(fileURLWithPath: path) }
        var candidates = [URL(fileURLWithPath: "Flows/Examples")]
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            candidates += ["Flows/Examples", "share/frontdesk/Examples"].map { folder.appendingPathComponent($0) }
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0.path) }
    }
}
