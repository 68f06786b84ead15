public import Kernel
public import SDP
public import SIP

// What the users of phones do.
extension SimulatedWorld {
    /// Plugs in a phone.
    public mutating func add(_ name: String, _ identity: SimulatedPhone.Identity, habits: SimulatedPhone.Habits = SimulatedPhone.Habits()) {
        phoneAt[identity.address] = name
        phones[name] = SimulatedPhone(identity, habits: habits, server: address, seed: newSeed())
    }

    /// Takes a phone away without a word: nothing reaches it any more.
    public mutating func unplug(_ name: String) {
        wakings.cancel(name)
        if let phone = phones.removeValue(forKey: name) { phoneAt[phone.identity.address] = nil }
    }

    /// Opens a mailbox at an address, for a peer that the story plays itself.
    public mutating func openMailbox(at address: TransportAddress) {
        mailboxes[address] = []
    }

    /// Takes what lies in a mailbox.
    public mutating func emptyMailbox(at address: TransportAddress) -> [SIPMessage] {
        guard let messages = mailboxes[address] else { return [] }
        mailboxes[address] = []
        return messages
    }

    private mutating func with(_ name: String, _ action: (inout SimulatedPhone) -> Void) {
        guard var phone = phones.removeValue(forKey: name) else { return }
        action(&phone)
        phones[name] = phone
        settle(name)
    }

    /// Changes what a phone does by itself.
    public mutating func set(_ name: String, _ change: (inout SimulatedPhone.Habits) -> Void) {
        with(name) { change(&$0.habits) }
    }

    /// Registers a phone for so many seconds.
    public mutating func register(_ name: String, expires: Int = 3600) {
        let now = now
        with(name) { $0.register(expires: expires, at: now) }
    }

    /// Calls a number. Without an early offer the phone leaves the offer to the other side.
    public mutating func dial(_ number: String, from name: String, lateOffer: Bool = false, headers: SIPHeaders = SIPHeaders()) {
        let now = now
        with(name) { $0.dial(number, lateOffer: lateOffer, headers: headers, at: now) }
    }

    /// Takes up the receiver.
    public mutating func answer(_ name: String) {
        let now = now
        with(name) { $0.answer(at: now) }
    }

    /// Ends the phone's last call, or refuses or cancels it.
    public mutating func hangUp(_ name: String) {
        let now = now
        with(name) { $0.hangUp(at: now) }
    }

    /// Offers other media, in the last call that talks unless another is named: `sendOnly` holds, `sendReceive` takes up again; `nil` asks for an
    /// offer.
    public mutating func reoffer(_ name: String, _ direction: MediaDirection?, in session: SessionID? = nil) {
        let now = now
        with(name) { $0.reoffer(direction, in: session, at: now) }
    }

    /// Presses a key, outside of the media.
    public mutating func press(_ key: DTMFKey, on name: String) {
        let now = now
        with(name) { $0.press(key, at: now) }
    }
}
