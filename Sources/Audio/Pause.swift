/// Discontinuous transmission: of a pause only what a decoder needs of its beginning is sent, and a packet now and then for one that missed that.
public struct Pause: Sendable {
    /// What libopus's decoder needs, in milliseconds before the last packet of the beginning: ten packets, as libopus itself sends. After a single one it
    /// hisses until the next.
    public static let opusLead = 180
    /// How long nothing is sent thereafter, in milliseconds, as libopus has it.
    static let interval = 400
    private var passed = 0

    /// Makes one that has not begun.
    public init() {}

    /// Whether the next packet of the pause is sent: it is when no more than `lead` milliseconds of the pause have passed, and at intervals.
    public mutating func sends(_ milliseconds: Int, lead: Int) -> Bool {
        defer {
            passed += milliseconds
            if passed >= lead + Pause.interval { passed = lead }
        }
        return passed <= lead
    }

    /// Ends the pause.
    public mutating func end() { passed = 0 }

    /// Whether nothing is to be heard: 70 dB below overload, which no music and no tone is.
    static func isSilent(_ samples: UnsafePointer<Int16>, _ count: Int) -> Bool {
        var power: Int64 = 0
        for index in 0..<count { power += Int64(unsafe samples[index]) * Int64(unsafe samples[index]) }
        return power <= Int64(count) * 10 * 10
    }
}
