// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"), .strictMemorySafety(),
]

/// Benchmarks, apart from the product: `make bench` builds and runs them.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "frontdesk", path: "..")],
    targets: [
        .executableTarget(
            name: "media-bench",
            dependencies: ["CLoad", "CCensus", "Measuring", .product(name: "MediaEngine", package: "frontdesk")], swiftSettings: settings),
        .executableTarget(
            name: "server-bench", dependencies: ["CLoad", "Measuring", .product(name: "SIP", package: "frontdesk")],
            swiftSettings: settings),
        .target(name: "Measuring", dependencies: ["CLoad"], swiftSettings: settings),
        .target(name: "CCensus"),
        .target(name: "CLoad", linkerSettings: [.linkedLibrary("srtp2")]),
    ]
)
