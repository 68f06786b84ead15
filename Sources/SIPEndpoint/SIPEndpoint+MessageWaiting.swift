import CallControl
import Kernel
import SIP

// Message waiting: NOTIFY to phones that have subscribed, and unasked to those that have not (RFC 3842).
extension SIPEndpoint {
    /// A device is to show how many messages wait.
    mutating func show(_ summary: MessageSummary, line: DirectoryNumber, on device: DeviceName, at now: Instant) {
        guard let phone = phones[device], lamps.set(summary, line: line, of: device) else { return }
        for key in lamps.keys(of: phone.user) { notify(key, at: now) }
        notifyContacts(of: phone)
    }

    /// Tells the contacts of a phone that have no subscription, if there is anything to tell.
    mutating func notifyContacts(of phone: SIPConfiguration.Phone) {
        guard let summary = lamps.summary(of: phone.device) else { return }
        let subscribed = Set(lamps.keys(of: phone.user).compactMap { lamps.subscriptions[$0]?.dialog.hop.remote })
        for contact in registrar.contacts(of: phone.user) where !subscribed.contains(contact.hop.remote) {
            guard !phone.needsSecurity || contact.hop.transport == .tls else { continue }
            let address = NameAddress(uri: account(of: phone))
            let request = OutgoingRequest(
                method: .notify, uri: contact.uri, from: address, to: address,
                contact: NameAddress(uri: contact.hop.contact(user: phone.user, isSIPS: contact.uri.scheme == "sips")), hop: contact.hop,
                headers: notifyHeaders(state: "active"), body: MessageLamps.body(summary, account: account(of: phone)))
            toAgent.append(.send(lamps.newRequest(), request))
        }
    }

    // MARK: Subscriptions

    mutating func subscribed(_ request: SIPRequest, _ id: IncomingID, over hop: Hop, at now: Instant, into outputs: inout [Output]) {
        func answer(_ status: Int, _ reason: String? = nil, _ headers: SIPHeaders = SIPHeaders()) {
            toAgent.append(.respond(id, status: status, reason: reason, headers: headers, contacts: [], body: []))
        }
        var headers = SIPHeaders()
        let event = request.headers["Event"] ?? ""
        guard event.prefix(while: { $0 != ";" && $0 != " " }) == MessageLamps.package[...] else {
            headers.add("Allow-Events", MessageLamps.package)
            return answer(489, "Bad Event", headers)
        }
        let accepted = request.headers.list("Accept").map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        guard accepted.isEmpty || accepted.contains(MessageLamps.type) || accepted.contains("*/*") else {
            headers.add("Accept", MessageLamps.type)
            return answer(406, nil, headers)
        }
        if let claimed = doorkeeper.phone(of: request.common.from.uri.user ?? ""), isTooPlain(claimed, hop, into: &outputs) {
            return answer(403, "TLS Required")
        }
        let phone: SIPConfiguration.Phone
        switch doorkeeper.admit(request, over: hop, at: now, into: &outputs) {
        case .admitted(let admitted): phone = admitted
        case .challenge(let headers): return answer(401, nil, headers)
        case .refused: return answer(403)
        }
        // A phone hears of its own messages, by its own address or by that of the mailboxes.
        if let other = doorkeeper.phone(of: request.common.to.uri.user ?? ""), other != phone { return answer(403) }
        let asked = request.headers["Expires"].flatMap { Int64($0) } ?? MessageLamps.standardLifetime
        guard asked == 0 || asked >= MessageLamps.lifetimes.lowerBound else {
            headers.add("Min-Expires", "\(MessageLamps.lifetimes.lowerBound)")
            return answer(423, nil, headers)
        }
        guard let subscription = subscription(of: phone, request, over: hop) else { return answer(481) }
        accept(subscription, for: min(asked, MessageLamps.lifetimes.upperBound), id, at: now)
    }

    /// The subscription that a SUBSCRIBE begins or belongs to; `nil` for one that we don't know.
    private mutating func subscription(
        of phone: SIPConfiguration.Phone, _ request: SIPRequest, over hop: Hop
    ) -> MessageLamps.Subscription? {
        guard let tag = request.common.to.tag else {
            let dialog = NotifierDialog(subscribe: request, localTag: random.token(10), hop: hop)
            return MessageLamps.Subscription(user: phone.user, dialog: dialog, expires: .zero)
        }
        guard var known = lamps.subscriptions[MessageLamps.Key(callID: request.common.callID, localTag: tag)], known.user == phone.user,
            known.dialog.take(request, over: hop)
        else { return nil }
        return known
    }

    private mutating func accept(_ subscription: MessageLamps.Subscription, for seconds: Int64, _ id: IncomingID, at now: Instant) {
        let key = subscription.dialog.identity
        let hop = subscription.dialog.hop
        var headers = SIPHeaders()
        headers.add("Expires", "\(seconds)")
        let contact = NameAddress(uri: hop.contact(user: subscription.user))
        toAgent.append(
            .respond(id, status: 200, reason: nil, headers: headers, contacts: [contact], body: [], tag: key.localTag))
        var subscription = subscription
        subscription.expires = now.advanced(by: .seconds(seconds))
        if let gone = lamps.keep(subscription) { end(gone, "deactivated", at: now) }
        if seconds == 0 { end(key, "timeout", at: now) } else { notify(key, at: now) }
    }

    /// Tells a subscriber how many messages wait.
    private mutating func notify(_ key: MessageLamps.Key, at now: Instant) {
        guard let subscription = lamps.subscriptions[key] else { return }
        let left = max(now.duration(to: subscription.expires).components.seconds, 0)
        notify(key, state: "active;expires=\(left)")
    }

    private mutating func end(_ key: MessageLamps.Key, _ reason: String, at now: Instant) {
        notify(key, state: "terminated;reason=\(reason)")
        lamps.remove(key)
    }

    private mutating func notify(_ key: MessageLamps.Key, state: String) {
        guard let subscription = lamps.subscriptions[key], let phone = doorkeeper.phone(of: subscription.user) else { return }
        let summary = lamps.summary(of: phone.device) ?? MessageSummary(new: 0, old: 0)
        let contact = NameAddress(uri: subscription.dialog.hop.contact(user: subscription.user))
        let body = MessageLamps.body(summary, account: account(of: phone))
        if let (id, request) = lamps.notify(key, contact: contact, headers: notifyHeaders(state: state), body: body) {
            toAgent.append(.send(id, request))
        }
    }

    mutating func expireSubscriptions(at now: Instant) {
        while let key = lamps.popExpired(at: now) { end(key, "timeout", at: now) }
    }

    private func notifyHeaders(state: String) -> SIPHeaders {
        var headers = SIPHeaders()
        headers.add("Event", MessageLamps.package)
        headers.add("Subscription-State", state)
        headers.add("Content-Type", MessageLamps.type)
        return headers
    }

    private func account(of phone: SIPConfiguration.Phone) -> SIPURI { SIPURI(user: phone.user, host: configuration.domain) }
}
