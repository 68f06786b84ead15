import Foundation
import Kernel
import StrictYAML

/// `http`: asks a web service; the fields of its JSON answer become a group of variables. The caller hears something meanwhile.
struct Http: FlowVerb {
    static let name = "http"
    static let keys = [
        "http": ["url", "method", "headers", "body", "into", "deadline", "meanwhile", "not-found", "timed-out", "failed"]
    ]
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    var url: Template
    var method = "GET"
    var headers: [(name: String, value: Template)] = []
    var body: [(name: String, value: Template)] = []
    var into: String?
    var deadline: Duration = .seconds(3)
    var meanwhile = Announcement()
    var notFound: Int?
    var timedOut: Int?
    var failed: Int?

    var needsAnswer: Bool { !meanwhile.items.isEmpty }
    var effort: Effort { Effort(wait: deadline) }
    var ways: [Way] {
        [Way(notFound, .free, "not-found"), Way(timedOut, .free, "timed-out"), Way(failed, .free, "failed")].compactMap { $0 }
    }

    static func read(_ source: ActionSource) -> Http? {
        let compiler = source.compiler
        if source.verb.value.mapping == nil { return source.required(compiler.webAddress).map { Http(url: $0) } }
        guard let reader = source.group() else { return nil }
        let url = reader.required("url", as: compiler.webAddress)
        var http = Http(url: url ?? Template(parts: []))
        if let headers = reader.group("headers") { http.headers = compiler.templates(headers) }
        if let body = reader.group("body") { http.body = compiler.templates(body) }
        let given = reader.optional("method", as: .word(methods + methods.map { $0.lowercased() }))
        http.method = given?.uppercased() ?? (reader.has("body") ? "POST" : "GET")
        http.into = reader.optional("into", as: compiler.groupName)
        http.deadline = reader.optional("deadline", as: .duration(.milliseconds(100) ... .seconds(60))) ?? http.deadline
        http.meanwhile = reader.optional("meanwhile", as: compiler.announcement) ?? Announcement()
        http.notFound = reader.optional("not-found", as: compiler.step)
        http.timedOut = reader.optional("timed-out", as: compiler.step)
        http.failed = reader.optional("failed", as: compiler.step)
        reader.finish()
        if let into = http.into { compiler.symbols.setGroups.insert(into) }
        return url == nil ? nil : http
    }

    func start(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        if let into { run.clear(group: into) }
        let object = Dictionary(body.map { ($0.name, $0.value.value(in: run).json) }) { first, _ in first }
        let text = body.isEmpty ? nil : (try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]))
        let request = WebRequest(
            method: method, url: url.renderForAddress(in: run),
            headers: headers.map { WebHeader(name: $0.name, value: ($0.value.value(in: run)).sent) },
            body: text.map { String(decoding: $0, as: UTF8.self) }, deadline: deadline)
        let utterances = run.utterances(of: meanwhile)
        if !utterances.isEmpty { outputs.append(.play(utterances)) }
        run.begin(.web(request), into: &outputs)
        return .wait(
            AskingTheWeb(http: self, isPlaying: !utterances.isEmpty, deadline: run.now.advanced(by: deadline + .milliseconds(500))))
    }
}

/// The wait for a web service.
private struct AskingTheWeb: FlowActivity {
    let http: Http
    var isPlaying: Bool
    let deadline: Instant

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        let (outcome, fields, reason): (FlowOutcome, [String: String], String)
        switch input {
        case .task(_, .ended(let ended, let brought, let why)): (outcome, fields, reason) = (ended, brought, why)
        case .deadline: (outcome, fields, reason) = (.timedOut, [:], "no answer within \(http.deadline.wholeMilliseconds) ms")
        case .played:
            isPlaying = false
            return .stay
        default: return .stay
        }
        if isPlaying { outputs.append(.stopPlaying) }
        if outcome == .found {
            if let into = http.into { run.fill(group: into, from: fields) }
            return .onward
        }
        outputs.append(.log("http: \(outcome.rawValue)\(reason.isEmpty ? "" : ": \(reason)")"))
        switch outcome {
        case .notFound: return http.notFound.map { .go($0) } ?? .onward
        case .timedOut where http.timedOut != nil: return http.timedOut.map { .go($0) } ?? .onward
        default: return http.failed.map { .go($0) } ?? .failed(outcome, "the web service: \(reason)")
        }
    }
}

extension FlowCompiler {
    /// An address of the web, perhaps with variables in its path and query.
    var webAddress: YAMLValue<Template> {
        YAMLValue { node, problems in
            guard let template = self.template.read(node, problems) else { return nil }
            guard case .text(let start)? = template.parts.first, start.hasPrefix("https://") || start.hasPrefix("http://"),
                let host = start.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first, !host.isEmpty
            else {
                problems.error(
                    "expected an address such as `https://shop.example/orders/{number}`, found `\((node.text ?? "").prefix(60))`",
                    at: node.mark)
                return nil
            }
            return template
        }
    }

    /// Names with their texts.
    func templates(_ reader: YAMLReader) -> [(name: String, value: Template)] {
        if reader.pairs.count > 50 { reader.problems.error("at most 50 values are sent", at: reader.mark) }
        return reader.pairs.prefix(50).compactMap { pair in
            hiddenTemplate.read(pair.value, reader.problems).map { (pair.key, $0) }
        }
    }
}

extension Template {
    /// The text with its values percent-encoded (RFC 3986 section 2.3), so that what a caller enters can't change the address.
    func renderForAddress(in context: some ExpressionContext) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .text(let literal): text += literal
            case .value(let expression):
                let shown = (try? expression.evaluate(in: context))?.shown ?? ""
                text += shown.addingPercentEncoding(withAllowedCharacters: .unreserved) ?? ""
            }
        }
    }
}

extension CharacterSet {
    fileprivate static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension FlowValue {
    /// The value for a web service, a secret included.
    fileprivate var sent: String { comparedText ?? shown }

    fileprivate var json: Any {
        switch self {
        case .number(let number): number
        case .yesNo(let yes): yes
        case .list(let members): members.map(\.json)
        case .nothing: NSNull()
        case .text, .secret: sent
        }
    }
}
