import Audio
import Kernel
import NIOCore
import SDP
import SIP

/// Prints what happens at a phone, each line with the seconds since the start.
struct Transcript {
    private let began = NIODeadline.now()
    let isOn: Bool

    func line(_ text: String) {
        guard isOn else { return }
        let milliseconds = (NIODeadline.now() - began).nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1000)
        print("\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)  \(text)")
    }

    func show(_ notice: SoftPhone.Notice) {
        switch notice {
        case .phone(let event): show(event)
        case .hearing(let remote): line("hears audio from \(remote)")
        case .key(let key): line("hears the key \(key)")
        case .pressed(let key): line("presses \(key)")
        case .found(.answered(let answerer)): line("answered by \(answerer.rawValue)")
        case .found(.beep): line("hears a beep")
        case .recorded(let what): line("recorded \(what)")
        case .failed(let why): line("trouble: \(why)")
        }
    }

    private func show(_ event: SoftPhoneMachine.Event) {
        switch event {
        case .registered(let expires): line("registered for \(expires) s")
        case .registrationFailed(let status, let reason): line("registration refused: \(status) \(reason)")
        case .dialled(let number): line("dialled \(number)")
        case .ringing: line("it rings")
        case .answered: line("answered")
        case .moved(let remote, let direction, let suite):
            line("media goes to \(remote), \(direction.rawValue)\(suite.map { ", with \($0.rawValue)" } ?? "")")
        case .incoming(let from, let data):
            line("rings: \(from.displayName.map { "\($0), " } ?? "")\(from.uri.user ?? "a withheld number")")
            for (name, value) in data { line("  \(name): \(value)") }
        case .messages(let messages): line("messages: \(messages.new) new, \(messages.old) kept")
        case .toldToAnswer: line("is told to take the call")
        case .ended(let why, _): line("ended: \(why)")
        case .refused(let why): line("refused: \(why)")
        }
    }
}
