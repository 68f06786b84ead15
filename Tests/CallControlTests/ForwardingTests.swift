import CallControl
import Kernel
import Testing

struct ForwardingTests {
    /// Calls 1002, whose line forwards as given to 1004, and lets `fail` make it fail.
    private func forwarded(
        _ forwards: Forwards, _ fail: (inout Bench, LegID) -> Void
    ) -> (bench: Bench, caller: LegID) {
        var bench = Bench { $0.lines[1].forwards = forwards }
        let caller = bench.call("1002")
        if let called = bench.offered.first?.leg { fail(&bench, called) }
        return (bench, caller)
    }

    @Test func `CFA sends every call on, with who was called first and why`() {
        let (bench, _) = forwarded(Forwards(all: "1004")) { _, _ in }
        #expect(bench.offered.map(\.device) == ["phone-1004"])
        let setUp = bench.offered.first?.setUp
        #expect(setUp?.called == "1004")
        #expect(setUp?.originalCalled == "1002")
        #expect(setUp?.diversions == [Diversion(number: "1002", reason: .unconditional)])
    }

    @Test(arguments: [
        (Forwards(busy: "1004"), Cause.userBusy, Diversion.Reason.userBusy),
        (Forwards(noAnswer: "1004"), .noUserResponding, .noAnswer),
        (Forwards(noAnswer: "1004"), .noAnswer, .noAnswer),
        (Forwards(unregistered: "1004"), .subscriberAbsent, .unavailable),
    ])
    func `the cause that the device gives decides which forward is taken`(forwards: Forwards, cause: Cause, reason: Diversion.Reason) {
        let (bench, caller) = forwarded(forwards) { $0.signal($1, .released(cause)) }
        #expect(bench.offered.map(\.device) == ["phone-1004"])
        #expect(bench.offered.first?.setUp.diversions == [Diversion(number: "1002", reason: reason)])
        #expect(bench.commands(to: caller).isEmpty)
    }

    @Test(arguments: [Cause.userBusy, .noAnswer, .subscriberAbsent, .rejected, .interworking])
    func `without a forward the caller hears the cause`(cause: Cause) {
        let (bench, caller) = forwarded(Forwards()) { $0.signal($1, .released(cause)) }
        #expect(bench.commands(to: caller) == [.release(cause)])
    }

    @Test func `a call that is rejected is not forwarded`() {
        let (bench, caller) = forwarded(Forwards(busy: "1004", noAnswer: "1004", unregistered: "1004")) {
            $0.signal($1, .released(.rejected))
        }
        #expect(bench.commands(to: caller) == [.release(.rejected)])
    }

    @Test func `CFNA is taken when the line's time is up, counted from alerting`() throws {
        var bench = Bench { $0.lines[1].forwards.noAnswer = "1004" }
        _ = bench.call("1002")
        let called = try #require(bench.offered.first?.leg)
        bench.wait(.seconds(5))
        bench.signal(called, .alerting(.none))
        bench.wait(.seconds(19))
        #expect(bench.outputs.isEmpty)
        bench.wait(.seconds(1))
        #expect(bench.commands(to: called) == [.release(.noAnswer)])
        #expect(bench.events(of: called) == [.failed(.noAnswer), .diverted(to: "1004", .noAnswer), .connectionCleared(.noAnswer)])
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `the busy trigger sends the next call to CFB`() {
        var bench = Bench {
            $0.lines[1].busyTrigger = 1
            $0.lines[1].forwards.busy = "1004"
        }
        _ = bench.call("1002")
        _ = bench.call("1002", from: "phone-1003a")
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `without CFB the busy trigger gives cause 17, until a call ends`() {
        var bench = Bench { $0.lines[1].busyTrigger = 1 }
        let first = bench.call("1002")
        let second = bench.call("1002", from: "phone-1003a")
        #expect(bench.commands(to: second) == [.release(.userBusy)])
        bench.signal(first, .released(.normalClearing))
        _ = bench.call("1002", from: "phone-1003a")
        #expect(bench.offered.map(\.device) == ["phone-1002"])
    }

    @Test func `a device of a shared line that is busy does not ring`() throws {
        var bench = Bench { $0.lines[2].busyTrigger = 1 }
        _ = bench.call("1003")
        let legs = bench.offered
        bench.signal(legs[0].leg, .connected(.answer(.at(2))))
        _ = bench.call("1003", from: "phone-1002")
        #expect(bench.offered.map(\.device) == ["phone-1003b"])
    }

    @Test func `an unregistered phone forwards to CFUR`() {
        var bench = Bench { $0.lines[1].forwards = Forwards(noAnswer: "1001", unregistered: "1004") }
        bench.send(.device("phone-1002", available: false))
        _ = bench.call("1002", from: "phone-1003a")
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `a route point that nobody registered forwards to CFNA`() {
        var bench = Bench { $0.lines[4].forwards = Forwards(noAnswer: "1004", failure: "1002", unregistered: "1002") }
        bench.send(.device("rp", available: false))
        _ = bench.call("5000")
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `an application that fails before the answer sends its call to CFOF`() throws {
        var bench = Bench { $0.lines[4].forwards = Forwards(noAnswer: "1002", failure: "1004") }
        let caller = bench.call("5000")
        let leg = try #require(bench.offered.first?.leg)
        bench.send(.applicationFailed(leg))
        #expect(bench.offered.map(\.device) == ["phone-1004"])
        #expect(bench.offered.first?.setUp.media == .offer(.at(1)))
        #expect(bench.offered.first?.setUp.diversions == [Diversion(number: "5000", reason: .unavailable)])
        #expect(bench.commands(to: leg).isEmpty)
        let agent = try #require(bench.offered.first?.leg)
        bench.signal(agent, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller) == [.connect(.answer(.at(4)))])
    }

    @Test func `without CFOF a failed application's call goes to CFNA, and without that to nobody`() throws {
        for (number, expected) in [("1004", ["phone-1004"]), (nil, [])] as [(DirectoryNumber?, [DeviceName])] {
            var bench = Bench { $0.lines[4].forwards.noAnswer = number }
            let caller = bench.call("5000")
            bench.send(.applicationFailed(try #require(bench.offered.first?.leg)))
            #expect(bench.offered.map(\.device) == expected)
            #expect(bench.commands(to: caller) == (number == nil ? [.release(.temporaryFailure)] : []))
        }
    }

    @Test func `an application that fails after the answer sends its caller to CFOF with the caller's media`() throws {
        var bench = Bench { $0.lines[4].forwards.failure = "1004" }
        let (caller, leg) = bench.answeredCall(to: "5000")
        bench.send(.applicationFailed(leg))
        let agent = try #require(bench.offered.first)
        #expect(agent.device == "phone-1004")
        bench.signal(agent.leg, .connected(.answer(.at(4))))
        #expect(bench.commands(to: caller).last == .media(.offer(.at(4))))
    }

    @Test func `the party that a failed application called goes to CFOF`() throws {
        var bench = Bench { $0.lines[5].forwards.failure = "1004" }
        bench.request(.makeCall(from: "port", line: "6000", to: "1002", data: CallData()))
        let port = try #require(bench.offered.first?.leg)
        bench.signal(port, .connected(.offer(.at(6))))
        let called = try #require(bench.offered.first?.leg)
        bench.signal(called, .connected(.answer(.at(2))))
        bench.signal(port, .media(.answer(.at(6))))
        bench.send(.applicationFailed(port))
        #expect(bench.offered.map(\.device) == ["phone-1004"])
        #expect(bench.offered.first?.setUp.calling == Party(number: "1002", name: "Ben"))
        #expect(bench.commands(to: called).isEmpty)
    }

    @Test func `lines that forward to each other get cause 25`() {
        var bench = Bench {
            $0.lines[1].forwards.all = "1004"
            $0.lines[3].forwards.all = "1002"
        }
        let caller = bench.call("1002")
        #expect(bench.commands(to: caller) == [.release(.routingError)])
    }

    @Test func `a call is forwarded no more often than the limit allows`() {
        var limits = CallControl.Limits()
        limits.hops = 2
        func chain(_ length: Int) -> [DeviceName] {
            var bench = Bench(
                { plan in
                    for index in 0..<length {
                        plan.lines.append(
                            Line(
                                number: DirectoryNumber("2\(index)"), devices: ["phone-1004"],
                                forwards: Forwards(all: DirectoryNumber(index == length - 1 ? "1002" : "2\(index + 1)"))))
                    }
                }, limits: limits)
            _ = bench.call("20")
            return bench.offered.map(\.device)
        }
        #expect(chain(2) == ["phone-1002"])
        #expect(chain(3) == [])
    }

    @Test func `a chain of forwards keeps the number called first, and each step`() {
        var bench = Bench {
            $0.lines[1].forwards.all = "1004"
            $0.lines[3].forwards.all = "0555"
        }
        _ = bench.call("1002")
        let setUp = bench.offered.first?.setUp
        #expect(setUp?.called == "555")
        #expect(setUp?.originalCalled == "1002")
        #expect(setUp?.diversions.map(\.number) == ["1004", "1002"])
    }

    @Test func `a forward dials with the search space of the line that forwards`() {
        var bench = Bench { plan in
            plan.lines[3].partition = "secret"
            plan.lines[1].forwards.all = "1004"
            plan.lines[1].callingSearchSpace = "everything"
            plan.callingSearchSpaces = ["everything": ["internal", "secret"]]
        }
        _ = bench.call("1002")
        #expect(bench.offered.map(\.device) == ["phone-1004"])
    }

    @Test func `a forward to a number that is nowhere leaves the caller with the first cause`() {
        let (bench, caller) = forwarded(Forwards(busy: "9999")) { $0.signal($1, .released(.userBusy)) }
        #expect(bench.commands(to: caller) == [.release(.userBusy)])
    }
}
