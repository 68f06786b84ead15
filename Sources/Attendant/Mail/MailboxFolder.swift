import Foundation
import Glibc

/// The files of one mailbox: a WAV file and a JSON file for each message, and the greeting.
///
/// What is written has a temporary name until it is complete. A message exists when its JSON file does: that comes last, and goes first.
struct MailboxFolder {
    /// What is known of a message.
    struct Entry: Codable, Equatable {
        var id: String
        var caller: String
        var callerName: String
        var at: Date
        var seconds: Int
        var heard: Date?
    }

    let folder: URL
    /// Where it is for flows: `voicemail/2001`.
    let name: String

    init(_ mailbox: MailboxSettings, below root: URL) {
        folder = root.appendingPathComponent(mailbox.number)
        name = "\(root.lastPathComponent)/\(mailbox.number)"
    }

    private static let draftPrefix = "draft-"
    private static let greetingName = "greeting.wav"

    // MARK: Messages

    /// The messages, the oldest first. Files that make no sense are left out.
    var entries: [Entry] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return files(ending: "json").compactMap { file in
            guard let data = try? Data(contentsOf: file), let entry = try? decoder.decode(Entry.self, from: data),
                entry.id == file.deletingPathExtension().lastPathComponent,
                FileManager.default.fileExists(atPath: audio(entry.id).path)
            else { return nil }
            return entry
        }
        .sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    /// The name of a message's recording.
    func recording(of id: String) -> String { "\(name)/\(id).wav" }

    /// Makes a message of a draft.
    func deliver(_ draft: MailDraft, at now: Date) throws -> Entry {
        let stamp = now.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        let id = "\(stamp.filter(\.isNumber))-\(UUID().uuidString.prefix(8))"
        let entry = Entry(
            id: id, caller: draft.caller, callerName: draft.callerName, at: now, seconds: Int(draft.length.components.seconds), heard: nil)
        try MailboxFolder.settle(URL(fileURLWithPath: draft.file.path))
        try FileManager.default.moveItem(atPath: draft.file.path, toPath: audio(id).path)
        try write(entry)
        return entry
    }

    /// Notes that a message was heard.
    func markHeard(_ id: String, at now: Date) throws {
        guard var entry = entries.first(where: { $0.id == id }), entry.heard == nil else { return }
        entry.heard = now
        try write(entry)
    }

    /// Removes a message.
    func delete(_ id: String) throws {
        guard entries.contains(where: { $0.id == id }) else { return }
        try FileManager.default.removeItem(at: description(id))
        try? FileManager.default.removeItem(at: audio(id))
    }

    /// Whether one more message can be taken, if old ones make room.
    func mayTake(messages: Int, bytes: Int) -> Bool {
        let entries = entries
        return (entries.count < messages && size < bytes) || entries.contains { $0.heard != nil }
    }

    /// Makes room for one more message, from the oldest ones that were heard; whether there is room now.
    func makeRoom(messages: Int, bytes: Int) -> Bool {
        var entries = entries
        while entries.count >= messages || size >= bytes {
            guard let oldest = entries.firstIndex(where: { $0.heard != nil }), (try? delete(entries[oldest].id)) != nil else {
                return false
            }
            entries.remove(at: oldest)
        }
        return true
    }

    /// How many messages there are.
    var counts: MessageCounts {
        let entries = entries
        let new = entries.count { $0.heard == nil }
        return MessageCounts(new: new, saved: entries.count - new)
    }

    /// How many bytes its messages and greeting have.
    var size: Int {
        files(ending: "wav").filter { !$0.lastPathComponent.hasPrefix(Self.draftPrefix) }.reduce(0) {
            $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
        }
    }

    // MARK: The greeting and drafts

    /// The name of the greeting; `nil` when the owner has recorded none.
    var greeting: String? {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(Self.greetingName).path) ? "\(name)/\(Self.greetingName)" : nil
    }

    /// Makes the greeting of a draft.
    func greet(_ draft: MailDraft) throws {
        let file = URL(fileURLWithPath: draft.file.path)
        try MailboxFolder.settle(file)
        // One step, so that there is always one greeting or the other.
        guard unsafe rename(file.path, folder.appendingPathComponent(Self.greetingName).path) == 0 else {
            throw VoiceFailure("the greeting cannot be put in its place")
        }
    }

    /// A new file to record to.
    func draft() throws(VoiceFailure) -> VoiceFile {
        try VoiceFile.prepare(folder)
        let file = folder.appendingPathComponent("\(Self.draftPrefix)\(UUID().uuidString).wav")
        guard FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw VoiceFailure("\(file.path) cannot be written")
        }
        return VoiceFile(name: "\(name)/\(file.lastPathComponent)", path: file.path)
    }

    /// Removes what a server that was ended in the middle has left: drafts, and recordings that never became messages.
    func sweep() {
        let known = Set(entries.map { audio($0.id).lastPathComponent } + [Self.greetingName])
        for file in files(ending: "wav") where !known.contains(file.lastPathComponent) { try? FileManager.default.removeItem(at: file) }
    }

    // MARK: Files

    private func audio(_ id: String) -> URL { folder.appendingPathComponent("\(id).wav") }
    private func description(_ id: String) -> URL { folder.appendingPathComponent("\(id).json") }

    private func write(_ entry: Entry) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // Atomic: beside its place, then renamed.
        try encoder.encode(entry).write(to: description(entry.id), options: .atomic)
    }

    private func files(ending: String) -> [URL] {
        ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.fileSizeKey])) ?? []).filter {
            $0.pathExtension == ending
        }
    }

    /// Waits until a file is on the disk.
    private static func settle(_ file: URL) throws {
        let handle = try FileHandle(forUpdating: file)
        try handle.synchronize()
        try handle.close()
    }
}
