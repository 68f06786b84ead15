import ArgumentParser
import Flow
import Foundation
import Kernel
import Node
import StrictYAML

/// `frontdesk flow try FILE`.
struct FlowTry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Call a flow from the terminal: prompts as text, keys typed, no server.",
        discussion: "Keys 0 to 9, * and # are pressed; s speaks over a prompt that lets you; q hangs up.")

    @Argument(help: "The flow file.")
    var file: String

    @Option(help: "The calling number.")
    var caller = "+493055501"

    @Option(help: "The local day and time at which the call begins, such as \"2026-12-24 18:00\"; now unless named.")
    var at: String?

    @Flag(help: "Play the prompts through a sound program (pw-play, paplay, play, ffplay or aplay).")
    var aloud = false

    @OptionGroup var site: SiteOption

    func run() async throws {
        let site = try site.read()
        let flow = try self.site.flow(file)
        var began = Date().timeIntervalSince1970
        if let at {
            guard let moment = LocalMoment(at) else { throw ValidationError("--at takes \"2026-12-24 18:00\", found \"\(at)\"") }
            began = flow.seconds(at: moment)
        }
        let facts = CallFacts(callerNumber: caller, calledNumber: flow.lines.first ?? "", callID: "try", startedAt: began)
        let speaker = aloud ? LoudSpeaker(site) : nil
        if aloud, speaker == nil {
            throw ValidationError("--aloud needs one of \(LoudSpeaker.programs.map(\.name).joined(separator: ", "))")
        }
        let typed = TypedKeys()
        var call = TerminalCall(flow, facts, site: site, catalogue: SiteFlows(site, files: []).catalogue, speaker: speaker)
        await call.run(typed)
        typed.stop()
    }
}

/// Keys from the terminal, or, where there is none, from standard input as they come.
final class TypedKeys: Sendable {
    /// What was typed.
    enum Typed: Sendable {
        case key(DTMFKey)
        case speech
        case hangUp

        init?(_ face: Character) {
            switch face {
            case "s": self = .speech
            case "q": self = .hangUp
            default:
                guard let key = DTMFKey(face) else { return nil }
                self = .key(key)
            }
        }
    }

    /// All that is typed.
    let all: AsyncStream<Typed>
    private let keyboard: Keyboard?

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Typed.self)
        all = stream
        keyboard = Keyboard(others: ["s": { continuation.yield(.speech) }]) { continuation.yield($0.map { .key($0) } ?? .hangUp) }
        guard keyboard == nil else { return }
        Thread.detachNewThread {
            while let line = readLine() { for typed in line.compactMap({ Typed($0) }) { continuation.yield(typed) } }
        }
    }

    func stop() { keyboard?.stop() }
}
