import ArgumentParser
import Flow

/// `frontdesk flow schema`: prints the JSON Schema of flow files, as it stands in Flows/flow.schema.json.
struct FlowSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of flow files, by which editors complete and check.")

    func run() { print(FlowSchema.text, terminator: "") }
}
