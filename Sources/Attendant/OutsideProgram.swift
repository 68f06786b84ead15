import Dispatch
import Foundation
import Glibc
import Synchronization

/// A program that is run without a shell, and killed when it takes too long. It is spoken to by files, not by pipes: one that ends without reading, or with
/// much to say, could hold us up or worse.
struct OutsideProgram: Sendable {
    /// How it ended.
    enum Ending: Equatable, Sendable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)
        case late(Duration)
        case notStarted(String)

        /// What follows "the program …".
        var description: String {
            switch self {
            case .exit(let status): "ended with \(status)"
            case .signal(let number): "was ended by signal \(number)"
            case .late(let limit): "took longer than \(limit)"
            case .notStarted(let reason): "could not be started: \(reason)"
            }
        }
    }

    /// The program, found on the path, and its arguments.
    let words: [String]
    /// What its environment has beside ours.
    var environment: [String: String] = [:]
    let limit: Duration

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - input: What it reads; nothing for `nil`.
    ///   - errors: Where its complaints go; nowhere for `nil`.
    func run(input: FileHandle? = nil, errors: FileHandle? = nil) async -> Ending {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors ?? FileHandle.nullDevice
        let isLate = Mutex(false)
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
        let failure: String? = await withCheckedContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume(returning: nil) }
            do {
                try process.run()
            } catch {
                continuation.resume(returning: "\(error)")
                return
            }
            let identifier = process.processIdentifier
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
                guard process.isRunning else { return }
                isLate.withLock { $0 = true }
                kill(identifier, SIGKILL)
            }
        }
        if let failure { return .notStarted(failure) }
        if isLate.withLock({ $0 }) { return .late(limit) }
        return process.terminationReason == .exit ? .exit(process.terminationStatus) : .signal(process.terminationStatus)
    }
}
