import Kernel
import StrictYAML

// The kinds of values that verbs share.
extension FlowCompiler {
    /// The name of a step, as its number.
    var step: YAMLValue<Int> {
        YAMLValue { node, problems in
            guard let name = YAMLValue("the name of a step", parse: { $0 }).read(node, problems) else { return nil }
            if let number = self.stepNumbers[name] { return number }
            self.noStep(name, at: node.mark)
            return nil
        }
    }

    /// Says that there is no such step, and which there are.
    func noStep(_ name: String, at mark: Mark) {
        let near = NearestWord.find(name, among: stepNames).map { "did you mean `\($0)`?" }
        let all = stepNames.count <= 12 ? "there are: \(stepNames.map { "`\($0)`" }.joined(separator: ", "))" : nil
        problems.error("there is no step `\(name)`", at: mark, hint: near ?? all)
    }

    /// Text with variables, for the caller, the agent or the record: secrets have no place in it.
    var template: YAMLValue<Template> { template(mayHoldSecrets: false) }

    /// Text with variables that nobody sees.
    var hiddenTemplate: YAMLValue<Template> { template(mayHoldSecrets: true) }

    private func template(mayHoldSecrets: Bool) -> YAMLValue<Template> {
        YAMLValue { node, problems in
            guard let text = node.text, !node.isNothing else {
                problems.error("expected text, found \(node.spoken)", at: node.mark)
                return nil
            }
            self.symbols.uses = []
            do throws(ExpressionError) {
                let template = try Template.parse(text, symbols: self.symbols)
                for use in self.symbols.uses {
                    let mark = self.mark(use.offset, in: node)
                    self.variableUses.append(VariableUse(name: use.name, mark: mark, isCompared: false))
                    if !mayHoldSecrets, self.symbols.secretNames.contains(use.name) {
                        problems.error("`\(use.name)` is secret; it can be compared and looked up, but not shown, spoken or sent", at: mark)
                    }
                }
                return template
            } catch {
                problems.error(error.message, at: self.mark(error.offset, in: node))
                return nil
            }
        }
    }

    /// A condition.
    var condition: YAMLValue<Expression> {
        expression("a condition such as `customer.tier == \"gold\"`") { kind in
            [.yesNo, .unknown, .nothing].contains(kind) ? nil : "a condition must be yes or no, and this is \(kind.rawValue)"
        }
    }

    /// A value to look at, such as `customer.tier`.
    var expression: YAMLValue<Expression> { expression("a value such as `customer.tier`") { _ in nil } }

    private func expression(_ expected: String, refuse: @escaping (ValueKind) -> String?) -> YAMLValue<Expression> {
        YAMLValue { node, problems in
            guard let text = node.text, !node.isNothing else {
                problems.error("expected \(expected), found \(node.spoken)", at: node.mark)
                return nil
            }
            self.symbols.uses = []
            do throws(ExpressionError) {
                let (expression, kind) = try ExpressionParser.parse(text, symbols: self.symbols)
                for use in self.symbols.uses {
                    self.variableUses.append(VariableUse(name: use.name, mark: self.mark(use.offset, in: node), isCompared: true))
                }
                if let refusal = refuse(kind) {
                    problems.error(refusal, at: node.mark)
                    return nil
                }
                if expression.usesOpen { self.usesOpen = self.usesOpen ?? node.mark }
                return expression
            } catch {
                problems.error(error.message, at: self.mark(error.offset, in: node))
                return nil
            }
        }
    }

    /// The name of a variable that is given a value here, as its place.
    var newVariable: YAMLValue<Int> { newVariableName.map { self.symbols.place(of: $0) } }

    /// The name of a variable that is given a value here.
    var newVariableName: YAMLValue<String> {
        YAMLValue { node, problems in
            guard let name = YAMLValue("a variable's name", parse: { $0 }).read(node, problems) else { return nil }
            guard SymbolTable.isName(name), !Self.reserved.contains(name) else {
                problems.error(
                    "`\(name)` can't be a variable's name: letters, digits, `-` and `_`, a letter first, and no word of conditions",
                    at: node.mark)
                return nil
            }
            guard !SymbolTable.builtIns.contains(name), name != "open", name != "now" else {
                problems.error("`\(name)` comes with the call and can't be changed", at: node.mark)
                return nil
            }
            self.symbols.setNames.insert(name)
            return name
        }
    }

    private static let reserved: Set<String> = [
        "yes", "no", "nothing", "and", "or", "not", "in", "contains", "starts", "ends", "with", "true", "false",
    ]

    /// The name of a group of variables that a record fills.
    var groupName: YAMLValue<String> {
        YAMLValue("a name for the record, such as `customer`") { text in
            SymbolTable.isName(text) && !text.contains(".") && !["caller", "called", "redirected", "call", "data", "queue"].contains(text)
                ? text : nil
        }
    }

    /// The name of a store.
    var store: YAMLValue<String> {
        YAMLValue { node, problems in
            guard let name = self.groupName.read(node, problems) else { return nil }
            if let stores = self.context.stores, !stores.contains(name) {
                problems.error("there is no store `\(name)`", at: node.mark, word: name, among: stores.sorted())
            }
            return name
        }
    }

    /// A number to call, perhaps with variables.
    var number: YAMLValue<Template> {
        YAMLValue { node, problems in
            guard let template = self.template.read(node, problems) else { return nil }
            guard let fixed = template.fixed else { return template }
            let number = fixed.filter { $0 != " " }
            guard !number.isEmpty, number.utf8.count <= 64, number.utf8.allSatisfy({ (48...57).contains($0) || "+*#".utf8.contains($0) })
            else {
                problems.error("expected a number to call, found `\(fixed.prefix(40))`", at: node.mark)
                return nil
            }
            self.checkNumber(number, at: node.mark)
            return template
        }
    }

    func checkNumber(_ number: String, at mark: Mark) {
        guard !context.canReach(number) else { return }
        problems.error(
            "no line has the number \(number), and no route leads to it", at: mark, word: number, among: (context.numbers ?? []).sorted())
    }

    /// The place of a character of a scalar. Text in a block has only its beginning.
    private func mark(_ offset: Int, in node: YAMLNode) -> Mark {
        guard case .scalar(let text, let quoted) = node.kind, !text.contains("\n") else { return node.mark }
        return Mark(line: node.mark.line, column: node.mark.column + offset + (quoted ? 1 : 0))
    }
}

extension Expression {
    /// Whether `open` occurs in it.
    var usesOpen: Bool {
        switch self {
        case .open: true
        case .literal, .variable, .now: false
        case .list(let members): members.contains { $0.usesOpen }
        case .not(let inner): inner.usesOpen
        case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right): left.usesOpen || right.usesOpen
        }
    }
}
