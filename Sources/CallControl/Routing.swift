/// A numbering plan, indexed.
///
/// A dialled number is looked for in the partitions of a search space in order: first among directory numbers in all of them, then among route
/// patterns, of which the narrowest wins, and among equally narrow ones the one whose partition comes first.
struct Routing: Sendable {
    let plan: NumberingPlan
    private var lineAt: [LineKey: Int] = [:]
    private var linesOf: [DeviceName: [Int]] = [:]
    private var parkNumbers: Set<DirectoryNumber> = []
    /// The patterns of each partition, the narrowest first.
    private var patterns: [String: [Pattern]] = [:]

    /// The partition that may be dialled by whoever has no calling search space.
    static let openPartition = "internal"

    private struct Pattern: Sendable {
        let digits: DigitPattern
        let trunk: DeviceName
        let strip: Int
    }

    init(_ plan: NumberingPlan) {
        self.plan = plan
        parkNumbers = Set(plan.park?.numbers ?? [])
        for (index, line) in plan.lines.enumerated() {
            if lineAt[line.key] == nil { lineAt[line.key] = index }
            for device in line.devices { linesOf[device, default: []].append(index) }
        }
        for route in plan.routes {
            patterns[route.partition, default: []].append(
                Pattern(digits: DigitPattern(route.pattern), trunk: route.trunk, strip: route.strip))
        }
        for partition in patterns.keys {
            // Swift's sort is stable in practice but not by promise, so the place breaks ties.
            let sorted = patterns[partition, default: []].enumerated().sorted { left, right in
                let (first, second) = (left.element.digits.narrowness, right.element.digits.narrowness)
                return first == second ? left.offset < right.offset : first > second
            }
            patterns[partition] = sorted.map(\.element)
        }
    }

    /// Where a number leads.
    enum Destination {
        case line(Line)
        case trunk(DeviceName, DirectoryNumber)
        case park(DirectoryNumber)
    }

    func line(_ key: LineKey) -> Line? {
        lineAt[key].map { plan.lines[$0] }
    }

    /// The line of a device that has this number; without such a line, the device's first one.
    func line(of device: DeviceName, number: DirectoryNumber?) -> Line? {
        guard let indices = linesOf[device], let first = indices.first else { return nil }
        return plan.lines[indices.first { plan.lines[$0].number == number } ?? first]
    }

    /// The line's calling search space followed by the device's.
    func searchSpace(line: Line?, device: DeviceName?) -> [String] {
        let names = [line?.callingSearchSpace, device.flatMap { plan.devices[$0]?.callingSearchSpace }].compactMap { $0 }
        guard !names.isEmpty else { return [Routing.openPartition] }
        return names.flatMap { plan.callingSearchSpaces[$0] ?? [] }
    }

    func destination(of number: DirectoryNumber, in partitions: [String]) -> Destination? {
        for partition in partitions {
            if let index = lineAt[LineKey(number: number, partition: partition)] { return .line(plan.lines[index]) }
        }
        if parkNumbers.contains(number), let park = plan.park, partitions.contains(park.partition) { return .park(number) }
        var best: Pattern?
        for partition in partitions {
            guard let found = patterns[partition]?.first(where: { $0.digits.matches(number) }) else { continue }
            if best.map({ found.digits.narrowness > $0.digits.narrowness }) ?? true { best = found }
        }
        return best.map { .trunk($0.trunk, DirectoryNumber(String(number.text.dropFirst(max(0, $0.strip))))) }
    }
}

/// What tells a line from all others: the same number may live in several partitions.
struct LineKey: Hashable, Sendable {
    let number: DirectoryNumber
    let partition: String
}

/// A line on one of its devices; calls are counted there.
struct Seat: Hashable, Sendable {
    let line: LineKey
    let device: DeviceName
}

extension Line {
    var key: LineKey { LineKey(number: number, partition: partition) }
    var party: Party { Party(number: number, name: displayName) }
}
