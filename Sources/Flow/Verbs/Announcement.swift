import StrictYAML

/// What a caller is to hear: prompts and speech in order.
struct Announcement: Equatable, Sendable {
    enum Item: Equatable, Sendable {
        case prompt(String)
        case speech(SpokenText)
        /// A value, spoken digit by digit.
        case digits(Template)
    }

    var items: [Item] = []
}

/// Text to speak: a template for each language of the flow, in the flow's order of languages.
struct SpokenText: Equatable, Sendable {
    var byLanguage: [Template]
}

extension FlowCompiler {
    /// A prompt, `say:` or `digits:`, or a list of them.
    var announcement: YAMLValue<Announcement> {
        YAMLValue<[Announcement.Item]>.oneOrMany(of: announcementItem).map { Announcement(items: $0) }
    }

    private var announcementItem: YAMLValue<Announcement.Item> {
        YAMLValue { node, problems in
            if node.mapping == nil { return self.prompt.read(node, problems).map { .prompt($0) } }
            guard let reader = YAMLReader(node, "a prompt", problems) else { return nil }
            let speech = reader.optional("say", as: self.spokenText)
            let digits = reader.optional("digits", as: self.template)
            for pair in reader.pairs where ["number", "money", "date", "time", "spell"].contains(pair.key) {
                reader.know([pair.key])
                problems.error("this version can't speak `\(pair.key):` values; it has `say` and `digits`", at: pair.mark)
            }
            reader.finish()
            if reader.pairs.count > 1 { problems.error("one prompt each; begin the next with its own `-`", at: reader.pairs[1].mark) }
            return speech.map { .speech($0) } ?? digits.map { .digits($0) }
        }
    }

    private var prompt: YAMLValue<String> {
        YAMLValue { node, problems in
            guard let name = YAMLValue.text.read(node, problems) else { return nil }
            guard name.utf8.count <= 100,
                name.unicodeScalars.allSatisfy({
                    $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_./".unicodeScalars.contains($0)
                }),
                !name.hasPrefix("/"), !name.contains("..")
            else {
                problems.error(
                    "`\(name.prefix(40))` can't be a prompt's name; write `say:` in front of text that is to be spoken", at: node.mark)
                return nil
            }
            self.promptUses.append(Marked(name, at: node.mark))
            return name
        }
    }

    /// One text, or a text for each language.
    var spokenText: YAMLValue<SpokenText> {
        YAMLValue { node, problems in
            guard node.mapping != nil else {
                return self.template.read(node, problems).map { template in
                    self.speeches.append(SpokenText(byLanguage: self.languages.map { _ in template }))
                    return SpokenText(byLanguage: self.languages.map { _ in template })
                }
            }
            guard let reader = YAMLReader(node, "`say`", problems) else { return nil }
            let texts = self.languages.map { reader.optional($0, as: self.template) }
            for language in self.languages where !reader.has(language) {
                problems.error("`say` has no text for \(language), which this flow speaks", at: reader.mark)
            }
            reader.finish()
            let complete = texts.compactMap { $0 }
            guard complete.count == self.languages.count else { return nil }
            self.speeches.append(SpokenText(byLanguage: complete))
            return SpokenText(byLanguage: complete)
        }
    }
}

extension FlowRun {
    /// An announcement in the language of the moment; empty texts are left out.
    func utterances(of announcement: Announcement) -> [Utterance] {
        let language = language
        return announcement.items.compactMap { item in
            switch item {
            case .prompt(let name): return Utterance(.prompt(name), language: language)
            case .speech(let text):
                guard text.byLanguage.indices.contains(languageIndex) else { return nil }
                let words = text.byLanguage[languageIndex].render(in: self)
                return words.allSatisfy(\.isWhitespace) ? nil : Utterance(.speech(words), language: language)
            case .digits(let template):
                let digits = template.render(in: self).filter { !$0.isWhitespace }
                return digits.isEmpty ? nil : Utterance(.speech(digits.map(String.init).joined(separator: " ")), language: language)
            }
        }
    }
}
