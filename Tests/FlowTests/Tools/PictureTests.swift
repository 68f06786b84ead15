import Flow
import Foundation
import Kernel
import StrictYAML
import Testing

@Suite struct PictureTests {
    private func sample() throws -> Flow {
        try #require(
            FlowChecker.check(text: try Sample.text("Flows/main.yaml"), file: "Flows/main.yaml", context: try Sample.context()).flow)
    }

    /// The boxes of a picture, from its SVG.
    private func boxes(_ svg: String) -> [(x: Double, y: Double, width: Double, height: Double)] {
        svg.split(separator: "\n").filter { $0.hasPrefix("<rect x=") && $0.contains("rx=\"7\"") }.map { line in
            func number(_ name: String) -> Double {
                guard let range = line.range(of: " \(name)=\"") else { return .nan }
                return Double(line[range.upperBound...].prefix { $0 != "\"" }) ?? .nan
            }
            return (number("x"), number("y"), number("width"), number("height"))
        }
    }

    private func overlaps(_ svg: String) -> Int {
        let boxes = boxes(svg)
        return boxes.indices.reduce(0) { count, first in
            count
                + boxes[..<first].count { other in
                    let box = boxes[first]
                    return box.x < other.x + other.width && other.x < box.x + box.width && box.y < other.y + other.height
                        && other.y < box.y + box.height
                }
        }
    }

    @Test func `the picture of the sample has a box for each step, none upon another, and is the same every time`() throws {
        let map = FlowMap(try sample())
        let svg = FlowPicture(map).svg
        #expect(boxes(svg).count == map.steps.count)
        #expect(overlaps(svg) == 0)
        #expect(XMLishCheck(svg).isBalanced)
        #expect(svg == FlowPicture(map).svg)
        for step in map.steps { #expect(svg.contains(">\(step.name)</text>")) }
        #expect(svg.contains(">no-input, no-match → operator</text>"))
    }

    @Test func `a call that always goes on somewhere needs no reason there`() throws {
        let map = FlowMap(try sample())
        let welcome = try #require(map.steps.first)
        #expect(welcome.ways.map(\.label) == [""])
        #expect(welcome.role == .onward)
        #expect(map.steps.first { $0.name == "goodbye" }?.role == .ends)
        #expect(map.steps.first { $0.name == "sales" }?.role == .person)
        #expect(map.steps.first { $0.name == "menu" }?.role == .asks)
    }

    @Test func `Mermaid and DOT name every step and way`() throws {
        let map = FlowMap(try sample())
        #expect(map.mermaid.contains("    s2 -->|\"key 1\"| s4\n"))
        #expect(map.mermaid.contains("s0[\"<b>welcome</b><br/>answer"))
        #expect(map.dot.contains("    s2 -> s4 [label=\"key 1\"];\n"))
        #expect(map.dot.contains("[label=\"customer.tier == \\\"gold\\\"\"]"))
    }

    @Test func `no tangle of ways troubles the layout`() throws {
        var random = SeededRandom(seed: 3)
        for count in [1, 2, 5, 12, 30, 60] {
            for _ in 0..<10 {
                var text = "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n"
                for step in 0..<count {
                    text += "  s\(step):\n    - answer\n    - menu: { prompt: x, keys: {"
                    let keys = (0..<Int.random(in: 1...9, using: &random)).map { "\($0): s\(Int.random(in: 0..<count, using: &random))" }
                    text += " \(keys.joined(separator: ", ")) }, no-input: { go: s\(Int.random(in: 0..<count, using: &random)) } }\n"
                }
                let flow = try #require(FlowChecker.check(text: text, file: "t.yaml").flow)
                let svg = FlowPicture(FlowMap(flow)).svg
                #expect(boxes(svg).count == count)
                #expect(overlaps(svg) == 0)
                #expect(!svg.contains("nan"))
            }
        }
    }
}
