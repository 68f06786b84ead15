/// A call that a caller is to get instead of waiting.
public struct FlowCallback: Equatable, Sendable {
    /// The number to call.
    public var number: String
    /// Whom the caller waits for.
    public var wish: QueueWish
    /// How often the number is called in all.
    public var attempts: Int
    /// How long after a call that nobody took the next one comes.
    public var every: Duration
    /// How long the number may ring.
    public var ring: Duration
    /// The step of the flow in which whoever answers is met.
    public var step: Int

    /// How long an agent is kept for somebody who answered and has yet to press a key.
    public static let hearing: Duration = .seconds(90)
}
