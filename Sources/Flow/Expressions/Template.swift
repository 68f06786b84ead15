/// Text with variables in braces: `Hello {customer.name}`. Two braces stand for one.
struct Template: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        case text(String)
        case value(Expression)
    }

    var parts: [Part]

    /// The text, when there is no variable in it.
    var fixed: String? {
        switch (parts.count, parts.first) {
        case (0, _): ""
        case (1, .text(let text)?): text
        default: nil
        }
    }

    static let longest = 10_000

    /// Reads a text. Variables that are not yet known get a place in `symbols`.
    static func parse(_ text: String, symbols: SymbolTable) throws(ExpressionError) -> Template {
        var template = Template(parts: [])
        var literal = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= longest else {
            throw ExpressionError(message: "a text can't be longer than \(longest) characters", offset: 0)
        }
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            let isDouble = index + 1 < scalars.count && scalars[index + 1] == scalar
            switch scalar {
            case "{" where isDouble, "}" where isDouble:
                literal.append(scalar)
                index += 2
            case "{":
                guard let end = scalars[index...].firstIndex(of: "}") else {
                    throw ExpressionError(message: "a brace opens here and is never closed; two braces `{{` stand for one", offset: index)
                }
                if !literal.isEmpty { template.parts.append(.text(String(literal))) }
                literal = String.UnicodeScalarView()
                template.parts.append(.value(try variable(scalars[(index + 1)..<end], at: index + 1, symbols)))
                index = end + 1
            case "}":
                throw ExpressionError(message: "a brace closes here that was never opened; two braces `}}` stand for one", offset: index)
            default:
                literal.append(scalar)
                index += 1
            }
        }
        if !literal.isEmpty { template.parts.append(.text(String(literal))) }
        return template
    }

    private static func variable(_ scalars: ArraySlice<UnicodeScalar>, at offset: Int, _ symbols: SymbolTable) throws(ExpressionError)
        -> Expression
    {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.drop { $0 == " " })
        while view.last == " " { view.removeLast() }
        let name = String(view)
        if name == "now" { return .now }
        if name == "open" { return .open }
        guard SymbolTable.isName(name) else {
            throw ExpressionError(
                message: name.isEmpty ? "a variable's name belongs between the braces" : "`\(name)` can't be a variable's name",
                offset: offset)
        }
        return .variable(symbols.place(of: name, use: offset))
    }

    /// The text in a context; nothing is empty, a secret is left out.
    func render(in context: some ExpressionContext) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let expression): text += (try? expression.evaluate(in: context))?.shown ?? ""
            }
        }
        return text
    }

    /// The value in a context: a single variable keeps its kind, anything else is text. A secret makes the whole a secret.
    func value(in context: some ExpressionContext) -> FlowValue {
        if parts.count == 1, case .value(let expression)? = parts.first { return (try? expression.evaluate(in: context)) ?? .nothing }
        var text = ""
        var isSecret = false
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let expression):
                let value = (try? expression.evaluate(in: context)) ?? .nothing
                if case .secret(let secret) = value {
                    isSecret = true
                    text += secret.revealed
                } else {
                    text += value.shown
                }
            }
        }
        return isSecret ? .secret(Secret(text)) : .text(text)
    }
}
