import ArgumentParser
import Foundation
import Node

/// `frontdesk password`: prints the hash of a password for `password-hash:` in frontdesk.yaml.
struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Hash a password, read from standard input, for frontdesk.yaml.")

    func run() throws {
        FileHandle.standardError.write(Data("Password: ".utf8))
        guard let password = readLine(), !password.isEmpty else { throw ValidationError("no password was given on standard input") }
        print(try PasswordHash(hashing: password).text)
    }
}
