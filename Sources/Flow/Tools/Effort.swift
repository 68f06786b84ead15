/// What an action can cost a caller at worst, before the call goes on.
struct Effort: Equatable, Sendable {
    /// Keys that are pressed.
    var keys = 0
    /// Time that passes in silence, ringing or waiting.
    var wait: Duration = .zero
    /// What is heard meanwhile, in order.
    var heard: [Announcement] = []
}

extension Tries {
    /// How often a question can be asked until it is answered at last.
    var mostQuestions: Int { min(noInput.attempts + noMatch.attempts - 1, Tries.hardTotal) }

    /// A question that is answered only the last time: wrongly as often as that is allowed, before and after silence.
    func effort(question: Announcement, keys: Int, first: Duration, between: Duration) -> Effort {
        var effort = Effort(heard: Array(repeating: question, count: mostQuestions))
        effort.keys = keys * min(noMatch.attempts, mostQuestions)
        effort.heard += Array(repeating: noMatch.announcement, count: max(noMatch.attempts - 1, 0))
        effort.heard += Array(repeating: noInput.announcement, count: max(noInput.attempts - 1, 0))
        effort.wait = first * mostQuestions + between * max(keys - 1, 0)
        return effort
    }
}
