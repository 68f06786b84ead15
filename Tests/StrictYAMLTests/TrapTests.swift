import Kernel
import StrictYAML
import Testing

private func errors(_ text: String) -> [String] {
    StrictYAML.read(text: text, file: "f.yaml").problems.sorted.map {
        "\($0.mark.map(String.init(describing:)) ?? "-") \($0.severity) \($0.message)"
    }
}

@Suite struct TrapTests {
    @Test func `scalars are text whatever YAML would make of them`() throws {
        let root = try #require(StrictYAML.read(text: "a: no\nb: 017\nc: 12:30\nd: 1e3\ne: ~\nf: \"\"\ng:\n", file: "f").root)
        #expect(root["a"]?.text == "no")
        #expect(root["b"]?.text == "017")
        #expect(root["c"]?.text == "12:30")
        #expect(root["d"]?.text == "1e3")
        #expect(root["e"]?.text == "~")
        #expect(root["f"]?.kind == .scalar("", quoted: true))
        #expect(root["g"]?.isNothing == true)
        #expect(root["c"]?.mark == Mark(line: 3, column: 4))
        #expect(root.mapping?.map(\.key) == ["a", "b", "c", "d", "e", "f", "g"])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "3:1 error `a` stands twice in the same group; it is already on line 1"),
        ("1: x\n\"1\": y\n", "2:1 error `1` stands twice in the same group; it is already on line 1"),
        ("a: &x 1\n", "1:4 error a value can't begin with `&` (an anchor); put it in quotes"),
        ("a: *x\n", "1:4 error a value can't begin with `*` (an alias); put it in quotes"),
        ("a: !!str 1\n", "1:4 error a value can't begin with `!` (a tag); put it in quotes"),
        ("%YAML 1.1\n---\na: 1\n", "1:1 error directives (`%`) are not used here"),
        ("a: 1\n---\nb: 2\n", "2:1 error a second document begins here (`---`); a file holds one"),
        ("finish: #\n", "1:9 error `#` begins a comment, so there is no value here; write \"#\" in quotes, or hash"),
        ("finish: # the end\nnext: 1\n", "1:9 error `#` begins a comment, so there is no value here; write \"#\" in quotes, or hash"),
        ("keys:\n  #: operator\n", "2:3 error `#` begins a comment, so this line is not read; write \"#\" in quotes, or hash"),
        ("keys:\n  *: operator\n", "2:3 error `*` means something else to YAML; write \"*\" in quotes, or star"),
        ("a:\n\t- b\n", "2:1 error this line is indented with a tab; indent with spaces"),
        ("a: \"open\nb: 1\n", "1:4 error these quotes are never closed"),
        ("a: [1, 2\nb: 3\n", "2:2 error a list in brackets isn't closed: a `,` or `]` is missing before this"),
        ("a: 1\n   b: 2\n", "2:5 error a `:` can't stand here; if it belongs to the text, put the text in quotes"),
        (
            "say: Press one # for sales\n",
            "1:16 warning from `#` on this is a comment and not part of the text; put the text in quotes if it is meant, or two spaces before the comment"
        ),
        ("a: \u{7}\n", "1:4 error the invisible character U+0007 can't stand here"),
        ("a: \u{E000}\n", "1:4 error the invisible character U+E000 can't stand here"),
        ("", "- error the file is empty"),
        ("# only this\n", "- error the file is empty"),
        ("? [a, b]\n: c\n", "1:3 error a key must be a word, not a list"),
    ])
    func `a trap is named`(text: String, expected: String) {
        #expect(errors(text) == [expected])
    }

    @Test(arguments: [
        "lines: [5000]   # the route point\n", "a:\n  # comment\n  b: 1\n", "a: # why\n  - b\n", "a: # why\n- b\n",
        "a: |\n  # not a comment\n  *x &y !z\n  \"open\nb: 1\n",
        "- a: >\n    text\n  b: \"#\"\n- '*'\n", "a: {b: \"#\", c: 'it''s'}\n", "a: http://x/#y\n", "a: \"x\n  y # z\"\n",
        "a: {open: { Mon-Fri: 09:00-18:00 }, c: [2026-12-25]}\n", "---\na: 1\n",
        "a: \"\\\"\"\r\nb: 1\r\n",
    ])
    func `right text is left alone`(text: String) {
        #expect(errors(text) == [])
    }

    @Test func `all duplicates are found and the first values stay`() {
        let (root, problems) = StrictYAML.read(text: "a: 1\nb: {c: 1, c: 2, 'c': 3}\na: 4\n", file: "f")
        #expect(problems.found.count == 3)
        #expect(root?["a"]?.text == "1")
        #expect(root?["b"]?["c"]?.text == "1")
    }

    @Test func `what was repaired is read as it was meant`() {
        let (root, problems) = StrictYAML.read(text: "keys: {*: a, 1: b}\nfinish: #\nmore: [*]\n#: x\n", file: "f")
        #expect(problems.found.count == 4)
        #expect(root?["keys"]?["*"]?.text == "a")
        #expect(root?["finish"]?.text == "#")
        #expect(root?["more"]?.list?.first?.text == "*")
        #expect(root?["#"]?.text == "x")
    }

    @Test(arguments: [[0xFE, 0xFF, 0, 97], [0xFF, 0xFE, 97, 0], [97, 58, 32, 0xC3, 0x28], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func `other encodings are refused`(bytes: [UInt8]) {
        let (root, problems) = StrictYAML.read(bytes: bytes, file: "f")
        #expect(root == nil)
        #expect(problems.hasErrors)
    }

    @Test func `a byte order mark is skipped`() {
        let (root, problems) = StrictYAML.read(bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "f")
        #expect(root?["a"]?.text == "1")
        #expect(problems.found.isEmpty)
    }

    @Test(arguments: [
        String(repeating: "[", count: 200_000), String(repeating: "- ", count: 200_000), String(repeating: "{a: ", count: 100_000),
        (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), String(repeating: "a,", count: 300_000),
        "[" + String(repeating: "a,", count: 300_000) + "]", String(repeating: "a", count: 2_000_000),
        String(repeating: "- a\n", count: 100_000),
        String(repeating: "a: 1\n", count: 30_000), "x: \"" + String(repeating: "\\\\", count: 400_000) + "\"",
        String(repeating: "? ", count: 100_000),
        String(repeating: "\n", count: 900_000), String(repeating: "a: #\n", count: 20_000),
    ])
    func `monstrous files are refused or read, quickly`(text: String) {
        let (_, problems) = StrictYAML.read(text: text, file: "f")
        #expect(problems.found.count <= 200)
    }

    @Test func `random damage never harms the reader`() {
        let seedText = Array(
            "flow: a\nlines: [5000, \"#\"]\nsteps:\n  a:\n    - say: |\n        x\n    - menu: {1: 'b', *: c}\n  b: \"c\" # d\n".utf8)
        let salt = Array("\n :-#*&!|>'\"[]{}?,\\\t%@\u{E4}x1".utf8)
        var random = SeededRandom(seed: 7)
        for _ in 0..<3000 {
            var bytes = seedText
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte = salt.randomElement(using: &random) ?? 0
                if Bool.random(using: &random) { bytes[place] = byte } else { bytes.insert(byte, at: place) }
            }
            let (root, problems) = StrictYAML.read(bytes: bytes, file: "f")
            #expect(root != nil || problems.hasErrors)
        }
    }
}
