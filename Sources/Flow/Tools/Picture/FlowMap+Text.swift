// The map in the languages of other drawing programs.
extension FlowMap {
    /// A Mermaid flow chart.
    public var mermaid: String {
        var lines = ["flowchart TD"]
        for (number, step) in steps.enumerated() {
            let text = (["<b>\(step.name)</b>"] + step.actions).map { FlowMap.escaped($0, quote: "#quot;") }.joined(separator: "<br/>")
            lines.append("    s\(number)[\"\(text)\"]:::\(step.role)")
        }
        for (number, step) in steps.enumerated() {
            for way in step.ways {
                let arrow = way.isException ? "-.->" : "-->"
                let label = way.names.isEmpty ? "" : "|\"\(FlowMap.escaped(way.label, quote: "#quot;"))\"|"
                lines.append("    s\(number) \(arrow)\(label) s\(way.to)")
            }
        }
        for role in Step.Role.allCases { lines.append("    classDef \(role) fill:\(role.fill),stroke:\(role.stroke)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A Graphviz graph.
    public var dot: String {
        var lines = [
            "digraph flow {", "    rankdir=TB; node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];",
            "    edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        for (number, step) in steps.enumerated() {
            let text = ([step.name] + step.actions).map { FlowMap.escaped($0, quote: "\\\"") }.joined(separator: "\\n")
            lines.append("    s\(number) [label=\"\(text)\", fillcolor=\"\(step.role.fill)\", color=\"\(step.role.stroke)\"];")
        }
        for (number, step) in steps.enumerated() {
            for way in step.ways {
                let style = way.isException ? ", style=dashed" : ""
                lines.append("    s\(number) -> s\(way.to) [label=\"\(FlowMap.escaped(way.label, quote: "\\\""))\"\(style)];")
            }
        }
        return lines.joined(separator: "\n") + "\n}\n"
    }

    private static func escaped(_ text: String, quote: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: quote).replacing("\n", with: " ")
    }
}

extension FlowMap.Step.Role {
    /// The colour of its boxes.
    var fill: String {
        switch self {
        case .onward: "#ffffff"
        case .asks: "#e3eefc"
        case .person: "#e0f3e4"
        case .ends: "#ececec"
        }
    }

    /// The colour of their edges.
    var stroke: String {
        switch self {
        case .onward: "#8a94a0"
        case .asks: "#3b78c3"
        case .person: "#3c9a54"
        case .ends: "#777777"
        }
    }
}
