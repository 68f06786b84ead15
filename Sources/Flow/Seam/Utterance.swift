/// Something a caller hears, in the language of the run at that moment.
public struct Utterance: Hashable, Sendable {
    /// What it is.
    public var content: Content
    /// The language, such as `en-US`.
    public var language: String

    /// What is heard.
    public enum Content: Hashable, Sendable {
        /// The prompt file of that name.
        case prompt(String)
        /// Text for the TTS program.
        case speech(String)
        /// The tone after which a caller is recorded.
        case beep
        /// A recording of a caller, by its name among the recordings of the site.
        case recording(String)
        /// The site's music for callers on hold.
        case holdMusic
    }

    /// Makes an utterance.
    public init(_ content: Content, language: String) {
        self.content = content
        self.language = language
    }
}
