import Flow
import StrictYAML
import Testing

/// What the checker says about a whole file.
private func check(_ text: String, context: CheckContext = CheckContext()) -> String {
    FlowChecker.check(text: text, file: "Flows/main.yaml", context: context).diagnostics.map(\.rendered).joined(separator: "\n")
}

/// What the checker says about steps.
private func check(steps: String, head: String = "", context: CheckContext = CheckContext()) -> String {
    check("flow: T\nlines: [5000]\nlanguage: en-US\n" + head + "steps:\n" + steps, context: context)
}

/// Exact texts: what an author reads is part of the product.
@Suite struct DiagnosticTests {
    @Test func `an unknown verb gets the nearest one`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - meun: { prompt: x }\n    - hangup\n") == """
                Flows/main.yaml:7:7: error: there is no verb `meun`
                    - meun: { prompt: x }
                      ^
                did you mean `menu`?
                """)
    }

    @Test func `an unknown key says where it is allowed`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - menu:\n        prompt: x\n        keys: { 1: a }\n        ring: 5s\n") == """
                Flows/main.yaml:10:9: error: `menu` has no key `ring`; it belongs in `directory`, `redirect`, `callback`
                        ring: 5s
                        ^
                """)
    }

    @Test func `a misspelled key gets the nearest one`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - menu:\n        promt: x\n        keys: { 1: a }\n        no_input: { go: a }\n") == """
                Flows/main.yaml:8:9: error: `menu` has no key `promt`
                        promt: x
                        ^
                did you mean `prompt`?
                Flows/main.yaml:10:9: error: `menu` has no key `no_input`
                        no_input: { go: a }
                        ^
                did you mean `no-input`?
                """)
    }

    @Test func `a key that stands beside its verb is a matter of indentation`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - menu:\n      prompt: x\n      keys: { 1: a }\n") == """
                Flows/main.yaml:8:7: error: `prompt` stands beside `menu`; indent it two spaces further to put it inside
                      prompt: x
                      ^
                Flows/main.yaml:9:7: error: `keys` stands beside `menu`; indent it two spaces further to put it inside
                      keys: { 1: a }
                      ^
                """)
    }

    @Test func `two verbs in one action`() {
        #expect(
            check(steps: "  a:\n    - answer:\n      play: x\n    - hangup\n") == """
                Flows/main.yaml:7:7: error: an action has one verb, and `answer` is there already; begin `play` with its own `-`
                      play: x
                      ^
                """)
    }

    @Test func `a step that doesn't exist`() {
        #expect(
            check(steps: "  a:\n    - go: after-ours\n  after-hours:\n    - hangup\n") == """
                Flows/main.yaml:6:11: error: there is no step `after-ours`
                    - go: after-ours
                          ^
                did you mean `after-hours`?
                """)
    }

    @Test func `a step that nothing leads to is a warning`() {
        #expect(
            check(steps: "  a:\n    - hangup\n  lost:\n    - hangup\n") == """
                Flows/main.yaml:7:3: warning: no step leads to `lost`
                  lost:
                  ^
                """)
    }

    @Test func `a step that falls off its end`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - play: welcome\n") == """
                Flows/main.yaml:7:7: error: the step `a` falls off its end; say where it goes (`go`, `menu`, `redirect`, `hangup`)
                    - play: welcome
                      ^
                """)
    }

    @Test func `a prompt that is missing in one language, and one that is missing in all`() {
        let context = CheckContext(prompts: ["en-US": ["welcome", "menu"], "de-DE": ["menu"]])
        #expect(
            check(steps: "  a:\n    - answer\n    - play: [welcome, mneu]\n    - hangup\n", head: "languages: [de-DE]\n", context: context)
                == """
                Flows/main.yaml:8:14: error: the prompt `welcome` is missing in de-DE
                    - play: [welcome, mneu]
                             ^
                record Prompts/de-DE/welcome.wav, or add its text to Prompts/prompts.yaml
                Flows/main.yaml:8:23: error: there is no prompt `mneu`
                    - play: [welcome, mneu]
                                      ^
                did you mean `menu`?
                """)
    }

    @Test func `numbers, lines and stores that there are not`() {
        let context = CheckContext(lines: ["5001"], stores: ["customer"], numbers: ["2001"])
        #expect(
            check(steps: "  a:\n    - lookup: custmer\n    - redirect: 2010\n", context: context) == """
                Flows/main.yaml:2:9: error: no device has the line 5000
                lines: [5000]
                        ^
                did you mean `5001`?
                Flows/main.yaml:6:15: error: there is no store `custmer`
                    - lookup: custmer
                              ^
                did you mean `customer`?
                Flows/main.yaml:7:17: error: no line has the number 2010, and no route leads to it
                    - redirect: 2010
                                ^
                did you mean `2001`?
                """)
    }

    @Test func `a key that an extension shadows`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - menu:\n        keys: { 2: a }\n        extensions: 20xx\n") == """
                Flows/main.yaml:8:17: warning: the key 2 acts only after 3 s, because an extension `20xx` may follow
                        keys: { 2: a }
                                ^
                write `between-digits:` to choose the time
                """)
    }

    @Test func `a key and an extension that can't be told apart, and what is no key`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - menu:\n        keys: { 2: a, 12: a, star: a, \"*\": a }\n        extensions: [2, 2y]\n")
                == """
                Flows/main.yaml:8:17: error: the key 2 and the extension `2` can't be told apart
                        keys: { 2: a, 12: a, star: a, "*": a }
                                ^
                Flows/main.yaml:8:23: error: `12` is no key of a telephone; there are 0 to 9, "*" (star), "#" (hash or pound)
                        keys: { 2: a, 12: a, star: a, "*": a }
                                      ^
                Flows/main.yaml:8:39: error: the key * stands twice in this menu
                        keys: { 2: a, 12: a, star: a, "*": a }
                                                      ^
                Flows/main.yaml:9:25: error: expected an extension such as `2001`, or `20xx` with x for any digit, found `2y`
                        extensions: [2, 2y]
                                        ^
                """)
    }

    @Test func `signs without quotes`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - menu:\n        keys:\n          1: a\n          *: a\n          #: a\n") == """
                Flows/main.yaml:10:11: error: `*` means something else to YAML; write "*" in quotes, or star
                          *: a
                          ^
                Flows/main.yaml:11:11: error: `#` begins a comment, so this line is not read; write "#" in quotes, or hash
                          #: a
                          ^
                """)
    }

    @Test func `a round without the caller, and one for the silent`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - go: b\n  b:\n    - play: x\n    - go: c\n  c:\n    - go: b\n") == """
                Flows/main.yaml:8:3: error: this goes round for ever without a key of the caller: b → c → b
                  b:
                  ^
                """)
        #expect(
            check(steps: "  a:\n    - answer\n    - go: b\n  b:\n    - menu: { keys: { 1: c }, no-input: { go: b } }\n  c:\n    - hangup\n")
                == """
                Flows/main.yaml:8:3: warning: a caller who presses nothing goes round until the call's longest time: b → b
                  b:
                  ^
                """)
    }

    @Test func `what would be heard by nobody`() {
        #expect(
            check(
                steps:
                    "  a:\n    - if: caller.name == nothing\n      go: b\n    - answer\n    - hangup\n  b:\n    - play: x\n    - hangup\n")
                    == """
                    Flows/main.yaml:11:7: error: a call can come to this `play` before it is answered; put `- answer` before it, or in front of what leads here
                        - play: x
                          ^
                    """)
    }

    @Test func `a time span without a unit, and one out of bounds`() {
        #expect(
            check(steps: "  a:\n    - redirect: { to: 2001, ring: 20 }\n  b:\n    - redirect: { to: 2001, ring: 20m }\n") == """
                Flows/main.yaml:6:35: error: a time span needs its unit: `20s` for seconds, or `ms`, `m`, `h`
                    - redirect: { to: 2001, ring: 20 }
                                                  ^
                did you mean `20s`?
                Flows/main.yaml:8:35: error: expected a time span from 1s to 10m, found `20m`
                    - redirect: { to: 2001, ring: 20m }
                                                  ^
                """)
    }

    @Test(arguments: [
        (#"customer.tier = "gold""#, 15, "two `==` compare; one alone means nothing here"),
        (#"caller.number == 49"#, 15, "text and a number can't be compared: they are never equal; put the number in quotes"),
        (#"open == "yes""#, 6, "yes or no and text can't be compared: they are never equal"),
        ("caller.number and open", 15, "`and` joins what is yes or no, not text"),
        ("not caller.number", 1, "`not` turns yes into no, and this is text"),
        ("caller.number", 0, "a condition must be yes or no, and this is text"),
        (#"caller.number starts "4""#, 22, "expected `with` after `starts`, found \"4\""),
        ("(open", 6, "expected `)`, found the end"),
        ("open and", 9, "expected a value, found the end"),
        ("1 < 2 < 3", 7, "two comparisons in a row: join them with `and`"),
        ("open open", 6, "expected `and`, `or` or the end, found `open`"),
        (#"caller.number == "49"#, 18, "this text is never closed with \""),
        ("a == 0123", 6, "`0123` looks like a number to dial; put it in quotes"),
        ("caller.number == “49”", 18, "these quotes are typographic; write plain ones: \"…\""),
        ("open && open", 6, "write `and`"),
        (#""a" in "abc""#, 5, "`in` needs a list on its right, such as [\"a\", \"b\"], not text"),
        ("open < 3", 6, "`<` orders numbers or texts, not yes or no and a number"),
    ])
    func `conditions`(condition: String, column: Int, message: String) {
        let found = FlowChecker.check(
            text:
                "flow: T\nlines: [5000]\nlanguage: en-US\nhours: { timezone: UTC, open: { Mon: 09:00-18:00 } }\nsteps:\n  a:\n    - if: '\(condition)'\n      go: b\n    - hangup\n  b:\n    - hangup\n",
            file: "f"
        ).diagnostics.filter { $0.severity == .error }
        #expect(found.map(\.message) == [message])
        #expect(found.map { $0.mark?.column } == [column + 11])
    }

    @Test func `variables that nothing sets`() {
        #expect(
            check(
                steps:
                    "  a:\n    - answer\n    - lookup: customer\n    - say: Hello {custmer.name}\n    - if: ticket == nothing\n      go: b\n    - hangup\n  b:\n    - hangup\n"
            ) == """
                Flows/main.yaml:8:19: warning: nothing in this flow sets `custmer.name`; it will always be nothing
                    - say: Hello {custmer.name}
                                  ^
                did you mean `customer.name`?
                Flows/main.yaml:9:11: warning: nothing in this flow sets `ticket`; it will always be nothing
                    - if: ticket == nothing
                          ^
                if it is text, put it in quotes: "ticket"
                """)
    }

    @Test func `a secret is not to be shown`() {
        #expect(
            check(
                steps:
                    "  a:\n    - answer\n    - collect: { into: pin, digits: 4, secret: yes }\n    - redirect: { to: 2001, with: { pin: \"{pin}\" } }\n"
            ) == """
                Flows/main.yaml:8:44: error: `pin` is secret; it can be compared and looked up, but not shown, spoken or sent
                    - redirect: { to: 2001, with: { pin: "{pin}" } }
                                                           ^
                """)
    }

    @Test func `hours`() {
        let hours = "hours:\n  timezone: Berlin\n  open: { Mo-Fr: 09:00-18:00, Sat: 9-12 }\n  closed: [2026-02-30]\n  shut: []\n"
        #expect(
            check(steps: "  a:\n    - hangup\n", head: hours) == """
                Flows/main.yaml:5:13: error: expected a time zone such as `Europe/Berlin`, found `Berlin`
                  timezone: Berlin
                            ^
                did you mean `Europe/Berlin`?
                Flows/main.yaml:6:11: error: `Mo-Fr` is no day or span of days; write Mon, Tue, Wed, Thu, Fri, Sat, Sun or `Mon-Fri`
                  open: { Mo-Fr: 09:00-18:00, Sat: 9-12 }
                          ^
                Flows/main.yaml:6:36: error: expected a span of the day such as `09:00-18:00`, found `9-12`
                  open: { Mo-Fr: 09:00-18:00, Sat: 9-12 }
                                                   ^
                Flows/main.yaml:7:12: error: expected a day such as `2026-12-25`, found `2026-02-30`
                  closed: [2026-02-30]
                           ^
                Flows/main.yaml:8:3: error: `hours` has no key `shut`
                  shut: []
                  ^
                it has: `timezone`, `closed`, `open`
                """)
    }

    @Test func `open without hours`() {
        #expect(
            check(steps: "  a:\n    - if: not open\n      go: b\n    - hangup\n  b:\n    - hangup\n") == """
                Flows/main.yaml:6:11: error: `open` needs `hours:` in this file
                    - if: not open
                          ^
                """)
    }

    @Test func `everything that a file lacks`() {
        #expect(
            check("step:\n  a: []\n") == """
                Flows/main.yaml:1:1: error: the flow needs `flow`
                step:
                ^
                Flows/main.yaml:1:1: error: the flow needs `lines`
                step:
                ^
                Flows/main.yaml:1:1: error: the flow needs `language`
                step:
                ^
                Flows/main.yaml:1:1: error: the flow needs `steps`
                step:
                ^
                Flows/main.yaml:1:1: error: the flow has no key `step`
                step:
                ^
                did you mean `steps`?
                """)
    }

    @Test func `a colon that was forgotten`() {
        #expect(
            check(steps: "  a:\n    - answer\n    - play welcome\n    - hangup\n") == """
                Flows/main.yaml:7:7: error: `play` needs a colon before what follows
                    - play welcome
                      ^
                did you mean `play: welcome`?
                """)
    }

    @Test func `a text in place of a prompt, and braces`() {
        #expect(
            check(
                steps:
                    "  a:\n    - answer\n    - play: Welcome to us!\n    - say: Hello {customer name}\n    - say: Hello {name\n    - hangup\n"
            ) == """
                Flows/main.yaml:7:13: error: `Welcome to us!` can't be a prompt's name; write `say:` in front of text that is to be spoken
                    - play: Welcome to us!
                            ^
                Flows/main.yaml:8:19: error: `customer name` can't be a variable's name
                    - say: Hello {customer name}
                                  ^
                Flows/main.yaml:9:18: error: a brace opens here and is never closed; two braces `{{` stand for one
                    - say: Hello {name
                                 ^
                """)
    }
}
