import Flow
import Kernel
import Testing

/// Whether a condition holds in a call from +4930222 with some data.
private func holds(_ condition: String, at time: Double = Story.mondayNoon) throws -> Bool? {
    let hours =
        "hours: { timezone: Europe/Berlin, open: { Mon-Fri: 09:00-18:00, Sat: [10:00-12:00, 13:00-14:00], Sun: 22:00-02:00 }, closed: [2026-12-25] }"
    let quoted = condition.replacing("'", with: "''")
    let flow = try flow("a:\n  - if: '\(quoted)'\n    go: b\n    else: c\nb:\n  - hangup: busy\nc:\n  - hangup: declined\n", head: hours)
    let data = ["tier": "gold", "count": "12", "vip": "yes", "empty": ""]
    var story = Story(flow, caller: "+4930222", data: data, startedAt: time)
    story.start()
    switch story.told.last {
    case "hangup busy": return true
    case "hangup declined": return false
    default: return nil
    }
}

@Suite struct ExpressionTests {
    @Test(arguments: [
        (#"data.tier == "gold""#, true), (#"data.tier != "gold""#, false), (#"data.tier == 'gold'"#, true), ("data.count > 3", true),
        ("data.count < 9", false),
        ("data.count == 12", true), (#"data.count == "12""#, true), (#"caller.number starts with "+49""#, true),
        (#"caller.number ends with "222""#, true),
        (#"caller.number contains "302""#, true), ("data.vip", true), ("not data.vip", false), ("not not data.vip", true),
        ("data.missing", false),
        ("data.missing == nothing", true), ("data.tier == nothing", false), (#"data.missing == "gold""#, false),
        ("data.missing > 3", false),
        (#"data.tier in ["gold", "silver"]"#, true), (#"["gold", 3] contains data.tier"#, true), ("3 in [1, 2]", false), ("open", true),
        (#"not (open and data.tier == "tin")"#, true), ("no or yes", true), ("no and nothing", false), ("-1.5 < 0", true),
        (#"now > "2026-11-23""#, true),
        (#"now starts with "2026-11-23 12:00""#, true), ("data.vip == yes", true), ("data.empty", false),
    ])
    func `a condition holds or doesn't`(condition: String, expected: Bool) throws {
        #expect(try holds(condition) == expected)
    }

    @Test(arguments: ["data.tier", "data.tier > 3", "data.tier == 5", "data.tier and yes", "not data.count"])
    func `unlike kinds fail at run time`(condition: String) throws {
        #expect(try holds(condition) == nil)
    }

    /// Days from the Monday, minutes of the local day, and whether it is open then.
    private static let moments: [(day: Int, minute: Int, isOpen: Bool)] = [
        (0, 720, true), (0, 539, false), (0, 540, true), (0, 1079, true), (0, 1080, false),
        (-2, 630, true), (-2, 720, false), (-2, 780, true), (-2, 840, false),
        // Sunday's span ends on Monday.
        (-1, 1319, false), (-1, 1320, true), (0, 0, true), (0, 119, true), (0, 120, false),
        // Christmas is a Friday.
        (32, 720, false), (31, 720, true), (35, 720, true),
    ]

    @Test(arguments: moments) func `opening hours`(day: Int, minute: Int, isOpen: Bool) throws {
        let midnight = Story.mondayNoon - 43_200
        #expect(try holds("open", at: midnight + Double(day) * 86_400 + Double(minute) * 60) == isOpen)
    }

    /// 2026-03-29 01:00 UTC is when Berlin's clocks go from 02:00 to 03:00.
    @Test(arguments: [(-1, "01:59"), (0, "03:00"), (3599, "03:59")]) func `the clock changes with the zone`(seconds: Int, expected: String)
        throws
    {
        #expect(try holds("now ends with \"\(expected)\"", at: 1_774_746_000 + Double(seconds)) == true)
    }
}
