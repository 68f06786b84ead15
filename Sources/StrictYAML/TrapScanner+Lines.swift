// How the scanner goes through lines and tokens. It knows just enough YAML to tell where a token begins.
extension TrapScanner {
    /// Goes through one line, or through several when a quoted text or a block text spans them.
    mutating func line() {
        lineStart = index
        var sawTab = false
        while let scalar = peek(), scalar == " " || scalar == "\t" {
            sawTab = sawTab || scalar == "\t"
            index += 1
        }
        guard let first = peek(), first != "\n" else { return endLine() }
        if first == "#" {
            commentLine()
            return endLine()
        }
        if sawTab && flowDepth == 0 { return giveUp("this line is indented with a tab; indent with spaces", at: lineStart) }
        if first == "%" && index == lineStart { return giveUp("directives (`%`) are not used here", at: index) }
        tokensOfLine()
    }

    private mutating func endLine() {
        while let scalar = peek(), scalar != "\n" { index += 1 }
        guard index < scalars.count else { return }
        index += 1
        lineNumber += 1
        lineStart = index
    }

    /// A comment on its own line: right, unless it looks like `#: operator`.
    private mutating func commentLine() {
        guard peek(1) == ":", peek(2) == " " else { return }
        problems.error("`#` begins a comment, so this line is not read; write \"#\" in quotes, or hash", at: mark(index))
        scalars[index] = Self.hash
        tokens += 1
    }

    private mutating func tokensOfLine() {
        var atStart = true
        // The column against which the lines of a block text are indented.
        var parent = -1
        while let scalar = peek(), scalar != "\n", !gaveUp {
            if isGap(scalar) {
                index += 1
                continue
            }
            if scalar == "#", index == lineStart || isGap(peek(-1)) { break }
            tokens += 1
            if tokens > StrictYAML.maximumNodes { return giveUp("the file holds more than \(StrictYAML.maximumNodes) values", at: index) }
            let column = index - lineStart
            if flowDepth == 0, (scalar == "-" || scalar == "?"), isGap(peek(1)), atStart {
                parent = column
                open(column)
                index += 1
            } else if scalar == ":" && (isGap(peek(1)) || flowDepth > 0) {
                index += 1
                afterKey()
            } else if "[]{},".unicodeScalars.contains(scalar), flowDepth > 0 || scalar == "[" || scalar == "{" {
                bracket(scalar)
            } else if flowDepth == 0, scalar == "|" || scalar == ">" {
                return blockText(parent: parent)
            } else {
                if flowDepth == 0 {
                    parent = column
                    if atStart { open(column) }
                }
                atStart = false
                token(scalar)
                continue
            }
            atStart = atStart && scalar == "-"
        }
        if !gaveUp { endLine() }
    }

    /// Notes that a block list or mapping begins at `column` or goes on there.
    private mutating func open(_ column: Int) {
        while let last = indents.last, last > column { indents.removeLast() }
        if indents.last != column { indents.append(column) }
        if indents.count + flowDepth > StrictYAML.maximumDepth {
            giveUp("this is nested more than \(StrictYAML.maximumDepth) deep", at: index)
        }
    }

    private mutating func bracket(_ scalar: UnicodeScalar) {
        switch scalar {
        case "[", "{": flowDepth += 1
        case "]", "}": flowDepth -= 1
        default: break
        }
        if indents.count + flowDepth > StrictYAML.maximumDepth {
            giveUp("this is nested more than \(StrictYAML.maximumDepth) deep", at: index)
        }
        index += 1
    }

    /// A value or key: quoted, plain, or one of the traps.
    private mutating func token(_ first: UnicodeScalar) {
        switch first {
        case "\"", "'": quoted(first)
        case "*" where isGap(peek(1)) || peek(1) == ":" || (flowDepth > 0 && [",", "]", "}"].contains(peek(1))):
            problems.error("`*` means something else to YAML; write \"*\" in quotes, or star", at: mark(index))
            scalars[index] = Self.star
            index += 1
        case "*": giveUp("a value can't begin with `*` (an alias); put it in quotes", at: index)
        case "&": giveUp("a value can't begin with `&` (an anchor); put it in quotes", at: index)
        case "!": giveUp("a value can't begin with `!` (a tag); put it in quotes", at: index)
        case "@", "`", "%": giveUp("a value can't begin with `\(first)`; put it in quotes", at: index)
        default: plain()
        }
    }

    private mutating func plain() {
        let start = index
        while let scalar = peek(), scalar != "\n" {
            if scalar == ":", isGap(peek(1)) || (flowDepth > 0 && [",", "]", "}"].contains(peek(1))) { return }
            if flowDepth > 0, ",[]{}".unicodeScalars.contains(scalar) { return }
            if scalar == "#", isGap(peek(-1)) { return cutShort(from: start) }
            index += 1
        }
    }

    /// A comment right behind a text of several words may be meant as part of it.
    private mutating func cutShort(from start: Int) {
        let text = scalars[start..<index]
        guard peek(-2) != " ", peek(-2) != "\t", text.dropLast().contains(" ") else { return }
        problems.warning(
            "from `#` on this is a comment and not part of the text; put the text in quotes if it is meant, or two spaces before the comment",
            at: mark(index))
    }

    private mutating func quoted(_ quote: UnicodeScalar) {
        let start = mark(index)
        index += 1
        while let scalar = peek() {
            if scalar == "\\", quote == "\"" {
                index += 1
            } else if scalar == quote {
                index += 1
                if quote == "\"" || peek() != "'" { return }
            }
            if peek() == "\n" {
                lineNumber += 1
                lineStart = index + 1
            }
            index += 1
        }
        index = min(index, scalars.count)
        problems.error("these quotes are never closed", at: start)
        gaveUp = true
    }

    /// After `key:`, an empty comment or a comment with nothing below it swallows a `#` that was meant as the value.
    private mutating func afterKey() {
        var place = index
        while place < scalars.count, scalars[place] == " " { place += 1 }
        guard place < scalars.count, scalars[place] == "#", place > index else { return }
        var end = place
        while end < scalars.count, scalars[end] != "\n" { end += 1 }
        let rest = scalars[(place + 1)..<end]
        let closes = flowDepth > 0 && rest.first.map { ",]}".unicodeScalars.contains($0) || $0 == " " } == true
        guard closes || !hasNestedContent(after: end) else { return }
        problems.error("`#` begins a comment, so there is no value here; write \"#\" in quotes, or hash", at: mark(place))
        scalars[place] = Self.hash
        if !closes {
            for blank in (place + 1)..<end { scalars[blank] = " " }
        }
    }

    /// Whether the lines below belong to the key on this line.
    private func hasNestedContent(after end: Int) -> Bool {
        guard flowDepth == 0 else { return true }
        let own = indents.last ?? 0
        var place = end
        while place < scalars.count {
            place += 1
            let start = place
            while place < scalars.count, scalars[place] == " " { place += 1 }
            guard place < scalars.count else { return false }
            if scalars[place] == "\n" { continue }
            if scalars[place] == "#" {
                while place < scalars.count, scalars[place] != "\n" { place += 1 }
                continue
            }
            return place - start > own || (place - start == own && scalars[place] == "-")
        }
        return false
    }

    /// Skips a text in a block (`|` or `>`): the lines that are indented deeper than its parent.
    private mutating func blockText(parent: Int) {
        endLine()
        while index < scalars.count {
            var place = index
            while place < scalars.count, scalars[place] == " " { place += 1 }
            guard place < scalars.count else {
                index = place
                return
            }
            guard scalars[place] == "\n" || place - index > parent else { return }
            endLine()
        }
    }
}
