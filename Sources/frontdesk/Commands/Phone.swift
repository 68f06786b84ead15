import ArgumentParser
import Foundation
import Kernel
import NIOCore
import NIOPosix
import SIP

/// `frontdesk phone`: an agent's phone in a terminal.
struct Phone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Register as an agent's phone. It rings, answers, and shows who calls and what came with the call.",
        discussion: "Type a to answer, q to hang up; other keys are sent as DTMF.")

    @Option(help: "The user to register as.")
    var user: String

    @OptionGroup var line: PhoneOptions

    @Flag(help: "Answer by itself.")
    var autoAnswer = false

    @Option(help: "End after this many calls that could be answered: with 0 if each was answered and heard, else with 1.")
    var calls: Int?

    func run() async throws {
        let transcript = Transcript(isOn: true)
        let (notices, continuation) = AsyncStream.makeStream(of: SoftPhone.Notice.self)
        let phone = SoftPhone(try line.settings(user: user), eventLoop: MultiThreadedEventLoopGroup.singleton.next()) {
            continuation.yield($0)
        }
        try await phone.start()
        phone.submit { $0.register() }
        let typed = Keyboard(others: ["a": { phone.submit { $0.answer() } }]) { key in
            phone.submit { phone in
                if let key { phone.press(key) } else { phone.hangUp() }
            }
        }
        var left = calls ?? Int.max
        var allWentWell = true
        var isHearing = false
        loop: for await notice in notices {
            transcript.show(notice)
            switch notice {
            case .phone(.registrationFailed): throw ExitCode(1)
            case .phone(.incoming):
                isHearing = false
                if autoAnswer { phone.submit { $0.answer() } }
            case .hearing: isHearing = true
            case .phone(.ended(_, let wasAnswered)):
                allWentWell = allWentWell && wasAnswered && isHearing
                left -= 1
                if left == 0 { break loop }
            default: break
            }
        }
        typed?.stop()
        try await phone.stop()
        if !allWentWell { throw ExitCode(1) }
    }
}
