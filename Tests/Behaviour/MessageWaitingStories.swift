import CTI
import CallControl
import Kernel
import SIP
import SimulatedWorld
import Switchboard
import Testing

/// Phones show that messages wait: those that subscribe, and those that are told unasked.
struct MessageWaitingStories {
    let phone = Stranger("2001", at: House.host(11), callID: "lamp-call")

    /// Sends a request of the phone, with credentials for the challenge that comes first; what came of it.
    private func send(
        _ method: String, to number: String = "2001", _ cseq: Int, toTag: String? = nil, extra: [String], in world: inout SimulatedWorld
    ) throws -> [SIPMessage] {
        func post(_ cseq: Int, _ extra: [String]) -> [SIPMessage] {
            world.post(
                phone.request(method, to: number, cseq: cseq, branch: "\(method)-\(cseq)", toTag: toTag, extra: extra), from: phone.address,
                to: House.address)
            world.run(for: .milliseconds(100))
            return world.emptyMailbox(at: phone.address)
        }
        let first = post(cseq, extra)
        guard let challenge = try DigestStories.challenges(first).first else { return first }
        let answer = DigestCredentials(username: "2001", password: "secret-2001").answer(
            to: challenge, method: method, uri: "sip:\(number)@192.0.2.1:5060", body: [], cnonce: "0a4f113b", nonceCount: 1)
        return post(cseq + 1, extra + ["Authorization: \(answer)"])
    }

    private func subscribe(
        to number: String = "2001", _ cseq: Int, expires: Int = 600, toTag: String? = nil, event: String = "message-summary",
        in world: inout SimulatedWorld
    ) throws -> [SIPMessage] {
        let extra = ["Event: \(event)", "Accept: application/simple-message-summary", "Expires: \(expires)"]
        return try send("SUBSCRIBE", to: number, cseq, toTag: toTag, extra: extra, in: &world)
    }

    /// Answers the NOTIFY requests among messages; gives their states and lamps.
    private func notifications(_ messages: [SIPMessage], in world: inout SimulatedWorld) -> [(state: String, body: String)] {
        messages.requests.filter { $0.method == .notify }.map { notify in
            world.post(phone.response(200, to: notify, tag: "phone"), from: phone.address, to: House.address)
            world.run(for: .milliseconds(10))
            return (notify.headers["Subscription-State"] ?? "", String(decoding: notify.body, as: UTF8.self))
        }
    }

    private func world() -> SimulatedWorld {
        var world = House.world(registering: ["2000", "2002", "2003"])
        world.connect("attendant", House.attendant)
        world.run(for: .seconds(1))
        world.openMailbox(at: phone.address)
        return world
    }

    private func light(_ new: Int, _ old: Int = 0, line: DirectoryNumber = "2001", in world: inout SimulatedWorld) {
        _ = world.ask("attendant", .setMessageWaiting("main-line", line, MessageSummary(new: new, old: old)))
        world.run(for: .milliseconds(100))
    }

    @Test("a phone that subscribes hears how many messages wait, at once and whenever that changes")
    func subscribes() throws {
        var world = world()
        light(2, 8, in: &world)
        _ = world.emptyMailbox(at: phone.address)
        let answers = try subscribe(1, in: &world)
        let accepted = try #require(answers.response(200))
        #expect(accepted.headers["Expires"] == "600")
        #expect(accepted.common.contacts.count == 1)
        let notify = try #require(answers.requests.first)
        #expect(notify.common.from.tag == accepted.common.to.tag, "the NOTIFY comes in the dialog of the SUBSCRIBE")
        #expect(notify.common.callID == "lamp-call")
        #expect(notify.headers["Event"] == "message-summary")
        #expect(notify.headers["Content-Type"] == "application/simple-message-summary")
        let first = notifications(answers, in: &world)
        #expect(first.map(\.state) == ["active;expires=600"])
        #expect(first[0].body == "Messages-Waiting: yes\r\nMessage-Account: sip:2001@harbour.example\r\nVoice-Message: 2/8 (0/0)\r\n")
        light(0, 9, in: &world)
        let second = notifications(world.emptyMailbox(at: phone.address), in: &world)
        #expect(second.map(\.body).first?.hasPrefix("Messages-Waiting: no\r\n") == true)
        light(0, 9, in: &world)
        #expect(world.emptyMailbox(at: phone.address).isEmpty, "what a phone knows already it is not told again")
    }

    @Test("a subscription is refreshed in its dialog, ends when it is told to, and by itself")
    func ends() throws {
        var world = world()
        let begun = try subscribe(1, in: &world)
        let tag = try #require(begun.response(200)?.common.to.tag)
        _ = notifications(begun, in: &world)
        world.run(for: .seconds(500))
        let refreshed = try subscribe(10, toTag: tag, in: &world)
        #expect(refreshed.statuses.last == 200)
        #expect(notifications(refreshed, in: &world).map(\.state) == ["active;expires=600"])
        let last = try subscribe(20, expires: 0, toTag: tag, in: &world)
        #expect(last.statuses.last == 200)
        #expect(notifications(last, in: &world).map(\.state) == ["terminated;reason=timeout"])
        #expect(try subscribe(30, toTag: tag, in: &world).statuses.last == 481)
        let again = notifications(try subscribe(40, in: &world), in: &world)
        #expect(again.count == 1)
        world.run(for: .milliseconds(599_900))
        #expect(notifications(world.emptyMailbox(at: phone.address), in: &world).map(\.state) == ["terminated;reason=timeout"])
        let isEmpty = world.isEmptyInTheEnd()
        #expect(isEmpty)
    }

    @Test("SUBSCRIBE with Expires: 0 outside of a dialog asks once")
    func fetches() throws {
        var world = world()
        light(1, in: &world)
        _ = world.emptyMailbox(at: phone.address)
        let told = notifications(try subscribe(1, expires: 0, in: &world), in: &world)
        #expect(told.map(\.state) == ["terminated;reason=timeout"])
        #expect(told.first?.body.hasPrefix("Messages-Waiting: yes") == true)
        light(2, in: &world)
        #expect(world.emptyMailbox(at: phone.address).isEmpty)
    }

    @Test(
        "who may not subscribe is refused",
        arguments: [("2002", 600, "message-summary", 403), ("2001", 600, "presence", 489), ("2001", 30, "message-summary", 423)])
    func refused(number: String, expires: Int, event: String, status: Int) throws {
        var world = world()
        let answers = try subscribe(to: number, 1, expires: expires, event: event, in: &world)
        #expect(answers.statuses.last == status)
        #expect(answers.requests.isEmpty)
    }

    @Test("the event may come in its compact form, with parameters")
    func compact() throws {
        var world = world()
        let answers = try send("SUBSCRIBE", 1, extra: ["o: message-summary;id=7", "Accept: */*"], in: &world)
        #expect(answers.response(200)?.headers["Expires"] == "3600")
    }

    @Test("a phone may subscribe by the number of the mailboxes and hears of its own messages")
    func byPilotNumber() throws {
        var world = world()
        let answers = try subscribe(to: "5500", 1, in: &world)
        #expect(notifications(answers, in: &world).first?.body.contains("Message-Account: sip:2001@") == true)
    }

    @Test("a phone that does not subscribe is told when it registers, and when that changes; a stranger's answer ends nothing")
    func unasked() throws {
        var world = world()
        light(1, in: &world)
        #expect(world.emptyMailbox(at: phone.address).isEmpty, "nobody is registered")
        let registered = try send("REGISTER", 1, extra: ["Expires: 3600"], in: &world)
        #expect(registered.statuses.last == 200)
        #expect(notifications(registered, in: &world).map { $0.body.hasPrefix("Messages-Waiting: yes") } == [true])
        let refreshed = try send("REGISTER", 10, extra: ["Expires: 3600"], in: &world)
        #expect(refreshed.requests.isEmpty)
        light(0, in: &world)
        #expect(
            notifications(world.emptyMailbox(at: phone.address), in: &world).map { $0.body.hasPrefix("Messages-Waiting: no") } == [true])
    }

    @Test("a subscriber that has forgotten the subscription is told no more, and has four at most")
    func forgotten() throws {
        var world = world()
        let answers = try subscribe(1, in: &world)
        let notify = try #require(answers.requests.first)
        world.post(phone.response(481, to: notify, tag: "phone"), from: phone.address, to: House.address)
        world.run(for: .milliseconds(100))
        light(3, in: &world)
        let unasked = world.emptyMailbox(at: phone.address).requests
        #expect(unasked.allSatisfy { $0.common.callID != "lamp-call" })
    }

    @Test("the lamp is set for lines that the application's device may dial, and by nobody else")
    func rights() {
        var desk = House.staffedWorld()
        desk.connect("other", SimulatedApplication.Habits(user: "attendant", password: "quay-side", devices: []))
        desk.run(for: .seconds(1))
        for (application, line, refusal) in [
            ("attendant", "2001", nil), ("attendant", "0301", Refusal.callControl(.invalidDestination("0301"))),
            ("other", "2001", .deviceNotOpen("main-line")),
        ] as [(String, DirectoryNumber, Refusal?)] {
            let id = desk.ask(application, .setMessageWaiting("main-line", line, MessageSummary(new: 1, old: 0)))
            desk.run(for: .milliseconds(10))
            let reply = id.flatMap { desk.applications[application]?.replies[$0] }
            #expect(reply == refusal.map { .failure($0) } ?? .success(.done), "\(application) \(line)")
        }
    }
}
