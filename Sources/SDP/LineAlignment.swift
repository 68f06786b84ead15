import Kernel

// A description that came from one leg as an offer goes to another leg whose session may already have other media lines. There it must have
// every line that was ever there, in order (RFC 3264 section 8); its answer must go back with the lines of the offer it answers.
extension SessionDescription {
    /// This offer from another leg, fit for a leg on which `previous` was exchanged last: each line of `previous` is taken by the first free line
    /// of the same kind and protocol, else of the same kind, else stands rejected; further lines follow.
    public func aligned(toLinesOf previous: SessionDescription) -> SessionDescription {
        var places = LinePlaces(wanted: previous.media, available: media)
        places.match { $0.kind == $1.kind && $0.proto == $1.proto && $0.isRejected == $1.isRejected }
        places.match { $0.kind == $1.kind && $0.proto == $1.proto }
        places.match { $0.kind == $1.kind }
        var copy = self
        copy.media = places.filled + places.unused
        return copy
    }

    /// This answer to a description made with `aligned`, fit to go back to the leg that made `offer`: the lines of `offer` in its order, those
    /// that were only padding left out. `sent` is the aligned description that was answered; without it lines are matched by kind alone.
    public func restoring(linesOf offer: SessionDescription, sentAs sent: SessionDescription? = nil) -> SessionDescription {
        var copy = self
        if let sent, sent.media.count == media.count {
            var places = LinePlaces(wanted: offer.media, available: sent.media)
            places.match { $0 == $1 }
            places.match { $0.kind == $1.kind && $0.proto == $1.proto && !$1.isRejected }
            places.match { $0.kind == $1.kind && !$1.isRejected }
            copy.media = places.filled(from: media)
        } else {
            var places = LinePlaces(wanted: offer.media, available: media)
            places.match { $0.kind == $1.kind && $0.proto == $1.proto }
            places.match { $0.kind == $1.kind }
            copy.media = places.filled
        }
        return copy
    }
}

/// Which available line stands in which wanted place.
private struct LinePlaces {
    let wanted: [MediaDescription]
    let available: [MediaDescription]
    /// For each wanted line the index of the available one.
    private var chosen: [Int?]
    private var used: [Bool]

    init(wanted: [MediaDescription], available: [MediaDescription]) {
        self.wanted = wanted
        self.available = available
        chosen = Array(repeating: nil, count: wanted.count)
        used = Array(repeating: false, count: available.count)
    }

    /// Fills places that are still free with the first unused lines that fit.
    mutating func match(_ fits: (_ wanted: MediaDescription, _ available: MediaDescription) -> Bool) {
        for place in wanted.indices where chosen[place] == nil {
            guard let index = available.indices.first(where: { !used[$0] && fits(wanted[place], available[$0]) }) else { continue }
            chosen[place] = index
            used[index] = true
        }
    }

    /// The wanted lines as filled, a rejected one where nothing fitted.
    var filled: [MediaDescription] { filled(from: available) }

    /// The same with lines that stand at the indices of the available ones.
    func filled(from lines: [MediaDescription]) -> [MediaDescription] {
        zip(wanted, chosen).map { wanted, index in index.map { lines[$0] } ?? wanted.rejected }
    }

    /// The available lines that no place took, in order.
    var unused: [MediaDescription] { zip(available, used).filter { !$0.1 }.map(\.0) }
}
