/// Something that happened in a call, for those who observe it (ECMA-269 clause 17.2, call control events).
public struct CallEvent: Equatable, Sendable {
    /// The call.
    public var call: CallID
    /// The leg it happened to; `nil` for `callCleared`, for a number that forwards or fails before
    /// anything rings there, and at a device that only shares the line.
    public var leg: LegID?
    /// The device of that leg.
    public var device: DeviceName?
    /// The line of that leg, or the number it stands for.
    public var line: DirectoryNumber?
    /// What happened.
    public var kind: Kind

    /// The kinds of events.
    public enum Kind: Equatable, Sendable {
        /// A device begins a call.
        case originated(to: DirectoryNumber)
        /// A call was offered to the device, before it is accepted.
        indirect case offered(SetUp)
        /// The device is being alerted.
        case delivered
        /// The device answered: it now takes part in the call, with the other party.
        case established(with: Party)
        /// The call left the device for another number.
        case diverted(to: DirectoryNumber, Cause)
        /// Other calls wait on the line that came before this one: its place among them, of which 1 is the next.
        case queued(position: Int)
        /// The call was transferred to this party: whoever did so leaves, and whoever stays is in the call that the event names from here on.
        case transferred(to: Party)
        /// Another device with the same line has this call, which is in this state there; `null` when it is over. There is no leg at this device.
        case bridged(at: DeviceName, LegState)
        /// Who takes part in the device's call from here on, the device included; those who listen silently are not named.
        case conferenced([Party])
        /// The device's call waits at a park number; for who parked it, it was diverted there.
        case parked(at: DirectoryNumber)
        /// The call that waited at the park number was taken up, came back to who parked it, or ended.
        case unparked(from: DirectoryNumber, Unparking)
        /// The device holds the call.
        case held
        /// The device talks again.
        case retrieved
        /// The call cannot reach the device.
        case failed(Cause)
        /// The device left the call.
        case connectionCleared(Cause)
        /// The other party sent this device a key outside of the media (SIP INFO).
        case digit(String)
        /// The call is over for everyone.
        case callCleared(Cause)
    }

    /// Why a call no longer waits at a park number.
    public enum Unparking: String, Sendable, CaseIterable {
        /// Somebody dialled the number.
        case retrieved
        /// Nobody did in time: the call goes back to who parked it.
        case reverted
        /// The call is over.
        case cleared
    }

    /// Makes an event.
    public init(call: CallID, leg: LegID?, device: DeviceName?, line: DirectoryNumber?, kind: Kind) {
        self.call = call
        self.leg = leg
        self.device = device
        self.line = line
        self.kind = kind
    }
}
