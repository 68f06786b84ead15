import CTI
import CallControl
import Kernel
import Testing

/// Agents: what they ask for, what calls make of it, and who is told.
struct AgentTests {
    private static func desk(agentDevice: DeviceName = "phone") -> Desk {
        var desk = Desk {
            $0.agents = ["anna": AgentSettings(name: "Anna", line: "5000", devices: [agentDevice], skills: ["german": 5])]
        }
        desk.open("ivr")
        desk.request(.monitorAgents(true))
        return desk
    }

    /// A desk whose agent is ready.
    private static func ready() -> Desk {
        var desk = desk()
        desk.request(.setAgentState("anna", .ready))
        return desk
    }

    @Test("an agent begins logged out, and is ready on request")
    func ready() {
        var desk = AgentTests.desk()
        desk.request(.agentStates)
        let settings = AgentSettings(name: "Anna", line: "5000", devices: ["phone"], skills: ["german": 5])
        #expect(
            desk.replies == [.success(.agents([AgentSnapshot(agent: "anna", settings: settings, state: .loggedOut, lasting: .zero)]))])
        desk.request(.setAgentState("anna", .ready))
        #expect(desk.replies == [.success(.done)])
        #expect(desk.events() == [.agentState("anna", .ready)])
        desk.request(.setAgentState("anna", .notReady(reason: "lunch")))
        #expect(desk.events() == [.agentState("anna", .notReady(reason: "lunch"))])
    }

    @Test("a state is told once, and its age is known")
    func once() {
        var desk = AgentTests.ready()
        desk.wait(.seconds(7))
        desk.request(.setAgentState("anna", .ready))
        #expect(desk.events() == [])
        desk.request(.agentStates)
        guard case .success(.agents(let agents))? = desk.replies.first else { return #expect(Bool(false), "no agents") }
        #expect(agents.map(\.lasting) == [.seconds(7)])
    }

    @Test("an overlong reason is cut")
    func reason() {
        var desk = AgentTests.desk()
        desk.request(.setAgentState("anna", .notReady(reason: String(repeating: "x", count: 5000))))
        #expect(desk.events() == [.agentState("anna", .notReady(reason: String(repeating: "x", count: AgentWish.longestReason)))])
    }

    @Test("any call on the line makes an agent talk, and its end makes the agent ready again")
    func talking() {
        var desk = AgentTests.ready()
        desk.event(LegID(9), "phone", .offered(SetUp(calling: Party(number: "1"), called: "5000", media: .solicit)))
        #expect(desk.events() == [.agentState("anna", .reserved)])
        desk.event(LegID(9), "phone", .established(with: Party(number: "1")))
        #expect(desk.events() == [.agentState("anna", .talking)])
        desk.event(LegID(9), "phone", .held)
        #expect(desk.events() == [])
        desk.event(LegID(9), "phone", .connectionCleared(.normalClearing))
        #expect(desk.events() == [.agentState("anna", .ready)])
    }

    @Test("a call of the agent's own counts as well")
    func outgoing() {
        var desk = AgentTests.ready()
        desk.event(LegID(9), "phone", .originated(to: "2"))
        #expect(desk.events() == [.agentState("anna", .talking)])
    }

    @Test("after a queue's call there is wrap-up, for as long as the queue said")
    func wrapUp() {
        var desk = AgentTests.ready()
        desk.request(.reserveAgent("anna", wrapUp: .seconds(30), within: .seconds(20)))
        #expect(desk.events() == [.agentState("anna", .reserved)])
        desk.event(LegID(9), "phone", .offered(SetUp(calling: Party(number: "1"), called: "5000", media: .solicit)))
        desk.event(LegID(9), "phone", .established(with: Party(number: "1")))
        desk.wait(.seconds(60))
        desk.event(LegID(9), "phone", .connectionCleared(.normalClearing))
        #expect(desk.events() == [.agentState("anna", .wrapUp)])
        desk.wait(.seconds(29))
        #expect(desk.events() == [])
        desk.wait(.seconds(1))
        #expect(desk.events() == [.agentState("anna", .ready)])
    }

    @Test("an agent ends wrap-up early by being ready")
    func earlyEnd() {
        var desk = AgentTests.ready()
        desk.request(.reserveAgent("anna", wrapUp: .seconds(30), within: .seconds(20)))
        desk.event(LegID(9), "phone", .established(with: Party(number: "1")))
        desk.event(LegID(9), "phone", .connectionCleared(.normalClearing))
        desk.request(.setAgentState("anna", .ready))
        #expect(desk.events() == [.agentState("anna", .ready)])
        desk.wait(.seconds(60))
        #expect(desk.events() == [])
    }

    @Test("an agent who asks for a break during a queue's call gets it after wrap-up")
    func breakAfterCall() {
        var desk = AgentTests.ready()
        desk.request(.reserveAgent("anna", wrapUp: .seconds(5), within: .seconds(20)))
        desk.event(LegID(9), "phone", .established(with: Party(number: "1")))
        desk.request(.setAgentState("anna", .notReady(reason: "lunch")))
        #expect(desk.events() == [])
        desk.event(LegID(9), "phone", .connectionCleared(.normalClearing))
        #expect(desk.events() == [.agentState("anna", .wrapUp)])
        desk.wait(.seconds(5))
        #expect(desk.events() == [.agentState("anna", .notReady(reason: "lunch"))])
    }

    @Test("only a ready agent can be reserved, and only once")
    func reserving() {
        var desk = AgentTests.desk()
        desk.request(.reserveAgent("anna", wrapUp: .zero, within: .seconds(20)))
        #expect(desk.replies == [.failure(.agentNotReady("anna", .loggedOut))])
        desk.request(.setAgentState("anna", .ready))
        desk.request(.reserveAgent("anna", wrapUp: .zero, within: .seconds(20)))
        desk.request(.reserveAgent("anna", wrapUp: .zero, within: .seconds(20)))
        #expect(desk.replies == [.failure(.agentNotReady("anna", .reserved))])
    }

    @Test("a reservation ends by itself, by its giver, and with its giver")
    func reservationEnds() {
        var desk = AgentTests.ready()
        desk.open("second", Desk.other)
        desk.request(.reserveAgent("anna", wrapUp: .zero, within: .seconds(20)), from: Desk.other)
        desk.request(.releaseAgent("anna"))
        #expect(desk.events() == [], "what another application keeps is not given back")
        desk.wait(.seconds(20))
        #expect(desk.events() == [.agentState("anna", .ready)])
        desk.request(.reserveAgent("anna", wrapUp: .zero, within: .seconds(20)), from: Desk.other)
        desk.request(.releaseAgent("anna"), from: Desk.other)
        #expect(desk.events() == [.agentState("anna", .ready)])
        desk.request(.reserveAgent("anna", wrapUp: .zero, within: .seconds(20)), from: Desk.other)
        desk.send(.disconnected(Desk.other))
        #expect(desk.events() == [.agentState("anna", .ready)])
    }

    @Test("an agent whose phone is not registered is not ready, and is again when it comes back")
    func unregistered() {
        var desk = AgentTests.ready()
        desk.send(.device("phone", available: false))
        #expect(desk.events() == [.agentState("anna", .notReady(reason: "unregistered"))])
        desk.send(.device("phone", available: true))
        #expect(desk.events() == [.agentState("anna", .ready)])
    }

    @Test("who controls no phone of an agent's line can neither see nor set the agent")
    func rights() {
        var desk = AgentTests.desk()
        desk.open("limited", Desk.other)
        desk.request(.monitorAgents(true), from: Desk.other)
        desk.request(.agentStates, from: Desk.other)
        #expect(desk.replies == [.success(.agents([]))])
        desk.request(.setAgentState("anna", .ready), from: Desk.other)
        #expect(desk.replies == [.failure(.agentNotControlled(user: "limited", "anna"))])
        desk.request(.setAgentState("bob", .ready))
        #expect(desk.replies == [.failure(.noSuchAgent("bob"))])
        desk.request(.setAgentState("anna", .ready))
        #expect(desk.events(for: Desk.other) == [])
    }

    @Test("a super provider sees and sets all agents")
    func superProvider() {
        var desk = AgentTests.desk()
        desk.open("super", Desk.other)
        desk.request(.setAgentState("anna", .ready), from: Desk.other)
        #expect(desk.replies == [.success(.done)])
    }

    @Test("a changed configuration keeps the states of agents who stay")
    func configuration() {
        var desk = AgentTests.ready()
        var configuration = Desk.configuration
        configuration.agents = [
            "anna": AgentSettings(name: "Anna Blau", line: "5000", devices: ["phone"]),
            "bob": AgentSettings(name: "Bob", line: "5001", devices: ["phone"]),
        ]
        desk.send(.configuration(configuration))
        desk.request(.agentStates)
        guard case .success(.agents(let agents))? = desk.replies.first else { return #expect(Bool(false), "no agents") }
        #expect(agents.map(\.state) == [.ready, .loggedOut])
        #expect(agents.map(\.settings.name) == ["Anna Blau", "Bob"])
    }
}
