import Crypto
import CryptoExtras
import Foundation

/// A password as it is stored: `scrypt$ROUNDS$BLOCK$PARALLEL$SALT$HASH`, salt and hash in Base64 (RFC 7914).
public struct PasswordHash: Equatable, Sendable {
    /// The stored text.
    public let text: String

    private static let rounds = 1 << 14
    private static let blockSize = 8
    private static let parallelism = 1

    /// Takes a stored text; `nil` when it is not of the form above.
    public init?(text: String) {
        guard PasswordHash.parts(of: text) != nil else { return nil }
        self.text = text
    }

    /// Hashes a password with a new salt. Slow on purpose: some 50 ms.
    public init(hashing password: String) throws {
        var generator = SystemRandomNumberGenerator()
        try self.init(hashing: password, salt: (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// Hashes a password that the configuration holds in plain text, always to the same hash, so that a change of it shows. It is never stored.
    init(hashing password: String, of user: String) throws {
        let digest = SHA256.hash(data: Data("\(user.utf8.count):\(user)\(password)".utf8))
        try self.init(hashing: password, salt: Array(digest.prefix(16)))
    }

    private init(hashing password: String, salt: [UInt8]) throws {
        let key = try PasswordHash.derive(password, salt, PasswordHash.rounds, PasswordHash.blockSize, PasswordHash.parallelism)
        let parameters = "\(PasswordHash.rounds)$\(PasswordHash.blockSize)$\(PasswordHash.parallelism)"
        text = "scrypt$\(parameters)$\(Data(salt).base64EncodedString())$\(Data(key).base64EncodedString())"
    }

    /// Whether `password` is the one that was hashed; takes the same time either way. Slow on purpose: not for an event loop.
    public func matches(_ password: String) -> Bool {
        guard let parts = PasswordHash.parts(of: text),
            let key = try? PasswordHash.derive(password, parts.salt, parts.rounds, parts.blockSize, parts.parallelism),
            key.count == parts.hash.count
        else { return false }
        return zip(key, parts.hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private struct Parts {
        let rounds: Int
        let blockSize: Int
        let parallelism: Int
        let salt: [UInt8]
        let hash: [UInt8]
    }

    private static func parts(of text: String) -> Parts? {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        // The limits keep a configuration from asking for gigabytes of memory.
        guard fields.count == 6, fields[0] == "scrypt", let rounds = Int(fields[1]), (2...1 << 20).contains(rounds),
            rounds & (rounds - 1) == 0,
            let blockSize = Int(fields[2]), (1...32).contains(blockSize), let parallelism = Int(fields[3]), (1...16).contains(parallelism),
            let salt = Data(base64Encoded: String(fields[4])), let hash = Data(base64Encoded: String(fields[5])), !hash.isEmpty
        else { return nil }
        return Parts(rounds: rounds, blockSize: blockSize, parallelism: parallelism, salt: [UInt8](salt), hash: [UInt8](hash))
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ rounds: Int, _ blockSize: Int, _ parallelism: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: Data(salt), outputByteCount: 32, rounds: rounds, blockSize: blockSize, parallelism: parallelism
        )
        return unsafe key.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
