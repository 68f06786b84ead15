/// The CTI link in OpenRPC 1.3, made from the same tables that the server reads by.
public enum LinkDescription {
    /// The description as JSON text, with an end of line.
    public static var text: String { document.text(pretty: true) + "\n" }

    private static var document: JSON {
        [
            "openrpc": "1.3.2",
            "info": [
                "title": "Frontdesk CTI link", "version": "1",
                "description": "JSON-RPC 2.0 over WebSocket: one message a text frame, no batches. Events are notifications of the server.",
            ],
            "methods": .array(LinkMethod.all.map(\.description)),
            "x-events": .array(LinkEvent.all.map(\.description)),
        ]
    }
}

extension LinkMethod {
    fileprivate var description: JSON {
        [
            "name": .string(name), "summary": .string(summary), "paramStructure": "by-name",
            "params": .array(
                parameters.map {
                    ["name": .string($0.name), "summary": .string($0.summary), "required": .bool($0.isRequired), "schema": $0.schema]
                }),
            "result": ["name": "result", "schema": result],
        ]
    }
}

extension LinkEvent {
    fileprivate var description: JSON {
        ["name": .string(name), "summary": .string(summary), "params": .array(members.map { .string($0) })]
    }
}
