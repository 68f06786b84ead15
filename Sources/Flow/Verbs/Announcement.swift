import StrictYAML

/// What a caller is to hear: prompts and speech in order.
struct Announcement: Equatable, Sendable {
    enum Item: Equatable, Sendable {
        case prompt(String)
        case speech(SpokenText)
        /// A value, spoken by the grammar of the language.
        case value(SpokenValue, Template)
        /// What a caller said: the name of a recording.
        case recording(Template)
    }

    var items: [Item] = []

    static let mostItems = 100
}

/// Text to speak: a template for each language of the flow, in the flow's order of languages.
struct SpokenText: Equatable, Sendable {
    var byLanguage: [Template]
}

extension FlowCompiler {
    /// A prompt, `say:` or a value to speak (`number:`, `date:` …), or a list of them.
    var announcement: YAMLValue<Announcement> {
        YAMLValue { node, problems in
            if let list = node.list, list.count > Announcement.mostItems {
                problems.error("at most \(Announcement.mostItems) prompts are played in a row", at: node.mark)
                return nil
            }
            return YAMLValue.oneOrMany(of: self.announcementItem).read(node, problems).map { Announcement(items: $0) }
        }
    }

    private var announcementItem: YAMLValue<Announcement.Item> {
        YAMLValue { node, problems in
            if node.mapping == nil { return self.prompt.read(node, problems).map { .prompt($0) } }
            guard let reader = YAMLReader(node, "a prompt", problems) else { return nil }
            let speech = reader.optional("say", as: self.spokenText)
            let recording = reader.optional("recording", as: self.template)
            let values = SpokenValue.Kind.allCases.compactMap { self.spokenValue($0, reader) }
            reader.finish()
            let items = reader.pairs.filter { $0.key != "clock" }
            if items.count > 1 { problems.error("one prompt each; begin the next with its own `-`", at: items[1].mark) }
            return speech.map { .speech($0) } ?? recording.map { .recording($0) } ?? values.first.map { .value($0.kind, $0.text) }
        }
    }

    /// A value to speak, if the group has one of that kind.
    private func spokenValue(_ kind: SpokenValue.Kind, _ reader: YAMLReader) -> (kind: SpokenValue, text: Template)? {
        guard let mark = reader.node(kind.rawValue)?.mark, let text = reader.optional(kind.rawValue, as: template) else { return nil }
        var value = SpokenValue(kind)
        if kind == .time {
            let clock = reader.optional("clock", as: .word(SpokenClock.allCases.map(\.rawValue)))
            value.clock = clock.flatMap { SpokenClock(rawValue: $0) }
        }
        if let fixed = text.fixed, !value.fits(fixed) {
            problems.error("expected \(kind.expected), found `\(fixed.prefix(40))`", at: mark)
        }
        speaksValues = true
        return (value, text)
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
        return announcement.items.flatMap { item -> [Utterance] in
            switch item {
            case .prompt(let name): return [Utterance(.prompt(name), language: language)]
            case .speech(let text):
                guard text.byLanguage.indices.contains(languageIndex) else { return [] }
                let words = text.byLanguage[languageIndex].render(in: self)
                return words.allSatisfy(\.isWhitespace) ? [] : [Utterance(.speech(words), language: language)]
            case .value(let value, let text): return spoken(value.words(for: text.render(in: self), in: language), language)
            case .recording(let name): return recording(name.render(in: self))
            }
        }
    }
    /// What travels with a call could name any file: nothing but what `record` wrote is played.
    private func recording(_ name: String) -> [Utterance] {
        name.hasPrefix(FlowRecording.folder) ? [Utterance(.recording(name), language: language)] : []
    }

    /// By recordings when all words have one: half a number in another voice would be worse than none.
    func spoken(_ words: [SpokenWord], _ language: String) -> [Utterance] {
        guard !words.isEmpty else { return [] }
        if let recorded = flow.program.recordings[language], words.allSatisfy({ recorded.contains($0.prompt) }) {
            return words.map { Utterance(.prompt($0.prompt), language: language) }
        }
        return [Utterance(.speech(SpokenWord.text(of: words)), language: language)]
    }
}
