/// Chooses which ways of a map are drawn as lines from box to box, so that the picture can be read from top to bottom: those on which a call usually goes
/// on, and as many others as are needed for every step to be reached. The rest (ways back, and what goes wrong) are told in words inside their box.
struct PictureRoads {
    struct Road: Equatable {
        let from: Int
        let to: Int
        let label: String
        let isException: Bool
    }

    private(set) var roads: [Road] = []
    /// The ways that are told in words, by step.
    private(set) var told: [[FlowMap.Way]]
    /// How far from the top each step is: below all steps from which a road leads to it.
    private(set) var ranks: [Int]

    init(_ map: FlowMap) {
        told = Array(repeating: [], count: map.steps.count)
        ranks = Array(repeating: 0, count: map.steps.count)
        var reached = Array(repeating: false, count: map.steps.count)
        // The usual ways first, then each exception only as far as nothing else leads to its step.
        for root in map.steps.indices where !reached[root] {
            explore(map, from: root, &reached)
            while let road = PictureRoads.nextException(map, reached) {
                roads.append(road)
                explore(map, from: road.to, &reached)
            }
        }
        for (number, step) in map.steps.enumerated() {
            told[number] = step.ways.compactMap { way in
                guard let road = roads.first(where: { $0.from == number && $0.to == way.to }) else { return way }
                return road.isException || way.exceptions.isEmpty ? nil : FlowMap.Way(to: way.to, names: way.exceptions)
            }
        }
        rank()
    }

    /// An exception that leads to a step which nothing drawn so far reaches; one that a usual way may yet lead to comes last.
    private static func nextException(_ map: FlowMap, _ reached: [Bool]) -> Road? {
        let roads = map.steps.indices.filter { reached[$0] }.flatMap { step in
            map.steps[step].ways.filter { $0.isException && !reached[$0.to] }
                .map { Road(from: step, to: $0.to, label: $0.label, isException: true) }
        }
        let usual = Set(map.steps.flatMap(\.ways).filter { !$0.isException }.map(\.to))
        return roads.first { !usual.contains($0.to) } ?? roads.first
    }

    /// Follows the usual ways, depth first; a way back to a step that the search is still in would close a circle, and is not drawn.
    private mutating func explore(_ map: FlowMap, from root: Int, _ reached: inout [Bool]) {
        var isOpen = Set<Int>()
        var path: [(step: Int, way: Int)] = [(root, 0)]
        reached[root] = true
        isOpen.insert(root)
        while let (step, number) = path.last {
            let ways = map.steps[step].ways
            guard number < ways.count else {
                isOpen.remove(step)
                path.removeLast()
                continue
            }
            path[path.count - 1].way += 1
            let way = ways[number]
            guard !way.isException, !isOpen.contains(way.to), !leads(way.to, to: step) else { continue }
            roads.append(Road(from: step, to: way.to, label: way.usual.joined(separator: ", "), isException: false))
            guard !reached[way.to] else { continue }
            reached[way.to] = true
            isOpen.insert(way.to)
            path.append((way.to, 0))
        }
    }

    /// Whether roads lead from one step to another.
    private func leads(_ from: Int, to: Int) -> Bool {
        var seen: Set<Int> = [from]
        var waiting = [from]
        while let step = waiting.popLast() {
            if step == to { return true }
            for road in roads where road.from == step && seen.insert(road.to).inserted { waiting.append(road.to) }
        }
        return false
    }

    private mutating func rank() {
        // The roads have no circle, so this ends after as many rounds as the longest way has steps.
        var isSettled = false
        while !isSettled {
            isSettled = true
            for road in roads where ranks[road.to] <= ranks[road.from] {
                ranks[road.to] = ranks[road.from] + 1
                isSettled = false
            }
        }
    }
}
