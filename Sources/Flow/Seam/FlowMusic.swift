/// What a caller hears in a loop when nothing else is heard.
public struct FlowMusic: Equatable, Sendable {
    /// The sound.
    public var sound: Utterance
    /// Whether it goes on behind what is played next; else that ends it.
    public var staysOn: Bool

    /// Makes music.
    public init(_ sound: Utterance, staysOn: Bool) {
        self.sound = sound
        self.staysOn = staysOn
    }
}
