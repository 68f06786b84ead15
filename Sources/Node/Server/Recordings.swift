import CallControl
import Foundation

/// The folder of recorded calls.
struct Recordings: Sendable {
    /// A file to record to.
    struct File: Sendable {
        let name: String
        let path: String
    }

    /// Why there is none.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL

    /// Finds a name for the recording of a call and makes sure that it can be written, off the signalling loop.
    func begin(_ call: CallID, _ done: @escaping @Sendable (Result<File, Failure>) -> Void) {
        let folder = folder
        Task.detached {
            done(Recordings.file(for: call, in: folder, at: Date()))
        }
    }

    static func file(for call: CallID, in folder: URL, at date: Date) -> Result<File, Failure> {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd'T'HH-mm-ss"
        let base = "\(format.string(from: date))-call-\(call.rawValue)"
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            return .failure(Failure(description: "the folder \(folder.path) cannot be made: \(error.localizedDescription)"))
        }
        // A call may be recorded twice in a second.
        for suffix in ["", "-2", "-3", "-4"] {
            let file = folder.appendingPathComponent(base + suffix + ".wav")
            guard !FileManager.default.fileExists(atPath: file.path) else { continue }
            guard FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                return .failure(Failure(description: "\(file.path) cannot be written"))
            }
            return .success(File(name: file.lastPathComponent, path: file.path))
        }
        return .failure(Failure(description: "\(base).wav and three more are there already"))
    }
}
