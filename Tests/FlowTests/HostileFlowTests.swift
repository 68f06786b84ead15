import Flow
import Foundation
import Kernel
import StrictYAML
import Testing

/// Files that were written to harm. Each is checked in time, with an error that says what is too much.
@Suite(.timeLimit(.minutes(5))) struct HostileFlowTests {
    static let head = "flow: T\nlines: [5000]\nlanguage: en-US\nsteps:\n"

    static let files: [(name: String, text: String, says: String?)] = [
        ("lists in lists", head + "  a: " + String(repeating: "[", count: 100_000), "nested more than 64 deep"),
        ("groups in groups", head + "  a: " + String(repeating: "{a: ", count: 50_000), "nested more than 64 deep"),
        ("dashes in dashes", head + "  a:\n    " + String(repeating: "- ", count: 50_000), "nested more than 64 deep"),
        ("stairs", head + (0..<1000).map { String(repeating: " ", count: $0 + 2) + "a:\n" }.joined(), "nested more than 64 deep"),
        (
            "a billion laughs",
            "a: &a [x, x, x, x]\n" + (1..<30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]\n" }.joined(), "an anchor"
        ),
        ("megabytes", head + "  a:\n    - say: " + String(repeating: "x", count: 3_000_000), "larger than 1024 KB"),
        ("one long line", head + "  a:\n    - say: " + String(repeating: "x", count: 1_000_000) + "\n    - hangup\n", nil),
        ("values without end", head + "  a: [" + String(repeating: "a,", count: 300_000), "more than 50000 values"),
        ("steps without end", head + (0..<10_000).map { "  s\($0):\n    - hangup\n" }.joined(), "at most 500 steps"),
        ("actions without end", head + "  a:\n" + String(repeating: "    - answer\n", count: 20_000), "at most 200 actions"),
        (
            "variables without end",
            head + "  a:\n    - set:\n" + (0..<15_000).map { "        v\($0): x\n" }.joined() + "    - hangup\n", "at most 500 variables"
        ),
        ("keys without end", head + "  a:\n    - menu:\n" + (0..<15_000).map { "        v\($0): x\n" }.joined(), "no key `v0`"),
        (
            "prompts without end",
            head + "  a:\n    - answer\n    - play: [" + (0..<20_000).map { "p\($0)," }.joined() + "p]\n    - hangup\n", "at most"
        ),
        (
            "text without end",
            head + "  a:\n    - answer\n    - play:\n" + (0..<10_000).map { "        - say: t\($0)\n" }.joined() + "    - hangup\n",
            "at most"
        ),
        (
            "variables in a text", head + "  a:\n    - say: \"" + String(repeating: "{a}", count: 100_000) + "\"\n    - hangup\n",
            "longer than"
        ),
        ("keys beside", head + "  a:\n    - menu:\n" + (0..<15_000).map { "      v\($0): x\n" }.joined(), "stands beside"),
        ("parentheses", head + "  a:\n    - if: " + String(repeating: "(", count: 900) + "\n      go: a\n", "nested more than 32 deep"),
        ("braces never closed", head + "  a:\n    - say: \"" + String(repeating: "{a", count: 300_000) + "\"\n", nil),
        (
            "words joined without end", head + "  a:\n    - if: " + String(repeating: "not ", count: 100_000) + "open\n      go: a\n",
            "longer than"
        ),
        ("nothing", "", "the file is empty"),
        ("a byte order mark alone", "\u{FEFF}", "the file is empty"),
        ("zeros", String(repeating: "\0", count: 1000), "invisible character"),
        ("line ends alone", String(repeating: "\n", count: 1_000_000), "the file is empty"),
        ("carriage returns", String(repeating: "\r", count: 100_000), "invisible character"),
        ("colons", String(repeating: ": ", count: 400_000), nil),
        ("question marks", String(repeating: "? ", count: 20_000), nil),
        ("quotes", String(repeating: "'", count: 999_999), nil),
        ("block texts", head + String(repeating: "  a: |\n    x\n", count: 20_000), nil),
        (
            "languages",
            "flow: T\nlanguage: en-US\nlanguages: [" + (0..<10_000).map { "aa-\(1000 + $0 % 9000)," }.joined() + "de]\n" + head, nil
        ),
        (
            "lines", "flow: T\nlines: [" + (0..<20_000).map { "\($0)," }.joined() + "1]\nlanguage: en-US\nsteps:\n  a:\n    - hangup\n",
            "at most"
        ),
    ]

    @Test(arguments: files.map(\.name))
    func `a hostile file is refused in time`(name: String) throws {
        let (_, text, says) = try #require(Self.files.first { $0.name == name })
        let clock = ContinuousClock()
        var found: [Diagnostic] = []
        let time = clock.measure { found = FlowChecker.check(text: text, file: "hostile.yaml").diagnostics }
        #expect(time < .seconds(10), "\(name) took \(time)")
        if let says { #expect(found.contains { $0.message.contains(says) }, "\(found.prefix(3).map(\.rendered))") }
        #expect(found.count <= 200)
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x66, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x66], "UTF-16"), ([0x66, 0xC3, 0x28], "not UTF-8"),
            ([0xED, 0xA0, 0x80], "not UTF-8"),
            ([0x66, 0x6C, 0xFC, 0x77], "not UTF-8"), ([0xF5, 0x80, 0x80, 0x80], "not UTF-8"), ([0x00], "invisible character"),
        ] as [([UInt8], String)])
    func `a file in another encoding is named as such`(bytes: [UInt8], says: String) {
        let found = FlowChecker.check(bytes: bytes, file: "latin.yaml").diagnostics
        #expect(found.count == 1)
        #expect(found.first?.message.contains(says) == true, "\(found)")
    }

    /// `FUZZ=100000 swift test --filter HostileFlowTests` goes through more, from another seed.
    static let fuzz = ProcessInfo.processInfo.environment["FUZZ"].flatMap { Int($0) }

    @Test(.timeLimit(.minutes(30))) func `random pieces of flow files never harm the checker`() {
        let pieces = [
            "flow: T\n", "lines: [5000]\n", "language: en-US\n", "steps:\n", "  a:\n", "    - ", "menu:", "\n        ", "keys: {", "}", "[",
            "]", "1: a", ",",
            "say: ", "{caller.number}", "if: ", "open and not ", "(", ")", "== \"", "\"", "'", "|\n", ">-\n", "&a ", "*a ", "!t ", "#", "%",
            "\t", "  ",
            "\n", "go: a", "hours:\n", "  timezone: Europe/Berlin\n", "  open: { Mon-Sun: 00:00-24:00 }\n", "?", "- - -", ": ", "---\n",
            "...\n", "é", "💥",
            "collect: { into: x }", "no-input: ", "attempts: 99999999999999999999", "5s", "redirect: 2001", "hangup", "\u{85}", "\\x",
            "<<: ",
        ]
        var random = SeededRandom(seed: UInt64(Self.fuzz ?? 11))
        for _ in 0..<(Self.fuzz ?? 3000) {
            let text = (0..<Int.random(in: 1...60, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let (flow, found) = FlowChecker.check(text: text, file: "r.yaml")
            #expect((flow == nil) == found.contains { $0.severity == .error })
        }
    }
}
