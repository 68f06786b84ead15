/// A flow drawn as SVG: a box for each step with what it does, lines to the steps that follow, and in words what happens when something goes wrong.
public struct FlowPicture {
    private let map: FlowMap
    private let roads: PictureRoads
    private let boxes: [[Line]]
    private let layout: PictureLayout

    private struct Line {
        var text: String
        var style: String
    }

    private static let lineHeight = 16.0
    private static let padding = 10.0
    private static let legendHeight = 30.0
    private static let titleHeight = 34.0

    /// Lays out the picture of a map.
    public init(_ map: FlowMap) {
        self.map = map
        roads = PictureRoads(map)
        let told = roads.told
        boxes = map.steps.enumerated().map { number, step in
            let ways = told[number].map { way in
                let arrow = way.to < number || way.to == number ? "↩" : "→"
                return Line(text: "\(way.label.isEmpty ? "" : way.label + " ")\(arrow) \(map.steps[way.to].name)", style: "way")
            }
            return [Line(text: step.name, style: "name")] + step.actions.map { Line(text: FlowPicture.shortened($0), style: "action") }
                + ways
        }
        let sizes = boxes.map { lines in
            (
                width: (lines.map { FlowPicture.width($0.text, bold: $0.style == "name") }.max() ?? 0) + 2 * FlowPicture.padding,
                height: Double(lines.count) * FlowPicture.lineHeight + 2 * FlowPicture.padding - 3
            )
        }
        layout = PictureLayout(roads, boxes: sizes) { FlowPicture.width($0, bold: false) + 12 }
    }

    /// The picture as an SVG document.
    public var svg: String {
        let width = max(layout.width, 560)
        let height = layout.height + FlowPicture.titleHeight + FlowPicture.legendHeight
        var parts = [
            #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(n(width))" height="\#(n(height))" viewBox="0 0 \#(n(width)) \#(n(height))">"#,
            FlowPicture.style, #"<rect width="100%" height="100%" fill='#fbfbfa'/>"#,
            text(
                map.name + (map.lines.isEmpty ? "" : "  ·  \(map.lines.joined(separator: ", "))"), x: PictureLayout.margin, y: 32,
                style: "title"),
            #"<g transform="translate(0 \#(n(FlowPicture.titleHeight)))">"#,
        ]
        parts += roads.roads.indices.map { line($0) }
        parts += roads.roads.indices.compactMap { label($0) }
        parts += map.steps.indices.map { box($0) }
        parts += ["</g>", legend(y: height - 20), "</svg>"]
        return parts.joined(separator: "\n") + "\n"
    }

    private static let style = """
        <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">\
        <path d="M0 0 L10 5 L0 10 z" fill="#5b6570"/></marker></defs>
        <style>text{font:12px "DejaVu Sans",Verdana,sans-serif;fill:#26303a}.title{font-size:17px;font-weight:bold}\
        .name{font-weight:bold}.way{fill:#9a4a12;font-size:11px}.label,.legend{font-size:11px;fill:#3f4a55}\
        .road{fill:none;stroke:#5b6570;stroke-width:1.3}.exception{stroke-dasharray:5 4;stroke:#9a4a12}</style>
        """

    // MARK: Parts

    private func box(_ number: Int) -> String {
        let place = layout.places[number]
        let (x, y) = (place.x - place.width / 2, layout.layers[place.layer].top)
        let role = map.steps[number].role
        var parts = [
            #"<rect x="\#(n(x))" y="\#(n(y))" width="\#(n(place.width))" height="\#(n(place.height))" rx="7" "#
                + #"fill="\#(role.fill)" stroke="\#(role.stroke)" stroke-width="\#(number == 0 ? 2.5 : 1.2)"/>"#
        ]
        for (index, line) in boxes[number].enumerated() {
            let baseline = y + FlowPicture.padding + 10 + Double(index) * FlowPicture.lineHeight
            parts.append(text(line.text, x: x + FlowPicture.padding, y: baseline, style: line.style))
        }
        return parts.joined(separator: "\n")
    }

    /// A line straight through the layers, bent only between them.
    private func line(_ number: Int) -> String {
        let (road, route) = (roads.roads[number], layout.routes[number])
        let start = layout.places[road.from]
        var (x, y) = (port(of: number, at: road.from, leaving: true), layout.layers[start.layer].top + start.height)
        var path = "M\(n(x)) \(n(y))"
        for (above, below) in zip(route, route.dropFirst()) {
            let (upper, lower) = (layout.layers[layout.places[above].layer], layout.layers[layout.places[below].layer])
            let leaves = upper.top + upper.height
            if leaves > y { path += " V\(n(leaves))" }
            let isLast = below == road.to
            let nextX = isLast ? port(of: number, at: road.to, leaving: false) : layout.places[below].x
            let arrives = lower.top - (isLast ? 1 : 0)
            let bend = (arrives - leaves) * 0.7
            path += " C\(n(x)) \(n(leaves + bend)) \(n(nextX)) \(n(arrives - bend)) \(n(nextX)) \(n(arrives))"
            (x, y) = (nextX, arrives)
        }
        return #"<path class="road\#(road.isException ? " exception" : "")" d="\#(path)" marker-end="url(#arrow)"/>"#
    }

    /// Where on a box's edge a line leaves or arrives: side by side, in the order of their other ends.
    private func port(of number: Int, at step: Int, leaving: Bool) -> Double {
        let place = layout.places[step]
        func next(_ road: Int) -> Double {
            let route = layout.routes[road]
            return layout.places[leaving ? route[1] : route[route.count - 2]].x
        }
        let all = roads.roads.indices.filter { leaving ? roads.roads[$0].from == step : roads.roads[$0].to == step }
            .sorted { (next($0), $0) < (next($1), $1) }
        let index = Double(all.firstIndex(of: number) ?? 0)
        let span = place.width * 0.7
        return place.x - span / 2 + span * (index + 0.5) / Double(max(all.count, 1))
    }

    private func label(_ number: Int) -> String? {
        let road = roads.roads[number]
        guard !road.label.isEmpty, layout.routes[number].count > 2 else { return nil }
        let place = layout.places[layout.routes[number][1]]
        let layer = layout.layers[place.layer]
        let top = layer.top + (layer.height - place.height) / 2
        return
            #"<rect x="\#(n(place.x - place.width / 2))" y="\#(n(top))" width="\#(n(place.width))" height="\#(n(place.height))" fill='#fbfbfa'/>"#
            + #"<text class="label" text-anchor="middle" x="\#(n(place.x))" y="\#(n(top + 12))">\#(FlowPicture.escaped(road.label))</text>"#
    }

    private func legend(y: Double) -> String {
        var x = PictureLayout.margin
        var parts: [String] = []
        for role in FlowMap.Step.Role.allCases {
            parts.append(
                #"<rect x="\#(n(x))" y="\#(n(y - 10))" width="14" height="11" rx="3" fill="\#(role.fill)" stroke="\#(role.stroke)"/>"#)
            parts.append(text(role.rawValue, x: x + 20, y: y, style: "legend"))
            x += 44 + FlowPicture.width(role.rawValue, bold: false)
        }
        return parts.joined()
    }

    // MARK: Text

    private func text(_ text: String, x: Double, y: Double, style: String) -> String {
        #"<text class="\#(style)" x="\#(n(x))" y="\#(n(y))">\#(FlowPicture.escaped(text))</text>"#
    }

    /// A number with one digit behind the point, the same on every machine.
    private func n(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// About how wide a text is at 12 pixels.
    private static func width(_ text: String, bold: Bool) -> Double {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar {
            case "\u{2E80}"...: sum + 12.5
            case "i", "l", "j", ".", ",", ":", ";", "'", "|", "!", " ": sum + 4.4
            case "m", "w", "M", "W": sum + 11.5
            default: sum + (bold ? 8.4 : 7.3)
            }
        }
    }

    private static func shortened(_ text: String) -> String { text.count > 38 ? text.prefix(37) + "…" : text }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
