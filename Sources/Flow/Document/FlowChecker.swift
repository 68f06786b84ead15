import Crypto
public import StrictYAML

/// Checks flow files and makes flows of those that are right.
public enum FlowChecker {
    /// Checks a file's text against what the site has.
    ///
    /// - Returns: everything wrong or odd, in the order of the file, and the flow when there is no error.
    public static func check(text: String, file: String, context: CheckContext = CheckContext()) -> (flow: Flow?, diagnostics: [Diagnostic])
    {
        check(bytes: text.utf8, file: file, context: context)
    }

    /// The same for a file's bytes.
    public static func check(bytes: some Collection<UInt8>, file: String, context: CheckContext = CheckContext()) -> (
        flow: Flow?, diagnostics: [Diagnostic]
    ) {
        let (root, problems) = StrictYAML.read(bytes: bytes, file: file)
        guard let root else { return (nil, problems.sorted) }
        problems.places = FlowVerbs.places
        let version = SHA256.hash(data: Array(bytes)).prefix(4).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let flow = FlowCompiler(problems, context, version: version).compile(root)
        return (problems.hasErrors ? nil : flow, problems.sorted)
    }

    /// The name of a flow that others call, and what it takes; `nil` for files of other kinds. Says nothing of what is wrong with it.
    public static func callable(bytes: some Collection<UInt8>, file: String) -> (name: String, takes: [String])? {
        guard let root = StrictYAML.read(bytes: bytes, file: file).root, let name = root["flow"]?.text, let takes = root["takes"] else {
            return nil
        }
        return (name, (takes.list ?? [takes]).compactMap { $0.isNothing ? nil : $0.text })
    }
}
