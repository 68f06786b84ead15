import ArgumentParser
import Foundation
import Kernel
import NIOCore
import NIOPosix
import SIP

/// `frontdesk call`: places one call from the terminal.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Place a call. Keys that you type are sent as DTMF; q hangs up.",
        discussion: "The exit code is 0 when the call was answered, 1 when it was not, 2 for wrong use.")

    @Argument(help: "A SIP URI, or a number at the server.")
    var target: String

    @OptionGroup var line: PhoneOptions

    @Option(help: "The number that is shown as the caller's.")
    var from = "anonymous"

    @Option(help: "Keys to press once the call is answered. A comma waits one second.")
    var digits = ""

    @Option(help: "Hang up after this many seconds, such as 6s, counted from the answer.")
    var hangUpAfter: String?

    @Flag(help: "Listen for who answers, human, machine or silence, and for a machine's beep; --transcript shows it.")
    var detectAnswer = false

    @Flag(help: "Print what happens, with times.")
    var transcript = false

    func run() async throws {
        guard let script = DigitScript(digits) else {
            throw ValidationError("--digits takes the keys 0-9 * # A-D and commas, found \"\(digits)\"")
        }
        let limit = try hangUpAfter.map { try PhoneOptions.seconds($0, option: "--hang-up-after") }
        let transcript = Transcript(isOn: transcript)
        let (notices, continuation) = AsyncStream.makeStream(of: SoftPhone.Notice.self)
        var settings = try line.settings(user: from)
        settings.displayName = line.name
        settings.detectsAnswer = detectAnswer
        if let address = try? SIPURI(parsing: target), let ip = IPAddress(address.host) {
            settings.server = TransportAddress(ip: ip, port: address.port ?? 5060)
        }
        let phone = SoftPhone(settings, eventLoop: MultiThreadedEventLoopGroup.singleton.next()) { continuation.yield($0) }
        try await phone.start()
        let target = target
        phone.submit { $0.dial(target) }
        let typed = Keyboard { key in
            phone.submit { phone in
                if let key { phone.press(key) } else { phone.hangUp() }
            }
        }
        var helpers: [Task<Void, any Error>] = []
        var wasAnswered = false
        loop: for await notice in notices {
            transcript.show(notice)
            switch notice {
            case .phone(.answered):
                wasAnswered = true
                helpers = Call.accompany(phone, script, limit)
            case .phone(.ended): break loop
            case .failed(let why):
                FileHandle.standardError.write(Data("\(why)\n".utf8))
                if !wasAnswered { break loop }
            default: break
            }
        }
        helpers.forEach { $0.cancel() }
        typed?.stop()
        try await phone.stop()
        if !wasAnswered { throw ExitCode(1) }
    }

    /// Presses the keys of the script and hangs up in time.
    private static func accompany(_ phone: SoftPhone, _ script: DigitScript, _ limit: Duration?) -> [Task<Void, any Error>] {
        let keys = Task {
            var script = script
            while let step = script.next() {
                switch step {
                case .pause(let duration): try await Task.sleep(for: duration)
                case .key(let key):
                    phone.submit { $0.press(key) }
                    // A key takes 100 ms, and so does the gap behind it.
                    try await Task.sleep(for: .milliseconds(200))
                }
            }
        }
        guard let limit else { return [keys] }
        let end = Task {
            try await Task.sleep(for: limit)
            phone.submit { $0.hangUp() }
        }
        return [keys, end]
    }
}
