/// What the keys of flow files take and mean, for editors: the schema completes and explains by it.
enum FlowWords {
    /// What a key takes.
    enum Kind {
        case duration
        case step
        case whole
        case yesNo
        /// Yes or no, or this word.
        case yesNoOr(String)
        case word([String])
        case text
        /// Prompts, texts and values to hear.
        case heard
        /// A group of names with their values.
        case group
        /// One or several of something that the checker looks at.
        case any
    }

    struct Meaning {
        let kind: Kind
        let text: String

        init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    /// What a key of a group means: the group's own meaning of it, or what it means everywhere.
    static func meaning(of key: String, in group: String) -> Meaning? { meanings["\(group).\(key)"] ?? meanings[key] }

    /// What a verb does.
    static func deed(of verb: String) -> String? { deeds[verb] }

    private static let meanings: [String: Meaning] = [
        "after": Meaning(.duration, "How long the first key is waited for."),
        "again": Meaning(.step, "The step that asks again; the one in which this stands unless said."),
        "announce": Meaning(.heard, "What is said at once, and every so often."),
        "answered": Meaning(.step, "The step in which whoever answers is met."),
        "as": Meaning(.word(SpokenValue.Kind.allCases.map(\.rawValue)), "How the value is spoken."),
        "at": Meaning(.text, "The park number; a free one unless said."),
        "at-least": Meaning(.duration, "With less speech there is nothing to keep."),
        "attempts": Meaning(.whole, "How many times in all."),
        "beep": Meaning(.yesNo, "Whether a tone is heard before the recording."),
        "before": Meaning(.heard, "What is heard before the value."),
        "between-digits": Meaning(.duration, "How long the next key is waited for."),
        "between-letters": Meaning(.duration, "How long the next letter is waited for."),
        "body": Meaning(.group, "What is sent, as a JSON object."),
        "busy": Meaning(.step, "Where the call goes when the destination is busy."),
        "by": Meaning(.text, "The key of the record; the calling number unless said."),
        "count.by": Meaning(.whole, "How much is added."),
        "directory.by": Meaning(.word(DirectoryEntry.Part.allCases.map(\.rawValue)), "Which word of a name is spelled."),
        "clock": Meaning(.word(SpokenClock.allCases.map(\.rawValue)), "Which clock a time is read from."),
        "deadline": Meaning(.duration, "How long the answer may take."),
        "digits": Meaning(.any, "How many digits: 4 or 4-8."),
        "every": Meaning(.duration, "How often it is said, or tried."),
        "extensions": Meaning(.any, "Extensions that can be dialled: 20xx."),
        "failed": Meaning(.step, "Where the call goes when something breaks, or an outcome has no way of its own."),
        "finish": Meaning(.any, "The key that ends it: \"#\", \"*\" or none."),
        "first-digit": Meaning(.duration, "How long the first digit is waited for."),
        "first-letter": Meaning(.duration, "How long the first letter is waited for."),
        "flow": Meaning(.text, "The name of the flow that is called."),
        "for": Meaning(.duration, "How long."),
        "full": Meaning(.step, "Where the call goes when there is no room."),
        "go": Meaning(.step, "Where the call goes in the end."),
        "greeting": Meaning(.heard, "What greets the caller instead of the owner's greeting."),
        "group": Meaning(.text, "The group of agents."),
        "headers": Meaning(.group, "Header fields of the request."),
        "into": Meaning(.text, "The variable, or group of variables, that takes the result."),
        "keys": Meaning(.group, "The steps to which keys lead."),
        "longest": Meaning(.duration, "The longest time."),
        "mailbox": Meaning(.text, "The number of the mailbox."),
        "meanwhile": Meaning(.heard, "What the caller hears meanwhile."),
        "method": Meaning(.word(Http.methods), "The method of the request; GET, or POST with a body, unless said."),
        "music": Meaning(.any, "What is played over and over."),
        "name": Meaning(.text, "The name of the counter."),
        "no-answer": Meaning(.step, "Where the call goes when nobody answers."),
        "no-input": Meaning(.any, "What becomes of silence."),
        "no-match": Meaning(.any, "What becomes of wrong keys."),
        "nobody-ready": Meaning(.step, "Where the call goes when no agent is there."),
        "not-found": Meaning(.step, "Where the call goes when there is none."),
        "number": Meaning(.text, "The number."),
        "pattern": Meaning(.any, "Extensions that can be dialled: 20xx."),
        "pin": Meaning(.word(["ask", "none"]), "Whether the PIN is asked for."),
        "priority": Meaning(.whole, "Before callers with less; 0 unless said."),
        "prompt": Meaning(.heard, "What the caller hears."),
        "question": Meaning(.heard, "What is asked after the value."),
        "queue": Meaning(.any, "The queue."),
        "reason": Meaning(.text, "Why: an agent's, such as lunch."),
        "review": Meaning(.yesNo, "Whether the caller may hear it and speak again."),
        "ring": Meaning(.duration, "How long it rings."),
        "recording": Meaning(.text, "A recording of the caller: \"{complaint.file}\"."),
        "say": Meaning(.any, "A text that is spoken, or one for each language."),
        "date": Meaning(.text, "A day, spoken: 2026-12-25."),
        "money": Meaning(.text, "An amount, spoken: 12.50 EUR."),
        "spell": Meaning(.text, "A text, spoken letter by letter."),
        "time": Meaning(.text, "A time, spoken: 17:30."),
        "step": Meaning(.step, "The step with which the call goes on."),
        "secret": Meaning(.yesNo, "Whether what is entered is never shown, spoken, logged or sent."),
        "show-caller": Meaning(.word(["original", "ours"]), "Whose number is shown."),
        "silence": Meaning(.any, "Ends it after so long a silence."),
        "skills": Meaning(.group, "What the agent must know, and how well."),
        "sound": Meaning(.any, "What is played over and over."),
        "state": Meaning(.word(["ready", "not-ready"]), "Whether the agent takes calls."),
        "store": Meaning(.text, "The store."),
        "taken": Meaning(.step, "Where the call goes when the park number is taken."),
        "timed-out": Meaning(.step, "Where the call goes when the time is over."),
        "to": Meaning(.text, "The number to which the call goes."),
        "too-short": Meaning(.step, "Where the call goes when too little was said."),
        "unreachable": Meaning(.step, "Where the call goes when the destination is not registered or does not exist."),
        "url": Meaning(.text, "The address, with https:// or http://."),
        "value": Meaning(.text, "The value that is read back."),
        "with": Meaning(.group, "What travels with the call, or the arguments of a flow."),
        "barge-in": Meaning(.yesNoOr("speech"), "What ends it before its time: a key, or with `speech` also a caller who begins to speak."),
        "cases": Meaning(.group, "The steps to which values lead."),
        "else": Meaning(.step, "Where the call goes otherwise."),
    ]

    private static let deeds: [String: String] = [
        "accept": "The caller hears ringing.", "agent": "Sets whether the agent at the calling line takes calls.",
        "answer": "The caller hears us from here on.", "call": "Runs another flow, with arguments and results.",
        "callback": "Keeps the caller's place in a queue and calls back.", "collect": "Takes several digits into a variable.",
        "confirm": "Reads a value back: 1 keeps it, 2 asks again.", "count": "Adds to a counter of the business.",
        "directory": "Finds a person by the letters of a name.", "go": "Goes on with a step.", "hangup": "Ends the call.",
        "hold": "Music from here on, whenever nothing else is heard.", "http": "Asks a web service.",
        "if": "Goes to a step when a condition holds.", "language": "What follows is heard in that language.",
        "log": "Writes a line in the call's record.", "lookup": "Fetches a record of a store.",
        "mailbox": "Lets the owner of a mailbox hear its messages.", "menu": "Takes one key, or an extension.",
        "music": "Plays something over and over.", "park": "Lets the caller wait at a park number.",
        "play": "Plays prompts, texts and values.",
        "queue": "Lets the caller wait for an agent of a group.", "record": "Records the caller.",
        "redirect": "Sends the call to a number.", "reject": "Refuses the call.", "retrieve": "Ends hold.",
        "return": "Goes back to the flow that called this one.", "say": "Speaks a text.", "set": "Gives variables values.",
        "switch": "Goes to the step that a value names.", "voicemail": "Takes a message for a mailbox.",
    ]
}
