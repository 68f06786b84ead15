/// Where boxes, labels and lines of a picture go: in layers from top to bottom (after Sugiyama), boxes in every second one and the labels of lines between
/// them, ordered so that few lines cross.
struct PictureLayout {
    /// A box, a label, or a place where a line passes a layer.
    struct Place {
        var layer: Int
        var width: Double
        var height: Double
        var x = 0.0
        var upper: [Int] = []
        var lower: [Int] = []
    }

    /// The boxes come first, by the number of their step.
    private(set) var places: [Place]
    /// Of each road, the places that it goes through, both boxes included; the first one between them has its label.
    private(set) var routes: [[Int]] = []
    /// The top of each layer, and its height.
    private(set) var layers: [(top: Double, height: Double)] = []
    private(set) var width = 0.0
    private(set) var height = 0.0
    private var order: [[Int]] = []

    static let gap = 18.0
    static let margin = 24.0
    private static let labelHeight = 16.0
    private static let laneWidth = 10.0

    /// - Parameter boxes: The sizes of the steps' boxes.
    init(_ roads: PictureRoads, boxes: [(width: Double, height: Double)], labelWidth: (String) -> Double) {
        places = zip(roads.ranks, boxes).map { Place(layer: 2 * $0, width: $1.width, height: $1.height) }
        for road in roads.roads {
            var route = [road.from]
            for layer in (2 * roads.ranks[road.from] + 1)..<(2 * roads.ranks[road.to]) {
                let isLabel = route.count == 1 && !road.label.isEmpty
                places.append(Place(layer: layer, width: isLabel ? labelWidth(road.label) : Self.laneWidth, height: Self.labelHeight))
                route.append(places.count - 1)
            }
            route.append(road.to)
            for (above, below) in zip(route, route.dropFirst()) {
                places[above].lower.append(below)
                places[below].upper.append(above)
            }
            routes.append(route)
        }
        order = Array(repeating: [], count: (places.map(\.layer).max() ?? 0) + 1)
        for (number, place) in places.enumerated() { order[place.layer].append(number) }
        untangle()
        placeAcross()
        placeDown()
    }

    // MARK: Order

    /// Sorts each layer by the middle of its neighbours, down and up, and keeps the order with the fewest crossings.
    private mutating func untangle() {
        var best = order
        var fewest = crossings
        for round in 0..<24 where fewest > 0 {
            let isDown = round % 2 == 0
            var rank = Array(repeating: 0.0, count: places.count)
            for layer in order { for (index, place) in layer.enumerated() { rank[place] = Double(index) } }
            for layer in isDown ? Array(order.indices.dropFirst()) : order.indices.dropLast().reversed() {
                let wanted = order[layer].map { place -> (place: Int, at: Double) in
                    let neighbours = isDown ? places[place].upper : places[place].lower
                    return (place, neighbours.isEmpty ? rank[place] : neighbours.map { rank[$0] }.reduce(0, +) / Double(neighbours.count))
                }
                order[layer] = wanted.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element.place)
                for (index, place) in order[layer].enumerated() { rank[place] = Double(index) }
            }
            let now = crossings
            if now < fewest { (best, fewest) = (order, now) }
        }
        order = best
    }

    private var crossings: Int {
        var rank = Array(repeating: 0, count: places.count)
        for layer in order { for (index, place) in layer.enumerated() { rank[place] = index } }
        return order.reduce(0) { sum, layer in
            let ends = layer.flatMap { place in places[place].lower.map { rank[$0] }.sorted() }
            let crossed = ends.indices.reduce(0) { count, index in count + ends[..<index].count { $0 > ends[index] } }
            return sum + crossed
        }
    }

    // MARK: Coordinates

    /// Moves every place towards the middle of its neighbours, as far as those beside it allow.
    private mutating func placeAcross() {
        for layer in order {
            var x = 0.0
            for place in layer {
                places[place].x = x + places[place].width / 2
                x += places[place].width + Self.gap
            }
        }
        for round in 0..<16 {
            let isDown = round % 2 == 0
            for layer in isDown ? Array(order.indices) : order.indices.reversed() {
                let wanted = order[layer].map { place -> Double in
                    let neighbours = isDown ? places[place].upper : places[place].lower
                    return neighbours.isEmpty ? places[place].x : neighbours.map { places[$0].x }.reduce(0, +) / Double(neighbours.count)
                }
                settle(order[layer], wanted)
            }
        }
        let left = places.map { $0.x - $0.width / 2 }.min() ?? 0
        for place in places.indices { places[place].x += Self.margin - left }
        width = (places.map { $0.x + $0.width / 2 }.max() ?? 0) + Self.margin
    }

    /// The middle between what is reached when all are pushed to the right, and to the left.
    private mutating func settle(_ layer: [Int], _ wanted: [Double]) {
        var rightmost = wanted
        var leftmost = wanted
        func distance(_ index: Int) -> Double { (places[layer[index]].width + places[layer[index + 1]].width) / 2 + Self.gap }
        for index in wanted.indices.dropLast() { rightmost[index + 1] = max(wanted[index + 1], rightmost[index] + distance(index)) }
        for index in wanted.indices.dropLast().reversed() { leftmost[index] = min(wanted[index], leftmost[index + 1] - distance(index)) }
        for (index, place) in layer.enumerated() { places[place].x = (rightmost[index] + leftmost[index]) / 2 }
    }

    private mutating func placeDown() {
        var top = Self.margin
        for layer in order {
            let tallest = layer.map { places[$0].height }.max() ?? 0
            layers.append((top, tallest))
            top += tallest + Self.gap
        }
        height = top - Self.gap + Self.margin
    }
}
