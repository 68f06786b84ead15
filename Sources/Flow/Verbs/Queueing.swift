import Kernel

/// The wait in a queue.
struct Queueing: FlowActivity {
    private enum State: Equatable {
        case listening
        case announcing
        /// An agent's phone rings. The first key that was pressed meanwhile counts if nobody answers.
        case offered(until: Instant)
    }

    private let queue: Queue
    private let leaves: Instant
    private var nextAnnouncement: Instant
    /// Whoever reaches an agent at once need not hear of a queue.
    private static let beforeFirst: Duration = .seconds(2)
    private var hasPlace = false
    private var state = State.listening
    private var isPlaying = false
    private var key: DTMFKey?

    /// Longer than any phone rings.
    private static let longestOffer: Duration = .seconds(330)

    init(_ queue: Queue, now: Instant) {
        self.queue = queue
        leaves = now.advanced(by: queue.longest)
        nextAnnouncement = leaves
    }

    var takesKeys: Bool { true }

    var deadline: Instant {
        if case .offered(let until) = state { until } else { min(leaves, nextAnnouncement) }
    }

    mutating func receive(_ input: FlowInput, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        switch (state, input) {
        case (_, .queue(.place(let position, let waiting, let wait))):
            run.setQueue(position: position, waiting: waiting, wait: wait)
            if !hasPlace { nextAnnouncement = run.now.advanced(by: Self.beforeFirst) }
            hasPlace = true
            return .stay
        case (_, .queue(.offered)):
            state = .offered(until: run.now.advanced(by: Self.longestOffer))
            return .stay
        case (_, .queue(.refused(let outcome))): return leave(queue.outcomes.progress(outcome), &run, into: &outputs)
        case (.offered, .queue(.offerFailed)): return waitOn(&run, into: &outputs)
        case (.offered, .deadline):
            outputs.append(.leaveQueue)
            return leave(queue.outcomes.progress(.failed), &run, into: &outputs)
        case (.offered, .key(let pressed)):
            if key == nil, queue.keys[Int(pressed.code)] != nil { key = pressed }
            return .stay
        case (_, .played):
            isPlaying = false
            if state == .announcing { state = .listening }
            return .stay
        case (_, .key(let pressed)):
            guard let step = queue.keys[Int(pressed.code)] else { return .stay }
            outputs.append(.leaveQueue)
            return leave(.go(step), &run, into: &outputs)
        case (_, .deadline): return timePassed(&run, into: &outputs)
        default: return .stay
        }
    }

    private mutating func timePassed(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        guard run.now < leaves else {
            outputs.append(.leaveQueue)
            return leave(queue.outcomes.progress(.timedOut), &run, into: &outputs)
        }
        announce(&run, into: &outputs)
        return .stay
    }

    /// Nobody answered: what was to happen meanwhile happens now.
    private mutating func waitOn(_ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        state = isPlaying ? .announcing : .listening
        guard let key, let step = queue.keys[Int(key.code)] else { return .stay }
        outputs.append(.leaveQueue)
        return leave(.go(step), &run, into: &outputs)
    }

    private mutating func announce(_ run: inout FlowRun, into outputs: inout [FlowCommand]) {
        nextAnnouncement = run.now.advanced(by: queue.every)
        let utterances = run.utterances(of: queue.announcement)
        guard !utterances.isEmpty, !isPlaying else { return }
        outputs.append(.play(utterances))
        isPlaying = true
        state = .announcing
    }

    private func leave(_ progress: Progress, _ run: inout FlowRun, into outputs: inout [FlowCommand]) -> Progress {
        if isPlaying { outputs.append(.stopPlaying) }
        outputs.append(.music(nil))
        return progress
    }
}
