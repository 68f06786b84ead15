/// Finds the word that somebody probably meant.
public enum NearestWord {
    /// The word among `candidates` that is nearest to `word`, if one is near enough to be worth naming; the first of equals.
    ///
    /// Distance counts inserted, removed, replaced and swapped neighbouring letters, whatever their case; a third of the letters, at most three, may differ.
    public static func find(_ word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().unicodeScalars)
        guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased().unicodeScalars)
            let allowed = min(3, max(1, max(wanted.count, letters.count) / 3))
            guard abs(letters.count - wanted.count) <= allowed, letters.count <= 64 else { continue }
            let distance = distance(wanted, letters)
            // A single letter or digit is never a misspelling of another one.
            guard distance <= allowed, distance < max(wanted.count, letters.count) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func distance(_ first: [UnicodeScalar], _ second: [UnicodeScalar]) -> Int {
        var earlier: [Int] = []
        var previous = Array(0...second.count)
        for (row, left) in first.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(second.count + 1)
            for (column, right) in second.enumerated() {
                var cost = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (left == right ? 0 : 1))
                if row > 0, column > 0, left == second[column - 1], first[row - 1] == right {
                    cost = min(cost, earlier[column - 1] + 1)
                }
                current.append(cost)
            }
            earlier = previous
            previous = current
        }
        return previous[second.count]
    }
}
