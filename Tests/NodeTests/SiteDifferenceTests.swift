import CTI
import CallControl
import Foundation
import Testing

@testable import Node

/// What `frontdesk apply` says of a changed configuration.
struct SiteDifferenceTests {
    private static func site(_ change: (String) -> String = { $0 }) throws -> Site {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("difference-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try String(contentsOf: root.appendingPathComponent("frontdesk.yaml"), encoding: .utf8)
        try change(text).write(to: folder.appendingPathComponent("frontdesk.yaml"), atomically: true, encoding: .utf8)
        var site = try SiteReader.read(directory: folder)
        site.customerFile = nil
        return site
    }

    @Test(
        "each change is told with what it takes",
        arguments: [
            ("name: Harbour Lights by an application", "name: Harbour Lights", "line 5100 in internal changed: at once"),
            ("password: harbour-2002", "password: other", "device desk-2002 changed: at once"),
            (
                "second-line: { kind: route-point,", "second-line: { kind: cti-port,",
                "device second-line becomes a cti-port: resets the device"
            ),
            ("staff: [internal, codes, outside]", "staff: [internal, codes]", "calling search space staff changed: at once"),
            ("udp: 5060", "udp: 5070", "sip changed: when the server is started again"),
            ("threads: 1", "threads: 2", "media changed: when the server is started again"),
            ("name: Harbour Lights Chandlery", "name: Harbour Lights", "site changed: when the server is started again"),
        ])
    func changes(from: String, to: String, expected: String) throws {
        let new = try SiteDifferenceTests.site {
            guard let range = $0.range(of: from) else { return $0 }
            return $0.replacingCharacters(in: range, with: to)
        }
        #expect(SiteDifference(from: try SiteDifferenceTests.site(), to: new).text == "  " + expected)
    }

    @Test("a table has its columns aligned, and JSON its columns as members")
    func table() {
        let table = StateTable(columns: ["line", "calls"], rows: [["2001", "1"], ["20", "12"]])
        #expect(table.text == "line  calls\n2001  1\n20    12")
        #expect(table.json.contains("\"line\" : \"2001\""))
        #expect(StateTable(columns: ["line"], rows: []).text == "There are none.")
    }
}
