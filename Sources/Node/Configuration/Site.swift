public import Attendant
public import CTI
public import CallControl
public import Flow
public import Foundation
public import Kernel
public import MediaEngine
public import SDP
public import SIP

/// A site as `frontdesk.yaml` describes it: a folder with the configuration, `Flows/` and `Prompts/`.
public struct Site: Sendable {
    /// The folder.
    public var directory: URL
    /// The name of the business.
    public var name: String
    /// The agents who share queues.
    public var agentGroups: [QueueGroup]
    /// The country whose national numbers are meant, as ISO 3166 alpha-2.
    public var country: String
    /// The language of prompts that another language lacks.
    public var language: String
    /// The realm that phones authenticate for.
    public var realm: String
    /// Where SIP is listened for.
    public var sip: SIPListeners
    /// Where RTP may be received.
    public var media: MediaSettings
    /// Devices, lines, partitions and calling search spaces.
    public var plan: NumberingPlan
    /// The media that devices of each pool take, by the pool's name.
    public var pools: [String: MediaCapabilities]
    /// The phones among the devices, with their digest credentials.
    public var phones: [PhoneSettings]
    /// The trunks among the devices.
    public var trunks: [TrunkSettings]
    /// Users, their rights, and service parameters.
    public var cti: CTIConfiguration
    /// Where applications in other processes connect; `nil` when none may.
    public var link: LinkListeners?
    /// How our own attendant signs in; `nil` when this site runs none.
    public var attendant: AttendantSettings?
    /// The file of the customer store, if there is one.
    public var customerFile: URL?
    /// The mailboxes.
    public var mailboxes: [MailboxSettings]
    /// Where records of calls are kept.
    public var callRecords: CallRecordSettings
    /// Who can be found by name, beside the lines with a name.
    public var directoryEntries: [DirectoryEntry] = []
    /// The text-to-speech program.
    public var speech: SpeechRenderer

    /// The media of a device: what its pool says.
    public func capabilities(of device: DeviceName) -> MediaCapabilities {
        plan.devices[device].flatMap { pools[$0.pool] } ?? .g711
    }

    /// The folder of the flow files.
    public var flowFolder: URL { directory.appendingPathComponent("Flows") }
    /// The folder below which all is kept that callers say.
    public var voiceFolder: URL { directory.appendingPathComponent("var") }
    /// The folder of the recordings that applications and flows ask for.
    public var recordingFolder: URL { voiceFolder.appendingPathComponent("recordings") }
    /// The folder of the messages in mailboxes.
    public var voicemailFolder: URL { voiceFolder.appendingPathComponent("voicemail") }
    /// The folder of the prompts.
    public var promptFolder: URL { directory.appendingPathComponent("Prompts") }
}

/// Where records of calls are kept.
public struct CallRecordSettings: Equatable, Sendable {
    /// The SQLite file.
    public var file: URL
    /// How many calls are kept.
    public var keep: Int

    /// Whether both are written in the same way.
    func isLike(_ other: CallRecordSettings) -> Bool { file.relativePath == other.file.relativePath && keep == other.keep }
}

/// Where SIP is listened for.
public struct SIPListeners: Equatable, Sendable {
    /// The addresses.
    public var addresses: [IPAddress]
    /// The UDP port; 0 lets the system choose, `nil` listens on none.
    public var udp: UInt16?
    /// The TCP port, likewise.
    public var tcp: UInt16?
    /// Whether TCP listens on the port that UDP got.
    public var tcpFollowsUDP: Bool
    /// The trunk by which callers come in that are no phone and no trunk of ours; `nil` refuses them.
    public var guests: DeviceName?
    /// SIP over TLS, if there is any.
    public var tls: Secure?

    /// Where SIP over TLS is listened for, and with which certificate.
    public struct Secure: Equatable, Sendable {
        /// The port; 0 lets the system choose.
        public var port: UInt16
        /// The certificate.
        public var tls: TLSSettings
    }
}

/// Where the CTI link is listened for.
public struct LinkListeners: Equatable, Sendable {
    /// The addresses.
    public var addresses: [IPAddress]
    /// The TCP port; 0 lets the system choose.
    public var port: UInt16
    /// Connections with TLS, if there are any.
    public var tls: SIPListeners.Secure?
}

/// Where RTP may be received, and by how many threads.
public struct MediaSettings: Equatable, Sendable {
    /// The ports; RTP takes the even ones, RTCP the odd ones.
    public var ports: ClosedRange<UInt16>
    /// The number of media threads.
    public var threads: Int
    /// How long nothing may be heard from a party that should send.
    public var silence = MediaEngine.SilenceLimits()
    /// What those hear who are held or parked; `nil` for silence.
    public var music: URL?
}

/// A phone: what it signs in with.
public struct PhoneSettings: Equatable, Sendable {
    /// The device.
    public var device: DeviceName
    /// The user of its SIP address and of its digest credentials.
    public var user: String
    /// The digest password.
    public var password: String
    /// The number that its calls show.
    public var number: DirectoryNumber
    /// The name that its calls show.
    public var displayName: String?
    /// The digest algorithms that it is challenged with.
    public var digests: [DigestAlgorithm]
}

/// A trunk: where it is and how we sign in there.
public struct TrunkSettings: Equatable, Sendable {
    /// The device.
    public var device: DeviceName
    /// The addresses from which its calls come.
    public var peers: [IPAddress]
    /// Where calls to it are sent; `nil` for a trunk that only brings calls.
    public var target: TransportAddress?
    /// By which transport `target` is reached.
    public var transport: Hop.Transport
    /// The name that the trunk's certificate must hold; `nil` takes the address of `target`.
    public var tlsName: String?
    /// Whether the trunk may say who calls (P-Asserted-Identity) and which data the call carries.
    public var isTrusted: Bool
    /// How we register with it, if we do.
    public var registration: TrunkRegistration?
}

/// How we register with a trunk.
public struct TrunkRegistration: Equatable, Sendable {
    /// The user name.
    public var user: String
    /// The password.
    public var password: String
    /// The domain of the address of record.
    public var domain: String
    /// How long a registration lasts.
    public var expires: Duration
}

/// How our own attendant signs in at the CTIManager.
public struct AttendantSettings: Equatable, Sendable {
    /// The application user.
    public var user: String
    /// The password.
    public var password: String
    /// The devices that it answers.
    public var devices: [DeviceName]
}
