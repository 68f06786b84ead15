import Kernel

/// A script of keys: `"1,,2#"`. A comma waits one second.
struct DigitScript {
    /// A step of the script.
    enum Step: Equatable {
        case key(DTMFKey)
        case pause(Duration)
    }

    private(set) var steps: [Step]

    /// Reads a script; `nil` when it holds anything but keys, commas and spaces.
    init?(_ text: String) {
        steps = []
        for character in text where character != " " {
            if character == "," {
                if case .pause(let before) = steps.last {
                    steps[steps.count - 1] = .pause(before + .seconds(1))
                } else {
                    steps.append(.pause(.seconds(1)))
                }
            } else if let key = DTMFKey(character) {
                steps.append(.key(key))
            } else {
                return nil
            }
        }
    }

    /// Takes the next step.
    mutating func next() -> Step? {
        steps.isEmpty ? nil : steps.removeFirst()
    }
}
