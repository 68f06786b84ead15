/// The variables of a flow while it is compiled: each name gets a place in the table that every run carries.
final class SymbolTable {
    private(set) var names: [String] = []
    private var places: [String: Int] = [:]
    /// Variables that some action sets, and groups such as `customer` whose fields come from a record.
    var setNames: Set<String> = []
    var setGroups: Set<String> = ["data"]
    var secretNames: Set<String> = []
    /// Uses that wait for a check: which variable, where in the expression or template.
    var uses: [(name: String, offset: Int)] = []

    static let builtIns = ["caller.number", "caller.name", "called.number", "redirected.from", "call.id"] + numbers
    /// The place in the queue and how many wait there; the expected wait in minutes.
    static let numbers = ["queue.position", "queue.waiting", "queue.wait"]
    static let mostVariables = 500

    /// The place of a name; `offset` says where in its text it is used, for messages.
    func place(of name: String, use offset: Int) -> Int {
        uses.append((name, offset))
        return place(of: name)
    }

    /// The place of a name, a new one if it has none.
    func place(of name: String) -> Int {
        if let place = places[name] { return place }
        places[name] = names.count
        names.append(name)
        return names.count - 1
    }

    /// What is known of a variable's kind before a call.
    func kind(of name: String) -> ValueKind {
        Self.numbers.contains(name) ? .number : Self.builtIns.contains(name) ? .text : .unknown
    }

    /// Whether something gives the variable a value.
    func isSet(_ name: String) -> Bool {
        if Self.builtIns.contains(name) || setNames.contains(name) || name == "now" || name == "open" { return true }
        guard let dot = name.firstIndex(of: ".") else { return false }
        return setGroups.contains(String(name[..<dot]))
    }

    /// Whether a text can name a variable: letters, digits, `-` and `_` in parts joined by dots, a letter first.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else { return false }
            return part.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ExpressionLexer.isDigit($0) || $0 == "_" || $0 == "-" }
        }
    }
}
