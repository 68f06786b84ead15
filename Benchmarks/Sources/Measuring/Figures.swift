/// A number with this many decimals.
public func figure(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "none" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let whole = Int((abs(value) * scale).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(whole % Int(scale))
    return "\(sign)\(whole / Int(scale)).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
}

/// Cells under each other.
public func row(_ cells: [String], widths: [Int] = [6, 10, 14, 10, 23, 8, 6, 7, 7, 10, 7, 10]) -> String {
    zip(cells, widths).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }.joined()
}
