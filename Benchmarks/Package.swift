// swift-tools-version: 6.2
import PackageDescription

/// Benchmarks, apart from the product: `make bench` builds and runs them.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "frontdesk", path: "..")],
    targets: [
        .executableTarget(
            name: "media-bench",
            dependencies: ["CLoad", .product(name: "MediaEngine", package: "frontdesk")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"), .strictMemorySafety(),
            ]),
        .target(name: "CLoad", linkerSettings: [.linkedLibrary("srtp2")]),
    ]
)
