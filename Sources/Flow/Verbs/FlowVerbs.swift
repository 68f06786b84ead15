/// The verbs that there are.
enum FlowVerbs {
    /// Every verb of this version.
    static let all: [any FlowVerb.Type] = [
        Answer.self, Accept.self, Reject.self, Hangup.self,
        Play.self, Say.self, Menu.self, Collect.self, Confirm.self, Directory.self,
        Lookup.self, Http.self, SetVariables.self, If.self, Switch.self, Go.self, CallFlow.self, Return.self,
        Redirect.self, Language.self, Log.self, Count.self,
        Record.self, Voicemail.self, Mailbox.self, Music.self, Hold.self, Retrieve.self,
        Agent.self, Queue.self, Callback.self, Park.self,
    ]

    static let byName: [String: any FlowVerb.Type] = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    static let names: [String] = all.map { $0.name }

    /// Where each key is allowed, for authors who wrote it elsewhere.
    static let places: [String: [String]] = {
        var places: [String: [String]] = [:]
        func add(_ key: String, _ place: String) {
            if places[key]?.contains(place) != true { places[key, default: []].append(place) }
        }
        for verb in all {
            for (group, keys) in verb.keys.sorted(by: { $0.key < $1.key }) {
                for key in keys { add(key, group) }
            }
            for key in verb.besides { add(key, verb.name) }
        }
        for key in ["flow", "lines", "takes", "language", "languages", "hours", "steps", "failed", "longest-call"] {
            add(key, "the flow itself")
        }
        for key in ["timezone", "open", "closed"] { add(key, "hours") }
        return places
    }()
}
