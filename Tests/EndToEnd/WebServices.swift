import Attendant
import Flow
import Foundation
import Testing

/// What flows ask of web services, with a real one at the other end: the example of the shop.
@Suite(.serialized, .realPrograms)
struct WebServices {
    private static func service() throws -> (program: Program, address: String) {
        let script = Site.root.appendingPathComponent("Flows/Examples/shop/orders.py").path
        let program = try Program("/usr/bin/python3", [script, "0"], in: FileManager.default.temporaryDirectory)
        try program.wait(for: "orders at")
        let address = program.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        return (program, address)
    }

    private static func ask(_ url: String, deadline: Duration = .seconds(5)) async -> TaskReport {
        let client = WebClient()
        let report = await client.perform(WebRequest(method: "GET", url: url, deadline: deadline))
        await client.close()
        return report
    }

    @Test("the fields of an answer, an order that nobody knows, and a service that is down", .timeLimit(.minutes(5)))
    func outcomes() async throws {
        let (program, address) = try WebServices.service()
        #expect(await WebServices.ask(address + "10002") == .ended(.found, ["status": "packed"]))
        #expect(await WebServices.ask(address + "99999") == .ended(.notFound))
        program.stop()
        guard case .ended(.failed, _, let reason) = await WebServices.ask(address + "10002") else {
            Issue.record("a service that is down did not fail")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("a service that takes a connection and says nothing is given up at the deadline", .timeLimit(.minutes(5)))
    func silent() async throws {
        let script =
            "import socket,time\ns=socket.socket()\ns.bind(('127.0.0.1',0))\ns.listen()\nprint('at',s.getsockname()[1],flush=True)\ntime.sleep(60)"
        let silent = try Program("/usr/bin/python3", ["-c", script], in: FileManager.default.temporaryDirectory)
        try silent.wait(for: "at ")
        let port = silent.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        guard case .ended(.timedOut, _, _) = await WebServices.ask("http://127.0.0.1:\(port)/", deadline: .milliseconds(300)) else {
            Issue.record("a silent service did not time out")
            return
        }
        silent.stop()
    }
}
