public import CallControl
public import Foundation

/// The folder of recorded calls and of what callers were asked to say.
public struct Recordings: Sendable {
    /// The folder.
    public let folder: URL

    /// Nothing is recorded on a disk with less room, in bytes.
    public static let leastRoom = 200 << 20

    /// Makes a view of a folder, which need not exist.
    public init(_ folder: URL) { self.folder = folder }

    /// Finds a name for a recording of a call and makes sure that it can be written. Waits for the disk.
    public func begin(_ call: CallID) -> Result<VoiceFile, VoiceFailure> { file(for: call, at: Date()) }

    func file(for call: CallID, at date: Date) -> Result<VoiceFile, VoiceFailure> {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd'T'HH-mm-ss"
        let base = "\(format.string(from: date))-call-\(call.rawValue)"
        do throws(VoiceFailure) {
            try VoiceFile.prepare(folder)
        } catch {
            return .failure(error)
        }
        // A call may be recorded more than once in a second.
        for suffix in ["", "-2", "-3", "-4"] {
            let file = folder.appendingPathComponent(base + suffix + ".wav")
            guard !FileManager.default.fileExists(atPath: file.path) else { continue }
            guard FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                return .failure(VoiceFailure("\(file.path) cannot be written"))
            }
            return .success(VoiceFile(name: "\(folder.lastPathComponent)/\(file.lastPathComponent)", path: file.path))
        }
        return .failure(VoiceFailure("\(base).wav and three more are there already"))
    }
}

/// A file with a caller's voice.
public struct VoiceFile: Equatable, Sendable {
    /// Its name for flows and records: its path below the site's folder `var`.
    public var name: String
    /// Where it is.
    public var path: String

    /// Makes a value.
    public init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Removes it, if it is there. Waits for the disk.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a folder for such files, on a disk that has room for them.
    static func prepare(_ folder: URL) throws(VoiceFailure) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw VoiceFailure("the folder \(folder.path) cannot be made: \(error.localizedDescription)")
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value, free < Recordings.leastRoom else { return }
        throw VoiceFailure(
            "the disk of \(folder.path) has \(free >> 20) MB left, less than the \(Recordings.leastRoom >> 20) MB that recording needs")
    }
}

/// Why a caller's voice cannot be kept.
public struct VoiceFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reason, in plain English.
    public let description: String

    /// Makes a failure with its reason.
    public init(_ reason: String) { description = reason }
}
