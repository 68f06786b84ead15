/// The notifier's side of a subscription (RFC 6665 section 4.2): the dialog that a SUBSCRIBE begins, in which NOTIFY requests go out.
public struct NotifierDialog: Sendable {
    private var dialog: Dialog

    /// What tells it from others: the Call-ID and our tag.
    public var identity: Identity { Identity(callID: dialog.callID, localTag: dialog.local.tag ?? "") }

    /// The way to the subscriber.
    public var hop: Hop { dialog.hop }

    /// What tells a subscription's dialog from others.
    public struct Identity: Hashable, Sendable {
        /// The Call-ID.
        public var callID: String
        /// Our tag.
        public var localTag: String

        /// Makes an identity.
        public init(callID: String, localTag: String) {
            self.callID = callID
            self.localTag = localTag
        }
    }

    /// Begins a dialog by a SUBSCRIBE, which is to be answered with `localTag`.
    public init(subscribe request: SIPRequest, localTag: String, hop: Hop) {
        dialog = Dialog(uas: request, localTag: localTag, hop: hop)
    }

    /// Takes a further SUBSCRIBE of the dialog, and follows its Contact, or the connection over which it came.
    ///
    /// - Returns: Whether it belongs here and comes in order (RFC 3261 section 12.2.2).
    public mutating func take(_ request: SIPRequest, over hop: Hop) -> Bool {
        guard request.common.from.tag == dialog.remote.tag, request.common.cseq > dialog.remoteSequence ?? 0 else { return false }
        dialog.remoteSequence = request.common.cseq
        dialog.refreshTarget(request.common.contacts)
        if hop.transport.isReliable { dialog.hop = hop }
        return true
    }

    /// The next NOTIFY.
    public mutating func notify(contact: NameAddress, headers: SIPHeaders, body: [UInt8]) -> OutgoingRequest {
        dialog.localSequence &+= 1
        let request = dialog.request(.notify, sequence: dialog.localSequence)
        return OutgoingRequest(
            method: .notify, uri: request.uri, from: request.common.from, to: request.common.to, contact: contact, hop: dialog.hop,
            routes: request.common.routes, headers: headers, body: body, continuing: (dialog.callID, dialog.localSequence))
    }
}
