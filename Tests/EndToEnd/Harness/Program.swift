import Foundation

/// A program that a test started: its output line by line, its end, and no process left behind.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let lock = NSLock()
    private var text = ""
    private let name: String

    /// Starts `path` with `arguments`; the output of both streams is kept. What is written to `keyboard` is its input.
    init(
        _ path: String, _ arguments: [String], in directory: URL, environment: [String: String] = [:], keyboard: Pipe? = nil
    ) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = keyboard ?? FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
            } else {
                self?.append(String(decoding: data, as: UTF8.self))
            }
        }
        try process.run()
    }

    deinit { stop() }

    private func append(_ more: String) {
        lock.withLock { text += more }
    }

    /// All that the program has printed.
    var output: String { lock.withLock { text } }

    /// Whether it is still running.
    var isRunning: Bool { process.isRunning }

    /// Waits until the output holds `needle`, so many times; throws with the whole output when it does not come in time or the program ends first.
    func wait(for needle: String, count: Int = 1, within seconds: Double = 10) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        let isThere = { self.output.components(separatedBy: needle).count > count }
        while !isThere() {
            guard Date() < deadline, process.isRunning || isThere() else {
                throw Unexpected("\(name) did not print \"\(needle)\" within \(seconds) s. It printed:\n\(output)")
            }
            pollPause()
        }
    }

    /// Waits for the end and returns the exit code.
    func exitCode(within seconds: Double = 30) throws -> Int32 {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning {
            guard Date() < deadline else {
                stop()
                throw Unexpected("\(name) did not end within \(seconds) s. It printed:\n\(output)")
            }
            pollPause()
        }
        return process.terminationStatus
    }

    /// Asks the program to end, and makes it.
    func stop(signal: Int32 = SIGTERM) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, signal)
        let deadline = Date(timeIntervalSinceNow: 3)
        while process.isRunning, Date() < deadline { pollPause() }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private func pollPause() {
        _ = poll(nil, 0, 5)
    }
}

/// What a test did not expect.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
