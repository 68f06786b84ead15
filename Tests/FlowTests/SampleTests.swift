import Flow
import Foundation
import Kernel
import StrictYAML
import Testing

@Suite struct SampleTests {
    private func sample() throws -> Flow {
        let (flow, problems) = FlowChecker.check(
            text: try Sample.text("Flows/main.yaml"), file: "Flows/main.yaml", context: try Sample.context())
        #expect(problems.map(\.rendered) == [])
        return try #require(flow)
    }

    /// 2026-11-22 (a Sunday) 12:00 in Berlin.
    private static let sunday = Story.mondayNoon - 86_400

    @Test func `the sample checks without a word`() throws {
        let flow = try sample()
        #expect(flow.name == "Main line")
        #expect(flow.lines == ["5000"])
        #expect(flow.languages == ["en-US", "de-DE"])
        #expect(flow.steps.first == "welcome")
    }

    @Test func `every prompt is recorded in every language`() throws {
        for (language, names) in try sample().promptNames {
            for name in names {
                let files = ["wav", "flac", "ogg"].map { Sample.root.appendingPathComponent("Prompts/\(language)/\(name).\($0)").path }
                #expect(files.contains { FileManager.default.fileExists(atPath: $0) }, "\(language)/\(name)")
            }
        }
    }

    @Test(arguments: [Story.mondayNoon, Story.mondayNoon - 86_400, Story.mondayNoon + 43_200], [true, false])
    func `key 1 two seconds into the call reaches sales at any time`(time: Double, isKnown: Bool) throws {
        var story = Story(try sample(), startedAt: time)
        if isKnown { story.records = ["+4930111": ["name": "Blue Heron", "tier": "gold"]] }
        story.start()
        story.wait(.milliseconds(1500))
        story.press("1")
        story.wait(.seconds(2))
        let data = isKnown ? " reason=sales customer=Blue Heron tier=gold" : " reason=sales"
        #expect(story.told.suffix(2) == ["redirect 2001" + data, "finished redirected"])
    }

    @Test func `a known customer hears the name, and a silent one meets the operator`() throws {
        var story = Story(try sample())
        story.records = ["+4930111": ["name": "Ann", "tier": "silver"]]
        story.start()
        story.wait(.seconds(60))
        #expect(
            story.told == [
                "answer", "look up customer +4930111", "play welcome", "play \"Hello Ann.\"", "play main-menu",
                "play still-there, main-menu",
                "play still-there, main-menu", "redirect 2000 reason=operator customer=Ann", "finished redirected",
            ])
    }

    @Test func `support takes a ticket number to the agent`() throws {
        var story = Story(try sample())
        story.start()
        story.wait(.seconds(4))
        story.press("2")
        story.wait(.seconds(3))
        story.press("4711#")
        story.wait(.seconds(6))
        #expect(
            story.told.suffix(5) == [
                "play enter-ticket, then-hash", "stop", "play your-ticket, \"four seven one one\"",
                "redirect 2002 reason=support ticket=4711",
                "finished redirected",
            ])
    }

    @Test func `gold customers have a desk of their own`() throws {
        var story = Story(try sample())
        story.records = ["+4930111": ["name": "Ann", "tier": "gold"]]
        story.start()
        story.wait(.seconds(8))
        story.press("2")
        story.wait(.seconds(4))
        #expect(story.told.contains("redirect 2003 reason=support tier=gold customer=Ann"))
    }

    @Test func `German by key, by record, and back`() throws {
        var story = Story(try sample())
        story.start()
        story.wait(.seconds(3))
        story.press("3")
        story.wait(.seconds(1))
        #expect(story.told.last == "play main-menu(de-DE)")
        story.press("3")
        #expect(story.told.last == "play main-menu")
        var german = Story(try sample())
        german.records = ["+4930111": ["name": "Anna", "language": "de-DE"]]
        german.start()
        german.wait(.seconds(5))
        #expect(german.told.suffix(3) == ["play welcome(de-DE)", "play \"Guten Tag, Anna.\"(de-DE)", "play main-menu(de-DE)"])
    }

    @Test func `extensions, and colleagues who are busy`() throws {
        var story = Story(try sample())
        story.redirects = ["2004": .busy]
        story.start()
        story.wait(.seconds(3))
        story.press("2004")
        story.wait(.seconds(10))
        #expect(story.told.suffix(4) == ["redirect 2004", "play nobody-there", "play goodbye", "hangup normal"])
    }

    @Test func `outside of hours a silent caller hears that we are closed, and is let go`() throws {
        var story = Story(try sample(), startedAt: Self.sunday)
        story.start()
        story.wait(.seconds(60))
        #expect(
            story.told.suffix(6) == [
                "play welcome", "play closed", "play closed-menu", "play closed-menu", "play goodbye", "hangup normal",
            ])
        #expect(story.steps == ["welcome", "reception", "after-hours", "goodbye"])
    }

    @Test func `mutated flows never harm the checker`() throws {
        let original = Array(try Sample.text("Flows/main.yaml").utf8)
        let lines = original.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let context = try Sample.context()
        let salt = Array("\n :-#*&!|>'\"[]{}?,x9=.\t%@\u{E4}".utf8)
        var random = SeededRandom(seed: 5)
        for _ in 0..<2000 {
            var bytes = original
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                var some = lines
                for _ in 0..<Int.random(in: 1...4, using: &random) { some.remove(at: Int.random(in: 0..<some.count, using: &random)) }
                bytes = Array(some.joined(separator: [UInt8(ascii: "\n")]))
            case 1:
                var some = lines
                some.swapAt(Int.random(in: 0..<some.count, using: &random), Int.random(in: 0..<some.count, using: &random))
                some.insert(lines[Int.random(in: 0..<lines.count, using: &random)], at: Int.random(in: 0..<some.count, using: &random))
                bytes = Array(some.joined(separator: [UInt8(ascii: "\n")]))
            case 2: bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
            default:
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = salt.randomElement(using: &random) ?? 0
                }
            }
            let (flow, problems) = FlowChecker.check(bytes: bytes, file: "m.yaml", context: context)
            #expect((flow == nil) == problems.contains { $0.severity == .error })
        }
    }
}
