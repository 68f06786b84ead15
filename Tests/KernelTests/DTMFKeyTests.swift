import Kernel
import Testing

struct DTMFKeyTests {
    @Test("a key's face and its event code belong together", arguments: Array("0123456789*#ABCD".enumerated()))
    func faces(pair: (offset: Int, element: Character)) throws {
        let key = try #require(DTMFKey(pair.element))
        #expect(Int(key.code) == pair.offset)
        #expect(key.character == pair.element)
        #expect(DTMFKey(code: UInt8(pair.offset)) == key)
    }

    @Test("letters may be small")
    func smallLetters() {
        #expect("abcd".compactMap { DTMFKey($0)?.description } == ["A", "B", "C", "D"])
    }

    @Test("what is on no key is refused")
    func refused() {
        #expect((UInt8(16)...255).allSatisfy { DTMFKey(code: $0) == nil })
        let faces = Set("0123456789*#ABCDabcd")
        for scalar in (UInt32(0)...0x2FF).compactMap(UnicodeScalar.init) where !faces.contains(Character(scalar)) {
            #expect(DTMFKey(Character(scalar)) == nil)
        }
        #expect(DTMFKey("１") == nil)
        #expect(DTMFKey("👍") == nil)
    }
}
