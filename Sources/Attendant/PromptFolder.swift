public import Foundation

/// The folder with a site's recordings: `LANGUAGE/NAME.EXTENSION`.
public struct PromptFolder: Sendable {
    private let folder: URL

    /// Makes a view of a folder, which need not exist.
    public init(_ folder: URL) { self.folder = folder }

    /// The languages that have a folder.
    public var languages: [String] {
        entries(of: folder).filter { $0.hasDirectoryPath }.map(\.lastPathComponent).sorted()
    }

    /// The names of the prompts that a language has.
    public func names(in language: String) -> Set<String> {
        Set(
            entries(of: folder.appendingPathComponent(language)).filter { !$0.hasDirectoryPath }.map {
                $0.deletingPathExtension().lastPathComponent
            })
    }

    /// The file of a prompt, if there is one. A name never leads out of the folder.
    public func file(of name: String, language: String) -> URL? {
        entries(of: folder.appendingPathComponent(language)).first {
            $0.deletingPathExtension().lastPathComponent == name && !$0.hasDirectoryPath
        }
    }

    private func entries(of directory: URL) -> [URL] {
        (try? FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: [.isDirectoryKey], options: .skipsHiddenFiles)) ?? []
    }
}
