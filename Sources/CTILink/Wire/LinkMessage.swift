public import CTI

/// What an application is told.
public enum LinkMessage: Sendable {
    /// The answer to a request.
    case reply(RequestID, Result<ProviderReply, Refusal>)
    /// An event.
    case event(ProviderEvent)
    /// Its connection ends.
    case end
}
