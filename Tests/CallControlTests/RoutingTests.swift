import CallControl
import Kernel
import Testing

struct RoutingTests {
    /// Who rings for a number dialled from 1001, with the dialled partitions reachable through the calling search space `all`.
    private func destination(
        of number: DirectoryNumber, _ change: (inout NumberingPlan) -> Void = { _ in }
    ) -> (devices: [DeviceName], called: DirectoryNumber?, cause: Cause?) {
        var bench = Bench(change)
        let caller = bench.call(number)
        let cause = bench.commands(to: caller).compactMap { if case .release(let cause) = $0 { cause } else { nil } }.first
        return (bench.offered.map(\.device), bench.offered.first?.setUp.called, cause)
    }

    @Test func `a directory number leads to the device of its line`() {
        #expect(destination(of: "1002").devices == ["phone-1002"])
    }

    @Test func `a shared line leads to all its devices`() {
        #expect(destination(of: "1003").devices == ["phone-1003a", "phone-1003b"])
    }

    @Test func `a route pattern leads to its trunk, with leading characters taken off`() {
        let found = destination(of: "030123456")
        #expect(found.devices == ["trunk"])
        #expect(found.called == "30123456")
    }

    @Test func `a number that is nowhere gets cause 1`() {
        let found = destination(of: "7777")
        #expect(found.devices.isEmpty)
        #expect(found.cause == .unallocated)
    }

    @Test func `an exclamation mark stands for at least one character`() {
        #expect(destination(of: "0").cause == .unallocated)
    }

    @Test(
        arguments: [
            ("8123", "narrow"), ("8199", "half"), ("8999", "wide"), ("89", "open"), ("8", nil), ("81234", "open"),
        ] as [(DirectoryNumber, DeviceName?)])
    func `the narrowest pattern wins, whatever the order`(number: DirectoryNumber, trunk: DeviceName?) {
        let found = destination(of: number) { plan in
            for name in ["open", "wide", "half", "narrow"] as [DeviceName] { plan.devices[name] = Device(name: name, kind: .trunk) }
            plan.routes += [
                RoutePattern(pattern: "8!", trunk: "open"), RoutePattern(pattern: "8xxx", trunk: "wide"),
                RoutePattern(pattern: "81xx", trunk: "half"),
                RoutePattern(pattern: "812x", trunk: "narrow"),
            ]
        }
        #expect(found.devices == (trunk.map { [$0] } ?? []))
    }

    @Test func `a directory number wins over any pattern`() {
        let found = destination(of: "1002") { $0.routes.append(RoutePattern(pattern: "1002", trunk: "trunk")) }
        #expect(found.devices == ["phone-1002"])
    }

    @Test func `partitions are searched in the order of the line's, then the device's search space`() {
        func found(line: [String], device: [String]) -> [DeviceName] {
            destination(of: "1002") { plan in
                plan.lines.append(Line(number: "1002", partition: "other", devices: ["phone-1004"]))
                plan.callingSearchSpaces = ["line": line, "device": device]
                plan.lines[0].callingSearchSpace = "line"
                plan.devices["phone-1001"]?.callingSearchSpace = "device"
            }.devices
        }
        #expect(found(line: ["other"], device: ["internal"]) == ["phone-1004"])
        #expect(found(line: ["internal"], device: ["other"]) == ["phone-1002"])
        #expect(found(line: [], device: ["other", "internal"]) == ["phone-1004"])
        #expect(found(line: [], device: []) == [])
    }

    @Test func `who has no calling search space dials only the partition internal`() {
        let found = destination(of: "1004") { $0.lines[3].partition = "other" }
        #expect(found.cause == .unallocated)
    }

    @Test func `a search space that is not configured reaches nothing`() {
        #expect(destination(of: "1002") { $0.lines[0].callingSearchSpace = "misspelt" }.cause == .unallocated)
    }

    @Test func `a trunk that is down gets cause 38`() {
        var bench = Bench()
        bench.send(.device("trunk", available: false))
        let caller = bench.call("0123")
        #expect(bench.commands(to: caller) == [.release(.networkOutOfOrder)])
    }

    @Test func `a trunk counts as up until it is said to be down, a phone as down until it registers`() {
        var bench = Bench(available: false)
        _ = bench.call("0123")
        #expect(bench.offered.map(\.device) == ["trunk"])
        let caller = bench.call("1002")
        #expect(bench.commands(to: caller) == [.release(.subscriberAbsent)])
    }

    @Test func `an unknown device may not call`() {
        var bench = Bench()
        let caller = bench.call("1002", from: "stranger")
        #expect(bench.commands(to: caller) == [.release(.rejected)])
        #expect(bench.control.callCount == 0)
    }

    @Test func `a changed plan routes the next call`() {
        var bench = Bench()
        var plan = Bench.plan
        plan.lines[1].number = "1234"
        bench.send(.plan(plan))
        _ = bench.call("1234")
        #expect(bench.offered.map(\.device) == ["phone-1002"])
    }
}
