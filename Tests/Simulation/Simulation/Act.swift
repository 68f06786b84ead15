import CTI
import CallControl
import Kernel
import SDP
import SimulatedWorld

/// One thing that somebody does. What it is done to is chosen when it comes to it, by a number from the seed: which calls there will be, nobody knows.
enum Act: Sendable {
    // People.
    case dials(String, DirectoryNumber, lateOffer: Bool)
    case hangsUp(String)
    case picksUp(String)
    case offers(String, MediaDirection?)
    case presses(String, Character)
    case reacts(String, SimulatedPhone.Habits.Reaction)
    case refusesOffers(String, Bool)
    case registers(String, expires: Int)
    /// The phone loses its power; when it comes back it knows nothing of before.
    case losesPower(String)
    case regainsPower(String)
    // The network.
    case isCutOff([String])
    case isHealed
    case losesConnection(String)
    // Applications.
    case asks(String, Wish, which: UInt64)
    case treatsCalls(String, SimulatedApplication.Habits.Reaction)
    case givesAddresses(String, Bool)
    case starts(String)
    case isKilled(String)
    case hangs(String)
    /// Nobody does anything for a while: registrations and sessions must be refreshed, or run out.
    case silence(Duration)
    // The administrator.
    case configures(Site.Changes)
    case mixerWorks(Bool)
}

/// What an application asks for; on which of its calls, is chosen when it comes to it.
enum Wish: Sendable {
    case accept
    case answer
    case reject(Cause)
    case redirect(Redirect)
    case hold
    case retrieve
    case drop
    case consult(DirectoryNumber, automatic: Bool)
    case transfer
    case conference
    case join(DeviceName, MixerRole)
    case record(RecordingStep)
    case park(DirectoryNumber?)
    case takeOver(DeviceName)
    case attach(String)
    case makeCall(DeviceName, DirectoryNumber, automatic: Bool)
    case openDevice(DeviceName)
    case closeDevice(DeviceName)
    case registerMedia(DeviceName, MediaRegistration)
    case unregisterMedia(DeviceName)
    case closeProvider
    case snapshot(DeviceName)
    case monitorParks(Bool)

    /// The request, for these calls of the application.
    func request(on calls: [(leg: LegID, device: DeviceName)], which: UInt64) -> ProviderRequest? {
        switch self {
        case .makeCall(let device, let number, let automatic):
            let line = DirectoryNumber(device == "dialler" ? "6000" : String(device.text.dropFirst(5)))
            return .makeCall(device, line: line, to: number, data: CallData(), Origination(answersItself: automatic))
        case .openDevice(let device): return .openDevice(device)
        case .closeDevice(let device): return .closeDevice(device)
        case .registerMedia(let device, let media): return .registerMedia(device, media)
        case .unregisterMedia(let device): return .unregisterMedia(device)
        case .closeProvider: return .closeProvider
        case .snapshot(let device): return .snapshot(device)
        case .monitorParks(let on): return .monitorParks(on)
        default:
            guard !calls.isEmpty else { return nil }
            // Now and then an application asks for what is over, or is none of its business.
            guard which >> 60 > 0 else { return request(on: LegID((which >> 8) % 99), and: LegID((which >> 16) % 99)) }
            let call = calls[Int(which % UInt64(calls.count))]
            let siblings = calls.filter { $0.device == call.device && $0.leg != call.leg }
            let other = siblings.isEmpty ? call : siblings[Int((which >> 16) % UInt64(siblings.count))]
            return request(on: call.leg, and: other.leg)
        }
    }

    private func request(on leg: LegID, and other: LegID) -> ProviderRequest? {
        switch self {
        case .accept: .accept(leg)
        case .answer: .answer(leg)
        case .reject(let cause): .reject(leg, cause)
        case .redirect(let redirect): .redirect(leg, redirect)
        case .hold: .hold(leg)
        case .retrieve: .retrieve(leg)
        case .drop: .drop(leg, .normalClearing)
        case .consult(let number, let automatic): .consult(leg, to: number, data: CallData(), Origination(answersItself: automatic))
        case .transfer: .transfer(leg, with: other)
        case .conference: .conference(leg, with: other)
        case .join(let device, let role): .join(leg, device, line: DirectoryNumber(String(device.text.dropFirst(5))), role)
        case .record(let step): .record(leg, step)
        case .park(let number): .park(leg, at: number)
        case .takeOver(let device): .takeOver(leg, by: device)
        case .attach(let value): .attach(leg, CallData(choice: value))
        default: nil
        }
    }
}

extension CallData {
    init(choice value: String) {
        self.init()
        _ = set("choice", to: value)
    }
}
