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
        let flow = FlowCompiler(problems, context).compile(root)
        return (problems.hasErrors ? nil : flow, problems.sorted)
    }
}
