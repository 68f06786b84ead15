import Node
import Testing

struct PasswordHashTests {
    @Test("a hash matches its password and no other, and two hashes of one password differ")
    func hashing() throws {
        let hash = try PasswordHash(hashing: "quay-side")
        #expect(hash.matches("quay-side"))
        #expect(!hash.matches("quay-Side"))
        #expect(try PasswordHash(hashing: "quay-side").text != hash.text)
        #expect(PasswordHash(text: hash.text) == hash)
    }

    @Test(
        "a text that is no hash, or asks for too much memory, is refused",
        arguments: [
            "", "quay-side", "scrypt$16384$8$1$AAAA", "scrypt$1000$8$1$AAAA$AAAA", "scrypt$1073741824$8$1$AAAA$AAAA",
            "scrypt$16384$8$1$!$AAAA",
        ])
    func malformed(text: String) {
        #expect(PasswordHash(text: text) == nil)
    }
}
