public import CallControl
import Kernel
public import SIP

/// What the SIP endpoint knows of phones, trunks and itself.
public struct SIPConfiguration: Sendable {
    /// The host of the addresses that we write into From, To and P-Asserted-Identity.
    public var domain: String
    /// The realm that phones authenticate for (RFC 7616).
    public var realm: String
    /// What nonces are signed with: at least 16 random bytes, kept for the life of the process.
    public var nonceSecret: [UInt8]
    /// The phones.
    public var phones: [Phone]
    /// The trunks, the one by which guests come in included.
    public var trunks: [Trunk]
    /// The trunk by which callers come in that are no phone and no trunk of ours; `nil` refuses them.
    public var guests: DeviceName?
    /// How long registrations last.
    public var expiry = Expiry()
    /// The most contacts of one phone; a further one takes the place of the oldest.
    public var contactsPerPhone = 8
    /// When whoever fails to authenticate is no longer listened to.
    public var attempts = Attempts()
    /// How the user agent presents itself, and its limits.
    public var userAgent: UserAgent.Configuration

    /// Makes a configuration.
    public init(
        domain: String, realm: String, nonceSecret: [UInt8], phones: [Phone] = [], trunks: [Trunk] = [], guests: DeviceName? = nil,
        userAgent: UserAgent.Configuration = UserAgent.Configuration()
    ) {
        self.domain = domain
        self.realm = realm
        self.nonceSecret = nonceSecret
        self.phones = phones
        self.trunks = trunks
        self.guests = guests
        self.userAgent = userAgent
    }

    /// A phone that registers.
    public struct Phone: Equatable, Sendable {
        /// The device.
        public var device: DeviceName
        /// The user part of its address of record, and of its digest credentials.
        public var user: String
        /// The digest password.
        public var password: String
        /// The number that its calls show: its first line.
        public var number: DirectoryNumber
        /// The name that its calls show; `nil` takes what the phone says.
        public var displayName: String?
        /// The digest algorithms that it is challenged with. Some phones stumble over a first challenge that they do not know.
        public var algorithms: [DigestAlgorithm] = DigestAlgorithm.allCases
        /// Whether it is reached over TLS and with SRTP only, and refused otherwise.
        public var needsSecurity = false

        /// Makes a phone.
        public init(device: DeviceName, user: String, password: String, number: DirectoryNumber, displayName: String? = nil) {
            self.device = device
            self.user = user
            self.password = password
            self.number = number
            self.displayName = displayName
        }
    }

    /// A trunk.
    public struct Trunk: Equatable, Sendable {
        /// The device.
        public var device: DeviceName
        /// The networks from which its calls come; the target's own address is always one of them.
        public var peers: [IPNetwork]
        /// Where calls to it are sent, with our address as the trunk sees it; `nil` for a trunk that only brings calls.
        public var target: Hop?
        /// The host of the addresses that we call there; `nil` uses the target's address.
        public var domain: String?
        /// Whether the trunk's word is taken on who calls (RFC 3325) and on what the call carries, and ours given to it.
        public var isTrusted: Bool
        /// What is put in front of every number sent to it.
        public var prefix: String
        /// How we register with it, if we do.
        public var registration: Registration?
        /// Whether it is reached over TLS and with SRTP only, and refused otherwise.
        public var needsSecurity = false

        /// Makes a trunk.
        public init(
            device: DeviceName, peers: [IPNetwork] = [], target: Hop? = nil, domain: String? = nil, isTrusted: Bool = false,
            prefix: String = "",
            registration: Registration? = nil
        ) {
            self.device = device
            self.peers = peers
            self.target = target
            self.domain = domain
            self.isTrusted = isTrusted
            self.prefix = prefix
            self.registration = registration
        }
    }

    /// How we register with a trunk (RFC 3261 section 10.2), and authenticate calls to it.
    public struct Registration: Equatable, Sendable {
        /// The user of the address of record and of the credentials.
        public var user: String
        /// The password.
        public var password: String
        /// How long a registration is asked for.
        public var expires: Duration

        /// Makes a registration.
        public init(user: String, password: String, expires: Duration = .seconds(3600)) {
            self.user = user
            self.password = password
            self.expires = expires
        }
    }

    /// How long the registrations of phones last (RFC 3261 section 10.3 step 7).
    public struct Expiry: Equatable, Sendable {
        /// The shortest time; a shorter one is refused with 423.
        public var minimum: Duration = .seconds(60)
        /// The time when the phone asks for none.
        public var standard: Duration = .seconds(3600)
        /// The longest time; a longer one is shortened to it.
        public var maximum: Duration = .seconds(7200)

        /// Makes the defaults.
        public init() {}
    }

    /// How many wrong passwords are heard before their sender is refused unheard.
    public struct Attempts: Equatable, Sendable {
        /// The most failures for one user from one address: a phone with a wrong password must not shut out the others behind the same translator.
        public var failures = 20
        /// The most failures from one address.
        public var failuresOfAddress = 200
        /// How long it must be quiet for its failures to be forgotten.
        public var window: Duration = .seconds(60)
        /// The most guessers remembered at once.
        public var guessers = 8192

        /// Makes the defaults.
        public init() {}
    }
}
