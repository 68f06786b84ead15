import CTI
import CTILink
import CallControl
import Foundation
import Kernel
import Logging
import NIOCore
import SIP
import SIPEndpoint
import Switchboard

/// The driver of the switchboard: one event loop that owns all signalling state of the node. It feeds what comes in, carries out what comes out, and
/// keeps the one timer that the switchboard asks for.
///
/// Confined to its event loop; hence `@unchecked`.
final class SignallingLoop: @unchecked Sendable {
    let eventLoop: any EventLoop
    private let logger: Logger
    private let began = NIODeadline.now()
    private var board: Switchboard?
    private var inputs: [Switchboard.Input] = []
    private var outputs: [Switchboard.Output] = []
    private var isDraining = false
    private var timer: Scheduled<Void>?
    private var timerAt: Instant?
    private var noticeLimit = NoticeLimit()
    /// The latest alarms, the newest last.
    private(set) var alarms: [(at: Date, text: String)] = []
    /// How many alarms are kept.
    static let alarmsKept = 100
    /// Sends SIP.
    var transmit: ([UInt8], Hop) -> Void = { _, _ in }
    /// Carries out what the mixer is told.
    var mix: (MixerCommand) -> Void = { _ in }
    /// Applications, in this process or at the other end of the CTI link, by their connection.
    var applications: [ApplicationID: (LinkMessage) -> Void] = [:]
    /// When an application in this process wants to hear of the time, and how.
    var otherDeadline: () -> Instant? = { nil }
    var otherDeadlineCame: () -> Void = {}

    init(eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.logger = logger
    }

    /// The loop's clock.
    var now: Instant { Instant(nanoseconds: (NIODeadline.now() - began).nanoseconds) }

    /// Takes the switchboard and starts it.
    func run(_ board: Switchboard) {
        self.board = board
        receive(.start)
    }

    /// What exists at the moment.
    var counts: Switchboard.Counts? { board?.counts }

    /// The switchboard as it is, to look at.
    var state: Switchboard? { board }

    /// Takes one input and carries out all that follows from it.
    func receive(_ input: Switchboard.Input) {
        inputs.append(input)
        guard !isDraining else { return }
        isDraining = true
        var next = 0
        while next < inputs.count {
            board?.receive(inputs[next], at: now, into: &outputs)
            next += 1
            let due = outputs
            outputs.removeAll(keepingCapacity: true)
            for output in due { perform(output) }
        }
        inputs.removeAll(keepingCapacity: true)
        isDraining = false
        rearm()
    }

    private func perform(_ output: Switchboard.Output) {
        switch output {
        case .transmit(let bytes, let hop): transmit(bytes, hop)
        case .reply(let application, let id, let result): applications[application]?(.reply(id, result))
        case .event(let application, let event): applications[application]?(.event(event))
        case .verifyPassword(let application, let password, let hash): verify(application, password, hash)
        case .disconnect(let application): applications.removeValue(forKey: application)?(.end)
        case .result: break
        case .mixer(let command): mix(command)
        case .alarm(let alarm): raise("\(alarm)")
        case .call(let event): logger.debug("call \(event.call.rawValue): \(event.kind)")
        case .registration(let event): log(event)
        case .notice(let notice): log(notice)
        }
    }

    private func raise(_ alarm: String) {
        logger.warning("alarm: \(alarm)")
        if alarms.count == SignallingLoop.alarmsKept { alarms.removeFirst() }
        alarms.append((Date(), alarm))
    }

    /// Hashing is slow on purpose, so it is done elsewhere.
    private func verify(_ application: ApplicationID, _ password: String, _ hash: String) {
        let eventLoop = eventLoop
        Task.detached {
            let isRight = PasswordHash(text: hash)?.matches(password) ?? false
            eventLoop.execute { self.receive(.passwordVerified(application, isRight)) }
        }
    }

    private func log(_ notice: SIPNotice) {
        let (isAdmitted, leftOut) = noticeLimit.admit(at: now)
        if leftOut > 0 { logger.notice("SIP: \(leftOut) more notices came within a second and are not shown") }
        if isAdmitted { logger.notice("SIP: \(notice)") }
    }

    private func log(_ event: RegistrationEvent) {
        switch event {
        case .phone(let device, let contacts) where contacts.isEmpty: logger.info("phone \(device) is no longer registered")
        case .phone(let device, let contacts):
            logger.info("phone \(device) is registered at \(contacts.map { "\($0.hop.remote)" }.joined(separator: ", "))")
        case .trunk(let device, let registered): logger.info("trunk \(device) is \(registered ? "registered" : "not registered")")
        }
    }

    /// Keeps the timer at the earliest deadline. A later deadline lets the timer come early and be set again: cheaper than moving it each time.
    func rearm() {
        let due = [board?.nextDeadline, otherDeadline()].compactMap { $0 }.min()
        guard let due else { return }
        if let timerAt, timerAt <= due { return }
        timer?.cancel()
        timerAt = due
        timer = eventLoop.scheduleTask(deadline: began + .nanoseconds(due.nanoseconds)) { self.timerCame() }
    }

    private func timerCame() {
        timer = nil
        timerAt = nil
        let now = now
        if let due = otherDeadline(), due <= now { otherDeadlineCame() }
        if let due = board?.nextDeadline, due <= now { receive(.deadline) } else { rearm() }
    }
}
