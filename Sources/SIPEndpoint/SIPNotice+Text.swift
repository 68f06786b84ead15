import CallControl
import Kernel
import SDP
import SIP

extension SIPNotice: CustomStringConvertible {
    /// One sentence for the administrator.
    public var description: String {
        switch self {
        case .malformed(let error, let source): "a message from \(source) cannot be read: \(error.reason) (byte \(error.offset))"
        case .refusedCall(let source, let status, let reason): "a call from \(source) is refused with \(status) \(reason)"
        case .authenticationFailed(let user, let source): "\(source) gave a wrong password or an unknown user, `\(user)`"
        case .tooManyFailures(let user?, let source):
            "\(source) failed too often to authenticate as `\(user)` and is refused as such for a while"
        case .tooManyFailures(nil, let source): "\(source) failed too often to authenticate and is refused for a while"
        case .badDescription(let leg, let error): "the session description of leg \(leg.rawValue) cannot be read: \(error)"
        case .plainSignalling(let device, let transport, let source):
            "device \(device) has `security: required` and is refused, because it came over \(transport.rawValue) from \(source), not over TLS"
        case .plainMedia(let device, true):
            "device \(device) has `security: required` and named plain RTP, which is refused: let it use RTP/SAVP (SRTP)"
        case .plainMedia(let device, false):
            "a call is not put through to device \(device), which has `security: required`: the other side named plain RTP, not SRTP"
        case .trunkRegistrationFailed(let device, let status):
            "trunk \(device) is not let register: its server says \(status); it is tried again"
        }
    }
}
