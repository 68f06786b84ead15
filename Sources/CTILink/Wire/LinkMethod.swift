import CTI
import CallControl
import Kernel
import SDP

/// A request of the CTI link: its name, what it takes, and the provider request that it stands for.
///
/// This table is the protocol: the server reads requests by it, and the OpenRPC description is generated from it.
struct LinkMethod: Sendable {
    /// A parameter, as the description shows it.
    struct Parameter: Sendable {
        let name: String
        let isRequired: Bool
        let schema: JSON
        let summary: String
    }

    let name: String
    let summary: String
    let parameters: [Parameter]
    let result: JSON
    let read: @Sendable (LinkArguments) throws(LinkMistake) -> ProviderRequest

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Reads the parameters of a request.
    func request(_ parameters: JSON?) throws(LinkMistake) -> ProviderRequest {
        try read(try LinkArguments(parameters, at: name, allowed: self.parameters.map(\.name)))
    }

    static let all: [LinkMethod] = provider + devices + calls + agents

    // MARK: The provider

    private static let provider: [LinkMethod] = [
        LinkMethod(
            name: "OpenProvider",
            summary: "Opens the provider of a user. Everything else is refused before. A connection has one provider.",
            parameters: [
                .required("user", .text, "An application user or end user."),
                .required("password", .text, "The user's password."),
                .optional(
                    "heartbeat", .seconds,
                    "The interval in which a message will come; the reply says what the server made of it. Without it nothing is expected."),
            ], result: .record(["heartbeat": .seconds])
        ) { arguments throws(LinkMistake) in
            .openProvider(
                user: try arguments.string("user"), password: try arguments.string("password"),
                heartbeat: try arguments.optionalSeconds("heartbeat"))
        },
        LinkMethod(
            name: "CloseProvider", summary: "Closes the provider. Its calls go to the lines' call forward on failure numbers.",
            parameters: [], result: .nothing
        ) { _ in .closeProvider },
        LinkMethod(
            name: "Heartbeat", summary: "Says that the application is alive. Every other request says so, too.", parameters: [],
            result: .nothing
        ) { _ in .heartbeat },
    ]

    // MARK: Devices

    private static let devices: [LinkMethod] = [
        LinkMethod(
            name: "OpenDevice", summary: "Opens a device: BackInService or OutOfService comes, and from here on its events.",
            parameters: [.device], result: .nothing
        ) { arguments throws(LinkMistake) in .openDevice(try arguments.device()) },
        LinkMethod(name: "CloseDevice", summary: "Closes a device.", parameters: [.device], result: .nothing) {
            arguments throws(LinkMistake) in .closeDevice(try arguments.device())
        },
        LinkMethod(
            name: "RegisterMedia",
            summary: "Registers how the application terminates media on a CTI port or route point. From here on it takes calls.",
            parameters: [
                .device,
                .required(
                    "kind", .oneOf(LinkMediaKind.allCases.map(\.rawValue)),
                    "none: calls are only redirected. routing: each asks by RouteRequest. static: one address. dynamic: asked for by MediaAddressNeeded."
                ),
                .optional("address", .text, "static: the IPv4 or IPv6 address of the application."),
                .optional("port", .whole(1, 65_535), "static: its RTP port; RTCP is one above."),
                .optional("formats", .list(.format), "The codecs, most preferred first; PCMU and PCMA unless named."),
                .optional("packetTime", .whole(10, 200), "Milliseconds of audio in a packet; 20 unless named."),
                .optional("telephoneEvent", .whole(0, 127), "The payload type of RFC 4733 events; 101 unless named, 0 for none."),
            ], result: .nothing
        ) { arguments throws(LinkMistake) in .registerMedia(try arguments.device(), try MediaRegistration(arguments)) },
        LinkMethod(
            name: "UnregisterMedia", summary: "Withdraws the registration: the device takes no more calls.", parameters: [.device],
            result: .nothing
        ) { arguments throws(LinkMistake) in .unregisterMedia(try arguments.device()) },
        LinkMethod(
            name: "RouteRegister",
            summary: "Registers for the routing of a route point: each of its calls asks by RouteRequest where it is to go.",
            parameters: [.device], result: .nothing
        ) { arguments throws(LinkMistake) in .registerMedia(try arguments.device(), .routing) },
        LinkMethod(
            name: "SnapshotDevice", summary: "The calls that exist on a device.", parameters: [.device],
            result: .record([
                "calls": .list(
                    .record([
                        "call": .identifier, "connection": .identifier, "state": .text, "position": .identifier,
                    ]))
            ])
        ) { arguments throws(LinkMistake) in .snapshot(try arguments.device()) },
    ]

    // MARK: Calls

    private static let calls: [LinkMethod] = [
        LinkMethod(
            name: "AcceptCall", summary: "Takes note of a call within the new call accept timer; the caller hears ringing.",
            parameters: [.connection], result: .nothing
        ) { arguments throws(LinkMistake) in .accept(try arguments.leg()) },
        LinkMethod(
            name: "AnswerCall", summary: "Answers a call. With dynamic media the reply comes after SetMedia.", parameters: [.connection],
            result: .nothing
        ) { arguments throws(LinkMistake) in .answer(try arguments.leg()) },
        LinkMethod(
            name: "RejectCall", summary: "Rejects a call that is not answered.", parameters: [.connection, .cause], result: .nothing
        ) { arguments throws(LinkMistake) in .reject(try arguments.leg(), try arguments.cause(otherwise: .rejected)) },
        LinkMethod(
            name: "SetMedia", summary: "Gives the address for a call on a device with dynamic media, after MediaAddressNeeded.",
            parameters: [
                .connection, .required("address", .text, "The IPv4 or IPv6 address of the application."),
                .required("port", .whole(1, 65_535), "Its RTP port; RTCP is one above."),
            ], result: .nothing
        ) { arguments throws(LinkMistake) in .setMedia(try arguments.leg(), try arguments.address()) },
        LinkMethod(
            name: "DeflectCall",
            summary:
                "Redirects a call, before or after the answer. Supervised: the reply comes when the destination has answered, and the call stays the application's when it does not.",
            parameters: [
                .connection, .required("to", .text, "The number to send the call to."),
                .optional("also", .list(.text), "Lines that ring together with `to`, at most 15: who answers first has the call."),
                .optional(
                    "callingSearchSpace", .oneOf(Redirect.SearchSpace.allCases.map(\.rawValue)),
                    "Whose calling search space decides what may be dialled; default is the redirecting party's."),
                .optional("ring", .seconds, "How long the destination may ring."),
                .optional("supervised", .flag, "Whether the application has the call back when the destination does not answer."), .data,
                .optional(
                    "showCaller", .oneOf(LinkShownCaller.allCases.map(\.rawValue)),
                    "Whose number the destination sees: the caller's, the line's, or that of `calling`."), .calling,
                .optional(
                    "calledAddress", .oneOf(Redirect.CalledAddress.allCases.map(\.rawValue)),
                    "Whether the destination learns which number was dialled first."),
            ], result: .nothing
        ) { arguments throws(LinkMistake) in
            .redirect(
                try arguments.leg(),
                Redirect(
                    to: try arguments.number("to"), also: try arguments.numbers("also"),
                    callingSearchSpace: try arguments.word("callingSearchSpace", otherwise: .standard),
                    ring: try arguments.optionalSeconds("ring"), supervised: try arguments.bool("supervised", otherwise: false),
                    data: try arguments.callData(), showCaller: try Redirect.ShownCaller(arguments),
                    calledAddress: try arguments.word("calledAddress", otherwise: .unchanged)))
        },
        LinkMethod(name: "HoldCall", summary: "Holds a call.", parameters: [.connection], result: .nothing) {
            arguments throws(LinkMistake) in .hold(try arguments.leg())
        },
        LinkMethod(name: "RetrieveCall", summary: "Takes up a held call.", parameters: [.connection], result: .nothing) {
            arguments throws(LinkMistake) in .retrieve(try arguments.leg())
        },
        LinkMethod(
            name: "ClearConnection", summary: "Leaves a call; one of two parties ends it.", parameters: [.connection, .cause],
            result: .nothing
        ) { arguments throws(LinkMistake) in .drop(try arguments.leg(), try arguments.cause(otherwise: .normalClearing)) },
        LinkMethod(
            name: "MakeCall",
            summary: "Makes a call from a line of an opened device. A park number as destination takes up the call that waits there.",
            parameters: [
                .device, .required("line", .text, "The line."), .required("to", .text, "The number to call."), .data, .autoAnswer, .calling,
            ], result: .made
        ) { arguments throws(LinkMistake) in
            .makeCall(
                try arguments.device(), line: try arguments.number("line"), to: try arguments.number("to"), data: try arguments.callData(),
                try Origination(arguments))
        },
        LinkMethod(
            name: "ConsultationCall", summary: "Holds a call and makes another one from the same line.",
            parameters: [.connection, .required("to", .text, "The number to call."), .data, .autoAnswer, .calling], result: .made
        ) { arguments throws(LinkMistake) in
            .consult(
                try arguments.leg(), to: try arguments.number("to"), data: try arguments.callData(), try Origination(arguments))
        },
        LinkMethod(
            name: "TransferCall", summary: "Brings the other parties of two calls of one device together. The second may still ring.",
            parameters: [.connection, .other], result: .nothing
        ) { arguments throws(LinkMistake) in .transfer(try arguments.leg(), with: try arguments.leg("other")) },
        LinkMethod(
            name: "SingleStepTransferCall", summary: "Sends the other party of an answered call to a number; the device leaves at once.",
            parameters: [.connection, .required("to", .text, "The number to send the call to."), .data], result: .nothing
        ) { arguments throws(LinkMistake) in
            .redirect(try arguments.leg(), Redirect(to: try arguments.number("to"), data: try arguments.callData()))
        },
        LinkMethod(
            name: "ConferenceCall",
            summary: "Brings the parties of two calls of one device together with it. The device's connection in the first call ends.",
            parameters: [.connection, .other], result: .nothing
        ) { arguments throws(LinkMistake) in .conference(try arguments.leg(), with: try arguments.leg("other")) },
        LinkMethod(
            name: "SingleStepConferenceCall", summary: "Calls an opened device into the call, to talk or to listen silently.",
            parameters: [
                .connection, .required("device", .text, "The configured name of the device that is called."),
                .required("line", .text, "Its line."),
                .optional(
                    "participation", .oneOf(LinkParticipation.allCases.map(\.rawValue)),
                    "active: it talks. silent: it only listens, for members of \"\(AccessGroup.callMonitoring.rawValue)\"."),
            ], result: .made
        ) { arguments throws(LinkMistake) in
            .join(
                try arguments.leg(), try arguments.device(), line: try arguments.number("line"),
                try arguments.word("participation", otherwise: LinkParticipation.active).role)
        },
        LinkMethod(
            name: "PickupCall",
            summary:
                "Takes over, at an opened device, the call that another device of the same shared line holds. The device answers by itself.",
            parameters: [.connection, .device], result: .made
        ) { arguments throws(LinkMistake) in .takeOver(try arguments.leg(), by: try arguments.device()) },
        LinkMethod(
            name: "RecordCall",
            summary:
                "Begins, pauses, goes on with or ends the recording of a call: on the left who has been in it longest, on the right the others. For members of "
                + "\"\(AccessGroup.callRecording.rawValue)\".",
            parameters: [.connection, .required("step", .oneOf(RecordingStep.allCases.map(\.rawValue)), "What to do.")],
            result: .record(["file": .text])
        ) { arguments throws(LinkMistake) in .record(try arguments.leg(), try arguments.word("step")) },
        LinkMethod(
            name: "RouteSelect",
            summary: "Answers RouteRequest or ReRoute: the numbers to which the call goes, tried one after the other until one takes it.",
            parameters: [.connection, .required("to", .list(.text), "The numbers, at most 16.")], result: .nothing
        ) { arguments throws(LinkMistake) in .routeSelect(try arguments.leg(), try arguments.numbers("to")) },
        LinkMethod(
            name: "RouteEnd", summary: "Answers RouteRequest or ReRoute: the call is left to the line's call forward on failure.",
            parameters: [.connection], result: .nothing
        ) { arguments throws(LinkMistake) in .routeEnd(try arguments.leg()) },
        LinkMethod(
            name: "ParkCall", summary: "Lets the other party wait at a park number; whoever dials it takes up the call.",
            parameters: [.connection, .optional("number", .text, "The park number; a free one unless named.")],
            result: .record(["number": .text])
        ) { arguments throws(LinkMistake) in
            .park(try arguments.leg(), at: try arguments.optionalString("number").map { DirectoryNumber($0) })
        },
        LinkMethod(
            name: "MonitorStart", summary: "Parked and Unparked come for every call at a park number.", parameters: [], result: .nothing
        ) { _ in .monitorParks(true) },
        LinkMethod(name: "MonitorStop", summary: "Ends MonitorStart.", parameters: [], result: .nothing) { _ in .monitorParks(false) },
        LinkMethod(
            name: "SetMessageWaiting",
            summary: "The phones of a line show how many messages wait. The device may dial the line, as for a call.",
            parameters: [
                .device, .required("line", .text, "The number of the line."),
                .required("new", .whole(0, MessageSummary.most), "Messages that nobody has heard: with any the lamp is on."),
                .optional("old", .whole(0, MessageSummary.most), "Messages that were heard and kept; 0 unless given."),
            ], result: .nothing
        ) { arguments throws(LinkMistake) in
            .setMessageWaiting(
                try arguments.device(), try arguments.number("line"),
                MessageSummary(
                    new: try arguments.whole("new", in: 0...MessageSummary.most),
                    old: try arguments.optionalWhole("old", in: 0...MessageSummary.most) ?? 0))
        },
        LinkMethod(
            name: "AttachData", summary: "Puts entries into the data that travels with the call.", parameters: [.connection, .data],
            result: .nothing
        ) { arguments throws(LinkMistake) in .attach(try arguments.leg(), try arguments.callData()) },
    ]
}

/// Whose number the destination of a redirect sees, on the wire.
enum LinkShownCaller: String, CaseIterable {
    case original
    case ours
    case modified
}

/// How a device takes part in a conference, in the words of ECMA-269.
enum LinkParticipation: String, CaseIterable {
    case active
    case silent

    init(_ role: MixerRole) { self = role == .listener ? .silent : .active }

    var role: MixerRole { self == .silent ? .listener : .talker }
}

extension Redirect.ShownCaller {
    init(_ arguments: LinkArguments) throws(LinkMistake) {
        switch try arguments.word("showCaller", otherwise: LinkShownCaller.original) {
        case .original: self = .original
        case .ours: self = .ours
        case .modified: self = .modified(try arguments.party("calling"))
        }
    }
}

extension Origination {
    init(_ arguments: LinkArguments) throws(LinkMistake) {
        let calling = arguments.json("calling") == nil ? nil : try arguments.party("calling")
        self.init(answersItself: try arguments.bool("autoAnswer", otherwise: false), calling: calling)
    }
}

/// The kinds of media registration, on the wire.
enum LinkMediaKind: String, CaseIterable {
    case none
    case routing
    case fixed = "static"
    case dynamic
}

extension MediaRegistration {
    init(_ arguments: LinkArguments) throws(LinkMistake) {
        let formats = try arguments.formats("formats")
        let event = try arguments.optionalWhole("telephoneEvent", in: 0...127) ?? 101
        let capabilities = MediaCapabilities(
            formats: formats.isEmpty ? [.pcmu, .pcma] : formats, packetTime: try arguments.optionalWhole("packetTime", in: 10...200) ?? 20,
            telephoneEvent: event == 0 ? nil : UInt8(event))
        let kind: LinkMediaKind = try arguments.word("kind")
        switch kind {
        case .none: self = .none
        case .routing: self = .routing
        case .fixed: self = .fixed(try arguments.address(), capabilities)
        case .dynamic: self = .dynamic(capabilities)
        }
    }
}

extension LinkMethod.Parameter {
    static func required(_ name: String, _ schema: JSON, _ summary: String) -> Self {
        Self(name: name, isRequired: true, schema: schema, summary: summary)
    }

    static func optional(_ name: String, _ schema: JSON, _ summary: String) -> Self {
        Self(name: name, isRequired: false, schema: schema, summary: summary)
    }

    static let device = required("device", .text, "The configured name of the device.")
    static let connection = required("connection", .identifier, "The device's part in the call, as events name it.")
    static let cause = optional("cause", .cause, "Why, by its Q.850 number.")
    static let other = required("other", .identifier, "The device's part in another call.")
    static let autoAnswer = optional("autoAnswer", .flag, "Whether a phone is told to answer by itself; otherwise it rings first.")
    static let calling = optional("calling", .record(["number": .text, "name": .text]), "The number and name that the destination sees.")
    static let data = optional("data", .list(.record(["name": .text, "value": .text])), "What travels with the call.")
}

// JSON Schema, as far as the description needs it.
extension JSON {
    static let text: JSON = ["type": "string"]
    static let flag: JSON = ["type": "boolean"]
    static let nothing: JSON = ["type": "null"]
    static let seconds: JSON = ["type": "number", "minimum": 0, "maximum": 86_400]
    static let made: JSON = .record(["call": .identifier, "connection": .identifier])
    static let identifier: JSON = ["type": "integer", "minimum": 1]
    static let cause: JSON = .record(["q850": .whole(1, 127), "name": .text])
    static let format: JSON = .record([
        "name": .text, "clockRate": .whole(1, 192_000), "channels": .whole(1, 2), "payloadType": .whole(0, 127),
    ])
    static let socket: JSON = .record(["address": .text, "port": .whole(1, 65_535)])

    static func whole(_ least: Int, _ most: Int) -> JSON {
        ["type": "integer", "minimum": .number(Double(least)), "maximum": .number(Double(most))]
    }
    static func oneOf(_ words: [String]) -> JSON { ["type": "string", "enum": .array(words.map { .string($0) })] }
    static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }
    static func record(_ properties: KeyValuePairs<String, JSON>) -> JSON {
        ["type": "object", "properties": .object(Dictionary(uniqueKeysWithValues: properties.map { ($0.key, $0.value) }))]
    }
}
