import CallControl
import Kernel
import SDP
import Testing

struct ParkTests {
    private static func bench() -> Bench {
        Bench { $0.park = ParkNumbers(numbers: ["7101", "7102"], reversion: .seconds(60)) }
    }

    private static func parked(at number: DirectoryNumber? = nil) -> (bench: Bench, customer: LegID) {
        var bench = bench()
        let (customer, agent) = bench.answeredCall()
        bench.request(.park(agent, at: number))
        return (bench, customer)
    }

    @Test func `the other party waits at a free park number, and stops sending to who parked it`() {
        let (bench, customer) = ParkTests.parked()
        #expect(bench.results == [.success(.parked(at: "7101"))])
        #expect(bench.events(of: customer) == [.parked(at: "7101")])
        #expect(bench.commands(to: customer) == [.media(.offer(.at(2, .sendOnly)))])
        #expect(bench.control.legCount == 1)
    }

    @Test(arguments: [MediaStep.offer(.at(9)), .solicit])
    func `whoever dials the number talks to the call that waits there`(media: MediaStep) {
        var (bench, customer) = ParkTests.parked()
        bench.signal(customer, .media(.answer(.at(1, .receiveOnly))))
        let taker = bench.call("7101", from: "phone-1004", media: media)
        #expect(bench.events(of: customer).contains(.unparked(from: "7101", .retrieved)))
        #expect(bench.events(of: taker).contains(.established(with: Party(number: "1001", name: "Ada"))))
        if media == .solicit {
            #expect(bench.commands(to: taker) == [.connect(.offer(.at(1)))])
            bench.signal(taker, .media(.answer(.at(9))))
        } else {
            #expect(bench.commands(to: taker) == [.connect(.answer(.at(9, .inactive)))])
        }
        #expect(bench.commands(to: customer).last == .media(.offer(.at(9))))
        bench.signal(customer, .media(.answer(.at(1))))
        #expect(bench.commands(to: taker) == (media == .solicit ? [] : [.media(.offer(.at(1)))]))
        #expect(bench.control.callCount == 1)
    }

    @Test func `an application takes up a parked call with a phone, and both hear each other`() {
        var (bench, customer) = ParkTests.parked()
        bench.signal(customer, .media(.answer(.at(1, .receiveOnly))))
        bench.request(.makeCall(from: "phone-1004", line: "1004", to: "7101", data: CallData()))
        let taker = bench.offered[0].leg
        bench.signal(taker, .connected(.offer(.at(9))))
        #expect(bench.commands(to: taker).last == .media(.offer(.at(1))))
        bench.signal(taker, .media(.answer(.at(9))))
        #expect(bench.commands(to: customer).last == .media(.offer(.at(9))))
    }

    @Test func `a call that is parked while its media still moves is taken up after that`() {
        var (bench, customer) = ParkTests.parked()
        let taker = bench.call("7101", from: "phone-1004")
        #expect(bench.commands(to: taker).isEmpty)
        bench.signal(customer, .media(.answer(.at(1, .receiveOnly))))
        #expect(bench.commands(to: taker).count == 1)
    }

    @Test func `nobody is at a park number where no call waits`() {
        var bench = ParkTests.bench()
        let caller = bench.call("7101")
        #expect(bench.commands(to: caller) == [.release(.unallocated)])
    }

    @Test func `a call that nobody takes up goes back to the line that parked it`() {
        var (bench, customer) = ParkTests.parked()
        bench.signal(customer, .media(.answer(.at(1, .receiveOnly))))
        bench.wait(.seconds(60))
        #expect(bench.offered.map(\.device) == ["phone-1002"])
        #expect(bench.events(of: customer).contains(.unparked(from: "7101", .reverted)))
        bench.signal(bench.offered[0].leg, .connected(.answer(.at(2))))
        #expect(bench.commands(to: customer).last == .media(.offer(.at(2))))
    }

    @Test func `a number that is taken, or none, is refused, and so is a call too many`() {
        var (bench, _) = ParkTests.parked(at: "7101")
        let caller = bench.call("1004", from: "phone-1003a")
        let called = bench.offered[0].leg
        bench.signal(called, .connected(.answer(.at(4))))
        bench.request(.park(called, at: "7101"))
        #expect(bench.results == [.failure(.parkNumberTaken("7101"))])
        bench.request(.park(called, at: "7100"))
        #expect(bench.results == [.failure(.noParkNumber("7100"))])
        bench.request(.park(called, at: "7102"))
        #expect(bench.results == [.success(.parked(at: "7102"))])
        let third = bench.call("1004", from: "phone-1003b")
        bench.signal(bench.offered[0].leg, .connected(.answer(.at(4))))
        bench.request(.park(third, at: nil))
        #expect(bench.results == [.failure(.limitReached("park numbers", 2))])
        bench.signal(caller, .released(.normalClearing))
        #expect(bench.events(of: caller).first == .unparked(from: "7102", .cleared))
    }
}
