// swift-tools-version: 6.2
import PackageDescription

/// Every target of the product: Swift 6 language mode (implied by the tools version), warnings are errors.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// A platform target. `packageAccess` lets the layers of the platform see each other's `package` declarations.
func platform(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

func test(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: house)
}

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// What tests of the whole system are made of.
let system: [Target.Dependency] = [
  "bulkhead", "BulkheadCore", "BulkheadPostgres", "BulkheadGuard", "BulkheadData", "BulkheadKeys", "BulkheadAudit",
  "BulkheadWork", "BulkheadLifecycle", "BulkheadServer", "Distribution", "BulkheadTesting", httpClient, lifecycle, log,
  nio, httpTypes, crypto,
]

let package = Package(
  name: "bulkhead",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "bulkhead", targets: ["bulkhead"]),
    .executable(name: "bulkhead-bench", targets: ["BulkheadBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // C libraries of the system.
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CPgQuery", providers: [.apt(["libpg-query-dev", "libprotobuf-c-dev"])]),

    // L0
    platform("BulkheadCore", []),
    platform("BulkheadReport", ["BulkheadCore"]),
    // L1
    platform("BulkheadPostgres", ["BulkheadCore", "CLibpq", log]),
    platform("BulkheadGuard", ["BulkheadCore", "CPgQuery"]),
    platform(
      "BulkheadData", ["BulkheadCore", "BulkheadPostgres", "BulkheadGuard", crypto, log],
      resources: [.copy("Migrations")]),
    // L2
    platform("BulkheadKeys", ["BulkheadCore", crypto, cryptoExtras]),
    platform("BulkheadAssess", ["BulkheadCore", "BulkheadReport", "BulkheadPostgres"]),
    platform("BulkheadAudit", ["BulkheadCore", "BulkheadData", crypto]),
    platform("BulkheadWork", ["BulkheadCore", "BulkheadData", lifecycle, log]),
    platform(
      "BulkheadLifecycle",
      ["BulkheadCore", "BulkheadPostgres", "BulkheadData", "BulkheadKeys", "BulkheadAudit", "BulkheadWork", log]),
    // L3
    platform(
      "BulkheadServer",
      [
        "BulkheadCore", "BulkheadData", hummingbirdCore, httpTypes, lifecycle, nio, nioPosix, log, crypto,
      ]),
    // L4: outside the platform's walls. `packageAccess: false` makes every unscoped door invisible to it.
    .target(
      name: "Distribution",
      dependencies: ["BulkheadCore", "BulkheadData", "BulkheadServer", "BulkheadWork", log],
      resources: [.copy("Migrations")],
      packageAccess: false, swiftSettings: house),
    // L5
    .executableTarget(
      name: "bulkhead",
      dependencies: [
        "BulkheadCore", "BulkheadPostgres", "BulkheadGuard", "BulkheadData", "BulkheadKeys", "BulkheadAudit",
        "BulkheadWork", "BulkheadLifecycle", "BulkheadServer", "BulkheadReport", "BulkheadAssess", "Distribution",
        arguments, httpClient,
        lifecycle, log,
        nio, crypto, httpTypes,
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        nioPosix, nioHTTP, nioSSL,
      ], swiftSettings: house),

    // Test support and benchmarks: never part of the product.
    platform("BulkheadTesting", ["BulkheadCore"]),
    platform("BulkheadGuardProbe", ["BulkheadCore", "BulkheadGuard", "CPgQuery"]),
    .executableTarget(
      name: "BulkheadBench",
      dependencies: [
        "BulkheadCore", "BulkheadPostgres", "BulkheadGuard", "BulkheadData", "BulkheadKeys", "BulkheadReport",
        "BulkheadLifecycle", "BulkheadServer", "BulkheadWork", "Distribution", hummingbird, lifecycle,
        nio, nioPosix, log, arguments,
      ], swiftSettings: house),

    test("HouseRulesTests", []),
    test("BulkheadCoreTests", ["BulkheadCore", "BulkheadReport"]),
    test("BulkheadPostgresTests", ["BulkheadPostgres", "BulkheadCore"]),
    test(
      "BulkheadGuardTests", ["BulkheadGuard", "BulkheadGuardProbe", "BulkheadCore", "CPgQuery", "CLibpq"],
      exclude: ["Corpus"]),
    test("BulkheadKeysTests", ["BulkheadKeys", "BulkheadCore", crypto, cryptoExtras, jwt]),
    test("BulkheadAuditTests", ["BulkheadAudit", "BulkheadData", "BulkheadPostgres", "BulkheadCore", crypto]),
    test("BulkheadWorkTests", ["BulkheadWork", "BulkheadData", "BulkheadPostgres", "BulkheadCore", log]),
    test("BulkheadDataTests", ["BulkheadData", "BulkheadPostgres", "BulkheadGuard", "BulkheadCore"]),
    test(
      "BulkheadServerTests",
      ["BulkheadServer", "BulkheadData", "BulkheadCore", "BulkheadTesting", httpTypes, lifecycle, nio, nioPosix, log]),
    test("KernelTests", system + [nioPosix, nioSSL]),
    test("AttackTests", system),
    test("AssessTests", system + ["BulkheadAssess", "BulkheadReport", arguments], exclude: ["Fixtures"]),
    test("WallTests", system, exclude: ["Snippets"]),
    test("EDIExchangeTests", system),
    test("EdgeTests", system),
    test("ChainTests", system),
    // Optimised in every build: it reads each byte of a million answers.
    .testTarget(
      name: "AloneTests", dependencies: system + [hummingbirdCore, nioEmbedded],
      swiftSettings: house + [.unsafeFlags(["-O"])]),
    test("DistributionTests", ["Distribution", "BulkheadCore", "BulkheadServer", "BulkheadTesting"]),
  ]
)
