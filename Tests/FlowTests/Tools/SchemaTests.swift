import Flow
import Foundation
import Testing

@Suite struct SchemaTests {
    @Test func `the schema beside the flows is the one of the code (RECORD=1 writes it anew)`() throws {
        let file = Sample.root.appendingPathComponent("Flows/flow.schema.json")
        if ProcessInfo.processInfo.environment["RECORD"] != nil { try FlowSchema.text.write(to: file, atomically: true, encoding: .utf8) }
        #expect(FlowSchema.text == (try String(contentsOf: file, encoding: .utf8)))
    }

    @Test func `every verb and key is explained to editors`() throws {
        let root = try #require(try JSONSerialization.jsonObject(with: Data(FlowSchema.text.utf8)) as? [String: Any])
        let definitions = try #require(root["definitions"] as? [String: [String: Any]])
        var silent: [String] = []
        for (name, definition) in definitions where name != "action" {
            if name.hasPrefix("verb-"), (definition["description"] as? String ?? "").isEmpty { silent.append(name) }
            let groups = [definition] + (definition["anyOf"] as? [[String: Any]] ?? [])
            for (key, value) in groups.flatMap({ $0["properties"] as? [String: [String: Any]] ?? [:] }) {
                if (value["description"] as? String ?? "").isEmpty { silent.append("\(name).\(key)") }
            }
        }
        #expect(silent.sorted() == [])
    }

    @Test func `every reference leads somewhere`() throws {
        let text = FlowSchema.text
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let definitions = try #require(root["definitions"] as? [String: Any])
        let references = text.split(separator: "#/definitions/").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        #expect(references.count > 20)
        for reference in references { #expect(definitions[reference] != nil, "\(reference)") }
    }
}
