/// Large values by their keys, side by side in memory.
///
/// A dictionary keeps its values in the places of its hash table, of which a quarter to five eighths are empty. With values of a kilobyte and more that is
/// memory, and growing moves them from place to place. Here the hash table has only numbers, of places in a row that is filled without gaps.
public struct Table<Key: Hashable, Value> {
    private var places: [Key: Int32] = [:]
    private var row: ContiguousArray<Value?> = []
    /// Places of the row that are free again.
    private var free: [Int32] = []

    /// Makes an empty table.
    public init() {}

    /// The value of a key; setting `nil` takes it out. Changed in its place, without a copy.
    public subscript(key: Key) -> Value? {
        _read {
            if let place = places[key] { yield row[Int(place)] } else { yield nil }
        }
        _modify {
            if let place = places[key] {
                yield &row[Int(place)]
                if case .none = row[Int(place)] { vacate(place, of: key) }
            } else {
                var value: Value?
                yield &value
                if value != nil { insert(value, at: key) }
            }
        }
    }

    /// The number of values.
    public var count: Int { places.count }

    /// Whether there is no value.
    public var isEmpty: Bool { places.isEmpty }

    /// The keys, in no order.
    public var keys: some Collection<Key> { places.keys }

    /// The values, in no order.
    public var values: some Collection<Value> { row.lazy.compactMap { $0 } }

    /// Takes a value out and gives it.
    @discardableResult
    public mutating func removeValue(forKey key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        let value = row[Int(place)].take()
        vacate(place, of: key)
        return value
    }

    private mutating func insert(_ value: consuming Value?, at key: Key) {
        if let place = free.popLast() {
            row[Int(place)] = value
            places[key] = place
        } else {
            places[key] = Int32(row.count)
            row.append(value)
        }
    }

    private mutating func vacate(_ place: Int32, of key: Key) {
        places[key] = nil
        free.append(place)
    }
}

extension Table: Sendable where Key: Sendable, Value: Sendable {}

extension Table: Sequence {
    /// The pairs, in no order.
    public func makeIterator() -> some IteratorProtocol<(key: Key, value: Value)> {
        places.lazy.compactMap { key, place in row[Int(place)].map { (key: key, value: $0) } }.makeIterator()
    }
}
