// swift-tools-version: 6.2
import PackageDescription

/// In continuous integration a warning is an error.
let strict: [SwiftSetting] = Context.environment["FRONTDESK_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// The settings of every target of ours. Strict memory safety makes each use of a pointer say `unsafe`.
let house: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .strictMemorySafety(),
    ] + strict

/// Tests keep the language features, but `#expect` trips over strict memory safety.
let testing: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + strict

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: testing)
}

let collections: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let ssl: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "frontdesk",
    products: [
        .executable(name: "frontdesk", targets: ["frontdesk"]),
        .library(name: "SIP", targets: ["SIP", "SDP"]),
        .library(name: "MediaEngine", targets: ["MediaEngine", "RTP", "SDP", "Audio", "Kernel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The command line and the shells.
        .executableTarget(
            name: "frontdesk",
            dependencies: [
                "Node", "Attendant", "CTILink", "MediaEngine", "Audio", "Stores", "Flow", "CTI", "CallControl", "Switchboard",
                "SIPEndpoint",
                "SIP", "SDP", "RTP", "StrictYAML", "Kernel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"), logging,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: house),
        room(
            "Node",
            [
                "Attendant", "CTILink", "MediaEngine", "Stores", "Switchboard", "SIPEndpoint", "SIP", "SDP", "CTI", "CallControl", "Flow",
                "Audio", "RTP", "StrictYAML", "Kernel", logging, crypto, .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"), ssl,
            ]),
        room(
            "Attendant",
            [
                "CTI", "CallControl", "Flow", "MediaEngine", "Stores", "Audio", "RTP", "SDP", "Kernel", crypto, httpClient,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
            ]),
        room(
            "CTILink",
            [
                "CTI", "CallControl", "SDP", "Kernel", logging, .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"), ssl,
            ]),
        room("MediaEngine", ["RTP", "Audio", "SDP", "Kernel", "CLinux", "CCrypto"]),
        room("Stores", ["Kernel", "CPhoneNumber", .product(name: "GRDB", package: "GRDB.swift")]),

        // Everything below is pure: no sockets, files, threads or clock (Audio calls C libraries).
        room("SimulatedWorld", ["Switchboard", "SIPEndpoint", "SIP", "SDP", "CTI", "CallControl", "Kernel"]),
        room("Switchboard", ["SIPEndpoint", "CTI", "CallControl", "SIP", "Kernel"]),
        room("CTI", ["CallControl", "SDP", "Kernel", crypto]),
        room("SIPEndpoint", ["SIP", "CallControl", "SDP", "Kernel"]),
        room("CallControl", ["SDP", "Kernel"]),
        room("Flow", ["StrictYAML", "Kernel", crypto]),
        room("StrictYAML", ["Kernel", yams]),
        room("SIP", ["Kernel", crypto]),
        room("RTP", ["Kernel"]),
        room("SDP", ["Kernel"]),
        room("Audio", ["Kernel", "CSndFile", "CSpeexDSP", "CSpanDSP", "COpus"]),
        room("Kernel", [collections]),

        // The C libraries, and the one shim that C++ needs.
        .systemLibrary(name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CSpeexDSP", pkgConfig: "speexdsp", providers: [.apt(["libspeexdsp-dev"])]),
        .systemLibrary(name: "CSpanDSP", pkgConfig: "spandsp", providers: [.apt(["libspandsp-dev"])]),
        .systemLibrary(name: "COpus", pkgConfig: "opus", providers: [.apt(["libopus-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),

        // Tests mirror Sources.
        tests("KernelTests", ["Kernel"]),
        tests("SDPTests", ["SDP", "Kernel"]),
        tests("SIPTests", ["SIP", "Kernel"]),
        tests("RTPTests", ["RTP", "Impairment", "Kernel"]),
        tests("AudioTests", ["Audio", "Kernel", "CSndFile"]),
        tests("StrictYAMLTests", ["StrictYAML", "Kernel"]),
        tests(
            "CTILinkTests",
            [
                "CTILink", "CTI", "CallControl", "SDP", "Kernel", logging, .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        tests("FlowTests", ["Flow", "StrictYAML", "Kernel"], exclude: ["Mistakes"]),
        tests("CallControlTests", ["CallControl", "SDP", "Kernel"]),
        tests("CTITests", ["CTI", "CallControl", "SDP", "Kernel"]),
        tests("SIPEndpointTests", ["SIPEndpoint", "SIP", "SDP", "CallControl", "Kernel"]),
        tests("Behaviour", ["SimulatedWorld", "Switchboard", "SIPEndpoint", "SIP", "SDP", "CTI", "CallControl", "Kernel"]),
        // Random schedules: the runs, the command that carries out many of them, and the tests that carry out some.
        .target(
            name: "Simulation",
            dependencies: ["SimulatedWorld", "Switchboard", "SIPEndpoint", "SIP", "SDP", "CTI", "CallControl", "Kernel"],
            path: "Tests/Simulation/Simulation", swiftSettings: house),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Simulation/simulate", swiftSettings: house),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"], path: "Tests/Simulation/Tests", swiftSettings: testing),
        // A bad network decided by a seed: in virtual time, as a relay on loopback, and the command that runs the relay.
        .target(name: "Impairment", dependencies: ["Kernel"], path: "Tests/Impairment/Impairment", swiftSettings: testing),
        .executableTarget(
            name: "impair", dependencies: ["Impairment", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Impairment/impair", swiftSettings: testing),
        .testTarget(
            name: "ImpairmentTests", dependencies: ["Impairment", "Kernel"], path: "Tests/Impairment/Tests", swiftSettings: testing),
        tests("StoresTests", ["Stores", "Kernel"]),
        tests("MediaEngineTests", ["MediaEngine", "RTP", "Audio", "SDP", "Impairment", "Kernel"]),
        tests("AttendantTests", ["Attendant", "CTI", "CallControl", "Flow", "MediaEngine", "Stores", "Audio", "RTP", "SDP", "Kernel"]),
        tests(
            "NodeTests",
            [
                "Node", "MediaEngine", "SIP", "CTI", "CallControl", "Flow", "Kernel", logging,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "EndToEnd", dependencies: ["Attendant", "Flow", "Stores", "Audio", "Impairment"], exclude: ["Scenarios"],
            swiftSettings: testing),
        tests("Tidy", []),
    ]
)
