public import HeapModule

/// A table of timers as data: at most one deadline a key, the earliest always at hand.
///
/// Setting and cancelling cost O(log n); a replaced or cancelled entry stays in the heap until it comes up or until dead entries
/// outnumber live ones, so memory stays proportional to the timers that are set. All of it is inlinable, because a machine that sets timers
/// spends a third of its time here when the table is not specialised for its keys.
public struct Deadlines<Key: Hashable & Sendable>: Sendable {
    @usableFromInline struct Entry: Comparable, Sendable {
        @usableFromInline let at: Instant
        @usableFromInline let generation: UInt64
        @usableFromInline let key: Key

        @inlinable init(at: Instant, generation: UInt64, key: Key) {
            self.at = at
            self.generation = generation
            self.key = key
        }

        @inlinable static func < (left: Entry, right: Entry) -> Bool {
            (left.at.nanoseconds, left.generation) < (right.at.nanoseconds, right.generation)
        }

        @inlinable static func == (left: Entry, right: Entry) -> Bool {
            left.generation == right.generation
        }
    }

    @usableFromInline var heap = Heap<Entry>()
    @usableFromInline var live: [Key: Entry] = [:]
    @usableFromInline var generation: UInt64 = 0

    /// Makes an empty table.
    @inlinable public init() {}

    /// The number of deadlines that are set.
    @inlinable public var count: Int { live.count }

    /// Whether no deadline is set.
    @inlinable public var isEmpty: Bool { live.isEmpty }

    /// The earliest deadline, if any is set.
    @inlinable public var next: Instant? { heap.min?.at }

    /// The deadline of `key`, if one is set.
    @inlinable public subscript(key: Key) -> Instant? { live[key]?.at }

    /// Sets the deadline of `key`, in place of any earlier one.
    @inlinable public mutating func set(_ key: Key, at instant: Instant) {
        generation += 1
        let entry = Entry(at: instant, generation: generation, key: key)
        live[key] = entry
        heap.insert(entry)
        prune()
    }

    /// Removes the deadline of `key`; does nothing when none is set.
    @inlinable public mutating func cancel(_ key: Key) {
        guard live.removeValue(forKey: key) != nil else { return }
        prune()
    }

    /// Takes the earliest key whose deadline has come; keys with equal deadlines come in the order in which they were set.
    @inlinable public mutating func popExpired(at now: Instant) -> Key? {
        guard let entry = heap.min, entry.at <= now else { return nil }
        heap.removeMin()
        live[entry.key] = nil
        prune()
        return entry.key
    }

    /// Keeps the top of the heap live, and the heap no more than twice as large as the table.
    @inlinable mutating func prune() {
        if heap.count > 2 * live.count + 16 {
            heap = Heap(live.values)
        }
        while let top = heap.min, live[top.key]?.generation != top.generation {
            heap.removeMin()
        }
    }
}
