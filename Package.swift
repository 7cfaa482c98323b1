// swift-tools-version: 6.2
import PackageDescription

// Without MemberImportVisibility: compiled as a whole beside X.509's Foundation, Glibc's structures pass for CoreFoundation's,
// which Linux can't import.
let settingsBesideFoundation: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let settings = settingsBesideFoundation + [.enableUpcomingFeature("MemberImportVisibility")]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let cryptoExtras = Target.Dependency.product(name: "_CryptoExtras", package: "swift-crypto")

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOHTTP2", package: "swift-nio-http2"),
]

// The arrows go one way only: see DESIGN.md.
let package = Package(
    name: "sds",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "sds", targets: ["sds"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "3.12.3"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .target(name: "Transfer", dependencies: ["CCurl"], swiftSettings: settings),
        .target(name: "Archive", dependencies: ["CArchive"], swiftSettings: settings),
        .target(name: "Certificates", dependencies: [x509, asn1, crypto, cryptoExtras], swiftSettings: settings),
        .target(name: "ObjectStore", dependencies: ["Transfer", crypto], swiftSettings: settings),
        .target(name: "Kubernetes", dependencies: [yams], swiftSettings: settings),
        .target(name: "Templates", swiftSettings: settings),
        .target(
            name: "Cluster", dependencies: ["Kubernetes", "Transfer", yams, subprocess, logging],
            swiftSettings: settings),
        .target(
            name: "HySDS", dependencies: ["Kubernetes", "Templates", yams, crypto], swiftSettings: settings),
        .target(name: "Release", dependencies: ["Archive", crypto], swiftSettings: settings),
        .target(name: "Rollout", dependencies: ["Kubernetes"], swiftSettings: settings),
        .target(
            name: "Operations",
            dependencies: [
                "Archive", "Certificates", "Cluster", "HySDS", "Kubernetes", "ObjectStore", "Release", "Rollout",
                "Templates", subprocess, crypto, logging,
            ],
            swiftSettings: settingsBesideFoundation),
        .target(
            name: "Commands",
            dependencies: [
                "Operations", "Cluster", "HySDS", "Kubernetes", "Release", "Rollout", argumentParser, logging,
            ],
            swiftSettings: settingsBesideFoundation),
        .executableTarget(name: "sds", dependencies: ["Commands"], swiftSettings: settings),
        .testTarget(name: "ReleaseTests", dependencies: ["Archive", "Release"], swiftSettings: settings),
        .testTarget(name: "TemplatesTests", dependencies: ["Templates"], swiftSettings: settings),
        .testTarget(name: "KubernetesTests", dependencies: ["Kubernetes"], swiftSettings: settings),
        .testTarget(
            name: "RolloutTests", dependencies: ["Kubernetes", "Rollout"], exclude: ["Recorded"],
            swiftSettings: settings),
        .testTarget(
            name: "HySDSTests", dependencies: ["HySDS", "Kubernetes", "Templates"], exclude: ["Golden"],
            swiftSettings: settings),
        .target(
            name: "FakeCluster", dependencies: ["Kubernetes", "Cluster", crypto] + nio,
            path: "Tests/Support/FakeCluster",
            swiftSettings: settings),
        .testTarget(
            name: "ConformanceTests", dependencies: ["FakeCluster", "Cluster", "Kubernetes"], swiftSettings: settings),
        .testTarget(
            name: "FaultTests", dependencies: ["FakeCluster", "Cluster", "Kubernetes", "Operations", "HySDS"],
            swiftSettings: settings),
        .testTarget(name: "CertificatesTests", dependencies: ["Certificates"], swiftSettings: settings),
        .target(name: "S3StandIn", path: "Tests/Support/S3StandIn", swiftSettings: settings),
        .testTarget(
            name: "ObjectStoreTests", dependencies: ["ObjectStore", "S3StandIn", "Transfer"], swiftSettings: settings),
        .testTarget(name: "ArchiveTests", dependencies: ["Archive"], swiftSettings: settings),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Operations", "Archive", "Cluster", "HySDS", "Kubernetes", "Release", "Rollout", "S3StandIn",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "Certificates", "Operations", "HySDS", "Kubernetes", "FakeCluster", argumentParser,
                subprocess, "sds",
            ],
            swiftSettings: settings),
        .testTarget(name: "EndToEndTests", dependencies: ["S3StandIn"], swiftSettings: settings),
        .testTarget(name: "TransferTests", dependencies: ["Transfer"], swiftSettings: settings),
        .testTarget(
            name: "ClusterTests", dependencies: ["Cluster", "Kubernetes", "Transfer"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
