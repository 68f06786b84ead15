import Attendant
import CTI
import CallControl
import Flow
public import Foundation
import Kernel
public import StrictYAML

/// Reads `frontdesk.yaml`. Everything wrong is reported at once, with line, column and the nearest right word.
public enum SiteReader {
    /// Reads the site in a folder.
    ///
    /// - Throws: `SiteProblems` with every error, when there is at least one.
    public static func read(directory: URL) throws(SiteProblems) -> Site {
        let file = directory.appendingPathComponent("frontdesk.yaml")
        guard let data = try? Data(contentsOf: file) else {
            let message = "there is no frontdesk.yaml in \(directory.path); `--site DIR` names the folder of the site"
            throw SiteProblems(diagnostics: [Diagnostic(.error, file: file.path, message: message)])
        }
        let (root, problems) = StrictYAML.read(bytes: data, file: file.relativePath)
        var site: Site?
        if let root, let reader = YAMLReader(root, "frontdesk.yaml", problems) {
            site = self.site(reader, directory)
        }
        guard let site, !problems.hasErrors else { throw SiteProblems(diagnostics: problems.sorted) }
        return site
    }

    private static func site(_ reader: YAMLReader, _ directory: URL) -> Site? {
        let general = reader.required("site", as: .group("`site`"))
        let name = general?.text("name")
        let country = general?.required("country", as: .country)
        let language = general?.required("language", as: .languageTag)
        let realm = general?.optionalText("realm") ?? "frontdesk.local"
        general?.finish()

        let plan = PlanReader(reader)
        let sip = NetworkReader.sip(reader.group("sip"), trunks: plan.trunks.map(\.device), directory: directory)
        plan.expectTLS(sip.tls != nil)
        let media = NetworkReader.media(reader.group("media"), directory: directory)
        var cti = UserReader.configuration(reader, devices: plan.plan.devices)
        cti.agents = AgentReader.agents(reader, plan.plan)
        let groups = AgentReader.groups(reader, cti.agents)
        let link = NetworkReader.link(reader.group("cti-link"), directory: directory)
        let attendant = UserReader.attendant(reader.group("attendant"), devices: plan.plan.devices)
        AgentReader.check(groups, cti, attendant, reader)
        let customers = reader.group("customers")
        let customerFile = customers?.text("file")
        customers?.finish()
        let mailboxes = MailboxReader.mailboxes(reader)
        let records = callRecords(reader.group("call-records"), directory)
        let people = people(reader)
        let speech = speech(reader.group("speech"), directory)
        reader.finish()
        guard let name, let country, let language else { return nil }
        return Site(
            directory: directory, name: name, agentGroups: groups, country: country, language: language, realm: realm, sip: sip,
            media: media, plan: plan.plan,
            pools: plan.pools, phones: plan.phones, trunks: plan.trunks, cti: cti, link: link, attendant: attendant,
            customerFile: customerFile.map { URL(fileURLWithPath: $0, relativeTo: directory) }, mailboxes: mailboxes, callRecords: records,
            directoryEntries: people, speech: speech)
    }

    private static func callRecords(_ reader: YAMLReader?, _ directory: URL) -> CallRecordSettings {
        let file = reader?.optionalText("file") ?? "var/calls.sqlite"
        let keep = reader?.int("keep", in: 1...100_000_000, default: 100_000) ?? 100_000
        reader?.finish()
        return CallRecordSettings(file: URL(fileURLWithPath: file, relativeTo: directory), keep: keep)
    }

    /// `directory:`, names with their numbers.
    private static func people(_ reader: YAMLReader) -> [DirectoryEntry] {
        guard let group = reader.group("directory") else { return [] }
        let number = YAMLValue<String>("a number to call") { text in
            !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || "+*#".utf8.contains($0) } ? text : nil
        }
        return group.pairs.compactMap { pair in
            number.read(pair.value, group.problems).map { DirectoryEntry(name: pair.key, number: $0) }
        }
    }

    private static func speech(_ reader: YAMLReader?, _ directory: URL) -> SpeechRenderer {
        var renderer = SpeechRenderer(cache: directory.appendingPathComponent("var/speech"))
        guard let reader else { return renderer }
        if let program = reader.text("program") { renderer.program = program }
        if let arguments = reader.optional("arguments", as: .list(of: .text)) { renderer.arguments = arguments }
        renderer.limit = reader.duration("limit", default: renderer.limit)
        reader.finish()
        return renderer
    }
}

/// Why a site cannot be served.
public struct SiteProblems: Error, CustomStringConvertible {
    /// Every error and warning.
    public var diagnostics: [Diagnostic]

    /// All of them as people read them.
    public var description: String { diagnostics.map(\.rendered).joined(separator: "\n") }
}

extension YAMLValue where Output == YAMLReader {
    /// A mapping with a reader of its own.
    static func group(_ name: String) -> YAMLValue {
        YAMLValue { node, problems in YAMLReader(node, name, problems) }
    }
}

extension YAMLValue where Output == String {
    /// A country as ISO 3166 alpha-2.
    static var country: YAMLValue {
        YAMLValue("a country of two capital letters, such as `DE`") {
            $0.count == 2 && $0.allSatisfy { $0.isASCII && $0.isUppercase } ? $0 : nil
        }
    }

    /// A language with its region (BCP 47), the name of a folder in `Prompts`.
    static var languageTag: YAMLValue {
        YAMLValue("a language such as `en-US`") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            let isFine =
                (1...3).contains(parts.count)
                && parts.allSatisfy { (2...8).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isLetter } }
            return isFine ? text : nil
        }
    }
}
