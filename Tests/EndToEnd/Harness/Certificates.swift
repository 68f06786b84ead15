import Foundation

/// Certificates of a test, made by openssl: an authority, a server, a client, and a stranger whom no authority of ours knows.
enum Certificates {
    /// Writes `authority.pem`, and `server`, `client` and `stranger` each as `.key` and `.pem`, into a folder.
    static func make(in folder: URL) throws {
        try openssl("req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -days 2 -subj /CN=Authority", folder)
        for (name, extensions) in [("server", "subjectAltName=IP:127.0.0.1,DNS:localhost"), ("client", "keyUsage=digitalSignature")] {
            try openssl("req -newkey rsa:2048 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)", folder)
            try extensions.write(to: folder.appendingPathComponent("\(name).ext"), atomically: true, encoding: .utf8)
            try openssl(
                "x509 -req -in \(name).csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -out \(name).pem -extfile \(name).ext",
                folder)
        }
        try openssl("req -x509 -newkey rsa:2048 -nodes -keyout stranger.key -out stranger.pem -days 2 -subj /CN=Stranger", folder)
        // baresip reads key and certificate from one file.
        for name in ["client", "stranger"] {
            let parts = try ["\(name).key", "\(name).pem"].map { try Data(contentsOf: folder.appendingPathComponent($0)) }
            try (parts[0] + parts[1]).write(to: folder.appendingPathComponent("\(name)-both.pem"))
        }
    }

    private static func openssl(_ arguments: String, _ folder: URL) throws {
        let program = try Program("/usr/bin/openssl", arguments.split(separator: " ").map(String.init), in: folder)
        guard try program.exitCode() == 0 else { throw Unexpected("openssl \(arguments): \(program.output)") }
    }
}
