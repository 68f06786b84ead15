import Foundation
import Testing

/// The rules of the house that a machine can check, so that nobody has to.
struct HouseRules {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every target with the targets of ours that it may import: those below it.
    static let mayImport: [String: Set<String>] = {
        let pure: [(String, Set<String>)] = [
            ("Kernel", []),
            ("SDP", ["Kernel"]),
            ("RTP", ["Kernel"]),
            ("SIP", ["Kernel"]),
            ("StrictYAML", ["Kernel"]),
            ("Flow", ["StrictYAML", "Kernel"]),
            ("CallControl", ["SDP", "Kernel"]),
            ("CTI", ["CallControl", "SDP", "Kernel"]),
            ("SIPEndpoint", ["SIP", "CallControl", "SDP", "Kernel"]),
            ("Switchboard", ["SIPEndpoint", "CTI", "CallControl", "SIP", "SDP", "Kernel"]),
            ("SimulatedWorld", ["Switchboard", "SIPEndpoint", "CTI", "CallControl", "SIP", "SDP", "Kernel"]),
        ]
        let others: [(String, Set<String>)] = [
            ("Audio", ["Kernel", "CSndFile", "CSpeexDSP", "CSpanDSP", "COpus"]),
            ("Stores", ["Kernel", "CPhoneNumber"]),
            ("MediaEngine", ["RTP", "Audio", "SDP", "Kernel", "CCrypto"]),
            ("CTILink", ["CTI", "CallControl", "SDP", "Kernel"]),
            ("Attendant", ["CTI", "CallControl", "Flow", "MediaEngine", "Stores", "Audio", "RTP", "SDP", "Kernel"]),
        ]
        return Dictionary(uniqueKeysWithValues: pure + others)
    }()

    static let pureTargets: Set<String> = [
        "Kernel", "SDP", "RTP", "SIP", "StrictYAML", "Flow", "CallControl", "CTI", "SIPEndpoint", "Switchboard", "SimulatedWorld",
    ]

    /// Modules with sockets, files, threads or clocks in them.
    static let impureModules: Set<String> = [
        "NIOCore", "NIOPosix", "Dispatch", "Glibc", "Synchronization", "Subprocess", "GRDB", "Logging",
    ]

    static func swiftFiles(under folder: String) -> [URL] {
        let enumerator = FileManager.default.enumerator(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
        return (enumerator?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    static func imports(of file: URL) throws -> [String] {
        try lines(of: file).compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index < 3, index + 1 < words.count, !line.hasPrefix(" "),
                !line.hasPrefix("//")
            else {
                return nil
            }
            return String(words[index + 1].split(separator: ".")[0])
        }
    }

    static func lines(of file: URL) throws -> [Substring] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("a target imports only targets below it", arguments: mayImport.keys.sorted())
    func dependenciesRunOneWay(target: String) throws {
        let files = HouseRules.swiftFiles(under: "Sources/\(target)")
        #expect(!files.isEmpty)
        let ours = Set(HouseRules.mayImport.keys).union([
            "Node", "frontdesk", "CSndFile", "CSpeexDSP", "CSpanDSP", "COpus", "CPhoneNumber", "CCrypto",
        ])
        for file in files {
            let wrong = Set(try HouseRules.imports(of: file)).intersection(ours).subtracting(HouseRules.mayImport[target] ?? [])
            #expect(wrong.isEmpty, "\(file.lastPathComponent) imports \(wrong.sorted())")
        }
    }

    @Test("a pure target has no sockets, files, threads or clock", arguments: pureTargets.sorted())
    func pureTargetsStayPure(target: String) throws {
        let words = [
            "Date()", "ContinuousClock", "SystemRandomNumberGenerator", "FileManager", "Task {", "Thread", "DispatchQueue", ".random(in:",
        ]
        for file in HouseRules.swiftFiles(under: "Sources/\(target)") {
            let impure = Set(try HouseRules.imports(of: file)).intersection(HouseRules.impureModules)
            #expect(impure.isEmpty, "\(file.lastPathComponent) imports \(impure.sorted())")
            for (number, line) in try HouseRules.lines(of: file).enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                let found = words.filter { line.contains($0) && !line.contains("using:") }
                #expect(found.isEmpty, "\(file.lastPathComponent):\(number + 1) uses \(found)")
            }
        }
    }

    @Test("files stay short")
    func filesStayShort() throws {
        let lengths = try HouseRules.swiftFiles(under: "Sources").map { ($0.lastPathComponent, try HouseRules.lines(of: $0).count) }.sorted
        { $0.1 < $1.1 }
        let tooLong = lengths.filter { $0.1 > 600 }
        #expect(tooLong.isEmpty)
        #expect(lengths[lengths.count / 2].1 <= 150)
        #expect(lengths[lengths.count * 9 / 10].1 <= 350)
    }

    @Test("functions fit on a screen")
    func functionsFitOnAScreen() throws {
        for file in HouseRules.swiftFiles(under: "Sources") {
            var start: (line: Int, indentation: Int)?
            for (number, line) in try HouseRules.lines(of: file).enumerated() {
                let indentation = line.prefix { $0 == " " }.count
                if let begun = start, indentation == begun.indentation, line.hasSuffix("}"), line.drop(while: { $0 == " " }).count == 1 {
                    #expect(number - begun.line < 70, "\(file.lastPathComponent):\(begun.line + 1) is \(number - begun.line) lines long")
                    start = nil
                }
                let isFunction = line.contains("func ") || line.contains(" init(")
                if isFunction, !line.contains("//"), line.hasSuffix("{") { start = (number, indentation) }
            }
        }
    }

    @Test("what outside data can reach never traps on purpose")
    func nothingTrapsOnPurpose() throws {
        for file in HouseRules.swiftFiles(under: "Sources") {
            for (number, line) in try HouseRules.lines(of: file).enumerated() {
                let found = ["try!", "fatalError(", " as! "].filter { line.contains($0) }
                #expect(found.isEmpty, "\(file.lastPathComponent):\(number + 1) uses \(found)")
            }
        }
    }
}
