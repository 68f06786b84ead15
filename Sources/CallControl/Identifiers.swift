/// A call: the association that its legs share. Unique in a node's lifetime.
public struct CallID: Hashable, Sendable, Comparable {
    /// The number of the call, counted from 1.
    public let rawValue: UInt64

    /// Makes an identifier from its number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders calls by age.
    public static func < (left: CallID, right: CallID) -> Bool { left.rawValue < right.rawValue }
}

/// A leg: one endpoint's part in a call (a JTAPI connection with its terminal connection; a CSTA connection).
///
/// Whoever starts a leg names it: an endpoint for a call that comes in (odd numbers), call control for one that goes out (even numbers).
public struct LegID: Hashable, Sendable, Comparable {
    /// The number of the leg.
    public let rawValue: UInt64

    /// Makes an identifier from its number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders legs by number.
    public static func < (left: LegID, right: LegID) -> Bool { left.rawValue < right.rawValue }
}

/// The configured name of a device: a CTI port, a route point, a phone or a trunk.
public struct DeviceName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as configured.
    public let text: String

    /// Makes a name.
    public init(_ text: String) { self.text = text }
    /// Makes a name from a literal.
    public init(stringLiteral text: String) { self.text = text }
    /// The name as configured.
    public var description: String { text }
}

/// A number as it is dialled or configured: digits, `*`, `#`, `+`, or the user part of an address.
public struct DirectoryNumber: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The characters of the number.
    public let text: String

    /// Makes a number.
    public init(_ text: String) { self.text = text }
    /// Makes a number from a literal.
    public init(stringLiteral text: String) { self.text = text }
    /// The characters of the number.
    public var description: String { text }
}
