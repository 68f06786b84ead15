/// A key of the telephone keypad, with its event code (RFC 4733 section 3.2: 0–9, 10 `*`, 11 `#`, 12–15 `A`–`D`).
public struct DTMFKey: Hashable, Sendable {
    /// The event code, 0–15.
    public let code: UInt8

    /// Makes a key from its event code; `nil` above 15, which are events but not keys.
    public init?(code: UInt8) {
        guard code <= 15 else { return nil }
        self.code = code
    }

    /// Makes a key from its face: `0`–`9`, `*`, `#`, `A`–`D` (either case).
    public init?(_ face: Character) {
        guard let ascii = face.asciiValue, let index = DTMFKey.faces.firstIndex(of: ascii & 0x60 == 0x60 ? ascii - 32 : ascii) else {
            return nil
        }
        code = UInt8(index)
    }

    /// The face of the key.
    public var character: Character { Character(UnicodeScalar(DTMFKey.faces[Int(code)])) }

    private static let faces = Array("0123456789*#ABCD".utf8)
}

extension DTMFKey: CustomStringConvertible {
    /// The face of the key.
    public var description: String { String(character) }
}
