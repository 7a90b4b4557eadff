// swift-tools-version: 6.2
import PackageDescription

// One package, one executable. Foundations know no room, rooms know no other room, only Assembly knows all:
// `scripts/check-walls` compares each target's imports with this file.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// - Parameter files: that the tests read where they lie, and that are no sources.
func tests(_ name: String, _ dependencies: [Target.Dependency], leaving files: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: files, swiftSettings: strict)
}

extension Target.Dependency {
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nio = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTP2 = product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP2 = product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let x509 = product(name: "X509", package: "swift-certificates")
}

let package = Package(
    name: "switchboard",
    products: [.executable(name: "switchboard", targets: ["switchboard"])],
    traits: [
        .trait(name: "MySQL", description: "A database that several instances share: MySQL, MariaDB and their like."),
        .trait(name: "Redis", description: "Hints between instances, by Redis or Valkey."),
        .default(enabledTraits: ["MySQL", "Redis"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // Foundations
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        target("Vocabulary", [.crypto]),
        .target(name: "CLinux"),
        target("Host", ["CLinux"]),
        target("BlackBox", ["CLinux", "Host"]),
        target("Supervision", ["CLinux", "Host", "BlackBox"]),
        target("Gauges"),
        target("Telemetry", ["Vocabulary", "BlackBox", .logging]),
        target("Settings", ["Vocabulary", .configuration]),
        target("Storage", ["Vocabulary", "Host", "Gauges", .crypto, .grdb, .grdbSQLite, .logging]),
        target("Bus", ["Vocabulary"]),
        // Several instances: left out of a build without their traits
        .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
        target(
            "MySQLStorage",
            [
                "Vocabulary", "Host", "Gauges", "Storage", .byName(name: "CMariaDB", condition: .when(traits: ["MySQL"])), .crypto,
                .logging,
            ]),
        target("RedisProtocol", ["Vocabulary", .nio, .nioPosix, .nioSSL]),
        target("RedisBus", ["Vocabulary", "Bus", "RedisProtocol", .lifecycle, .logging, .nio, .nioPosix, .nioSSL]),
        target("Fleet", ["Vocabulary", "Storage", "Bus", .lifecycle, .logging]),
        target("DeskProtocol", ["Vocabulary"]),
        target("ModelProtocol", ["CZlib"]),
        target("Routing", ["Vocabulary"]),
        target("Relay", ["Vocabulary", .logging, .nio, .nioHTTP1, .nioPosix, .nioSSL, .nioTLS]),
        target(
            "WebServer",
            [
                "Vocabulary", "Host", "BlackBox", "Gauges", "Relay", "CZlib", .asn1, .hummingbird, .hummingbirdCore, .httpTypes, .lifecycle,
                .logging, .nio, .nioHTTP1,
                .nioHTTP2, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioHTTPTypesHTTP2, .nioPosix, .nioSSL, .nioTLS, .x509, .crypto,
            ]),
        // Rooms
        target("People", ["Vocabulary", "Storage", "Bus", "CSodium", .logging]),
        target("Desk", ["Vocabulary", "Gauges", "Storage", "Bus", "DeskProtocol", .crypto, .lifecycle, .logging]),
        target(
            "Gateway",
            [
                "Vocabulary", "Gauges", "Storage", "Bus", "Fleet", "ModelProtocol", "Routing", "Relay", .crypto, .lifecycle, .logging,
                .nio, .nioHTTP1,
                .nioPosix,
            ]),
        // Doors
        target("PeopleAPI", ["Vocabulary", "People", "WebServer", .hummingbird, .httpTypes, .logging, .nio]),
        target(
            "DeskAPI",
            ["Vocabulary", "Desk", "DeskProtocol", "WebServer", .hummingbird, .httpTypes, .lifecycle, .logging, .nio, .nioHTTP1]),
        target(
            "GatewayAPI",
            ["Vocabulary", "Gateway", "ModelProtocol", "Routing", "WebServer", .hummingbird, .httpTypes, .logging, .nio, .nioHTTP1]),
        target("OperationsAPI", ["Vocabulary", "Crashes", "WebServer", .hummingbird, .httpTypes]),
        target("Console", ["Vocabulary", "WebServer", .hummingbird, .httpTypes, .crypto, .nio], resources: [.copy("Assets")]),
        // What the person on call asks
        target("Crashes", ["Vocabulary", "Host", "BlackBox"]),
        target(
            "Doctor",
            [
                "Vocabulary", "CLinux", "CZlib", "Host", "BlackBox", "Crashes", "Settings", "Storage", .asn1, .crypto, .grdbSQLite, .nioSSL,
                .x509,
            ]),
        // For trying failover without money, and for tests
        target("PracticeNode", [.crypto, .nio, .nioHTTP1, .nioPosix, .nioSSL]),
        // The house
        target(
            "Assembly",
            [
                "Vocabulary", "Host", "BlackBox", "Supervision", "Gauges", "Telemetry", "Settings", "Storage", "Bus", "WebServer",
                "DeskProtocol", "People",
                "Desk", "PeopleAPI", "DeskAPI", "OperationsAPI", "Crashes", "Doctor",
                "ModelProtocol", "Routing", "Relay", "Gateway", "GatewayAPI", "Console", "Fleet",
                .byName(name: "MySQLStorage", condition: .when(traits: ["MySQL"])),
                .byName(name: "RedisBus", condition: .when(traits: ["Redis"])),
                .byName(name: "RedisProtocol", condition: .when(traits: ["Redis"])),
                .crypto, .hummingbird, .httpTypes, .lifecycle,
                .logging, .nio,
                .nioPosix, .unixSignals,
            ]),
        .executableTarget(
            name: "switchboard",
            dependencies: [
                "Vocabulary", "Host", "BlackBox", "Supervision", "Crashes", "Doctor", "Telemetry", "Settings", "Storage", "Assembly",
                "PracticeNode", .argumentParser, .logging, .lifecycle,
            ],
            swiftSettings: strict),
        // Tests
        target(
            "TestSupport",
            [
                "Vocabulary", "Telemetry", "Storage", "Bus", .byName(name: "MySQLStorage", condition: .when(traits: ["MySQL"])), .logging,
                .nio,
                .nioPosix, .nioSSL,
            ]),
        tests("VocabularyTests", ["Vocabulary", "TestSupport", .crypto]),
        tests(
            "AssemblyTests",
            [
                "Assembly", "Doctor", "Fleet", "Gauges", "Supervision", "Settings", "Storage", "TestSupport", "Vocabulary", .lifecycle,
                .logging,
            ]),
        tests("BusTests", ["Bus", "Vocabulary", "TestSupport"]),
        tests(
            "MySQLStorageTests",
            [
                "MySQLStorage", "Storage", "Gauges", "Fleet", "People", "Desk", "DeskProtocol", "Gateway", "Routing", "Vocabulary",
                "TestSupport",
                .logging, .nio, .nioPosix,
            ]),
        tests("RedisProtocolTests", ["RedisProtocol", "Vocabulary", "TestSupport", .nio, .nioEmbedded, .nioPosix]),
        tests("RedisBusTests", ["RedisBus", "RedisProtocol", "Bus", "Vocabulary", "TestSupport", .logging, .nio, .nioPosix]),
        tests("FleetTests", ["Fleet", "Storage", "Bus", "Vocabulary", "TestSupport", .logging]),
        tests("HostTests", ["Host", "TestSupport"]),
        tests("BlackBoxTests", ["BlackBox", "TestSupport"]),
        tests("SupervisionTests", ["Supervision", "Host", "BlackBox", "TestSupport"]),
        tests("GaugesTests", ["Gauges", "TestSupport"]),
        tests("CrashesTests", ["Crashes", "Host", "BlackBox", "Vocabulary", "TestSupport"], leaving: ["Golden"]),
        tests(
            "OperationsAPITests",
            ["OperationsAPI", "Crashes", "WebServer", "Vocabulary", "TestSupport", .hummingbird, .httpTypes, .logging, .nio]),
        tests("DoctorTests", ["Doctor", "Crashes", "Host", "BlackBox", "Settings", "Storage", "Vocabulary", "TestSupport", .logging]),
        tests("StorageTests", ["Storage", "Telemetry", "TestSupport", "Vocabulary", .logging]),
        tests("SettingsTests", ["Settings", "TestSupport", "Vocabulary"]),
        tests("TelemetryTests", ["Telemetry", "BlackBox", "TestSupport", "Vocabulary", .logging]),
        tests("DeskProtocolTests", ["DeskProtocol", "TestSupport", "Vocabulary"]),
        tests("ModelProtocolTests", ["ModelProtocol", "TestSupport"]),
        tests("RoutingTests", ["Routing", "Vocabulary", "TestSupport"]),
        tests("RelayTests", ["Relay", "TestSupport", .asn1, .crypto, .nio, .nioEmbedded, .nioHTTP1, .nioPosix, .nioSSL, .x509]),
        tests(
            "GatewayTests",
            [
                "Gateway", "ModelProtocol", "Routing", "Relay", "Vocabulary", "Storage", "Bus", "Fleet", "TestSupport", .crypto, .lifecycle,
                .logging, .nio,
                .nioHTTP1, .nioPosix,
            ]),
        tests(
            "GatewayAPITests",
            [
                "GatewayAPI", "Gateway", "Routing", "WebServer", "Vocabulary", "Storage", "Bus", "TestSupport", .hummingbird, .httpTypes,
                .logging, .nio, .nioPosix,
            ]),
        tests("PracticeNodeTests", ["PracticeNode", .crypto, .nio, .nioHTTP1, .nioPosix]),
        tests("DeskTests", ["Desk", "DeskProtocol", "Vocabulary", "Storage", "Bus", "TestSupport", .lifecycle, .logging]),
        tests("PeopleTests", ["People", "Vocabulary", "Storage", "Bus", "TestSupport", .logging]),
        tests(
            "WebServerTests",
            [
                "WebServer", "BlackBox", "Relay", "TestSupport", "Vocabulary", "CZlib", .crypto, .hummingbird, .hummingbirdCore, .httpTypes,
                .lifecycle,
                .logging, .nio,
                .nioHTTP1, .nioHTTP2, .nioHTTPTypes, .nioHTTPTypesHTTP2, .nioPosix, .nioSSL,
            ]),
        tests(
            "PeopleAPITests",
            ["PeopleAPI", "People", "WebServer", "Vocabulary", "Storage", "Bus", "TestSupport", .hummingbird, .httpTypes, .logging, .nio]),
    ]
)
