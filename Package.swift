// swift-tools-version: 6.2
import PackageDescription

// The manifest is the diagram: targets stand bottom-up, and each depends only on targets above it.
// Client and Server never import each other; only the simulator and the end-to-end tests see both.

let grdb: [Target.Dependency] = [
  .product(name: "GRDB", package: "GRDB.swift"),
  .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

let package = Package(
  name: "Kulkul",
  products: [
    .executable(name: "kulkul", targets: ["kulkul"]),
    .executable(name: "kulkul-server", targets: ["kulkul-server"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
  ],
  targets: [
    // C libraries.
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CCarrier"),
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),

    // Shared: what both sides mean.
    .target(name: "Bytes", path: "Shared/Bytes"),
    .target(name: "Causality", path: "Shared/Causality"),
    .target(name: "Model", dependencies: ["Bytes", "Causality"], path: "Shared/Model"),
    .target(name: "Rules", dependencies: ["Bytes", "Causality", "Model"], path: "Shared/Rules"),
    .target(
      name: "Forms", dependencies: ["Bytes", "Causality", "Model"], path: "Shared/Forms",
      resources: [.embedInCode("Preset")]),
    .target(
      name: "Reading", dependencies: ["Bytes", "Causality", "Model", "Rules", "Forms"],
      path: "Shared/Reading"),
    .target(
      name: "Wire", dependencies: ["Bytes", "Causality", "Model", "CZstd", crypto],
      path: "Shared/Wire"),
    .target(name: "Sync", dependencies: ["Causality", "Model", "Wire"], path: "Shared/Sync"),
    .target(
      name: "Store",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Sync", "CSQLite",
      ] + grdb,
      path: "Shared/Store", resources: [.embedInCode("SQL")]),

    // Server: the office.
    .target(
      name: "Office",
      dependencies: ["Bytes", "Causality", "Model", "Forms", "Wire", "Store", crypto],
      path: "Server/Office"),
    .target(
      name: "API",
      dependencies: ["Bytes", "Model", "Wire", "Store", "Office", hummingbird, logging],
      path: "Server/API"),
    .target(
      name: "OfficeCommands",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Store", "Office",
        "API",
        arguments, logging,
      ], path: "Server/Commands"),

    // Client: the laptop.
    .target(name: "Carrier", dependencies: ["CCarrier"], path: "Client/Carrier"),
    .target(
      name: "Courier",
      dependencies: [
        "Bytes", "Causality", "Model", "Forms", "Wire", "Sync", "Store", "Carrier", crypto,
      ], path: "Client/Courier"),
    .target(
      name: "Fieldwork",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Store",
      ], path: "Client/Fieldwork"),
    .target(
      name: "Commands",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Sync", "Store",
        "Carrier", "Courier", "Fieldwork", arguments,
      ], path: "Client/Commands"),

    // Thin executables.
    .executableTarget(name: "kulkul", dependencies: ["Commands"]),
    .executableTarget(name: "kulkul-server", dependencies: ["OfficeCommands"]),

    // Benchmarks, the demonstration, and the workload of both.
    .target(
      name: "CBaseline", path: "Benchmarks/CBaseline", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "Workload", dependencies: ["Forms"], path: "Benchmarks/Workload"),
    .target(
      name: "Comparison",
      dependencies: ["Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Workload"],
      path: "Benchmarks/Comparison/Comparison"),
    .executableTarget(
      name: "kulkul-compare", dependencies: ["Comparison", arguments],
      path: "Benchmarks/Comparison/Command"),
    .target(
      name: "Bench",
      dependencies: [
        "Bytes", "CBaseline", "CZstd", "Causality", "Forms", "Model", "Office", "Reading", "Rules",
        "Store", "Sync", "Wire", "Workload", crypto,
      ], path: "Benchmarks/Bench"),
    .executableTarget(
      name: "kulkul-bench", dependencies: ["Bench", "Workload", arguments],
      path: "Benchmarks/Command"),
    .executableTarget(
      name: "kulkul-demo",
      dependencies: [
        "Causality", "Forms", "Model", "Store", "Wire", "Workload", "kulkul", "kulkul-server",
      ],
      path: "Benchmarks/Demo"),

    // Tests mirror the above.
    .target(name: "TestSupport", path: "Tests/Support"),
    .target(
      name: "Worlds",
      dependencies: [
        "Bytes", "Causality", "Forms", "Model", "Store", "Sync", "TestSupport", "Wire",
      ],
      path: "Tests/Worlds"),
    // The disk that fails when a test tells it to.
    .target(name: "CFaults", path: "Tests/CFaults", linkerSettings: [.linkedLibrary("sqlite3")]),
    .executableTarget(
      name: "store-worker",
      dependencies: ["Model", "Reading", "Store", "TestSupport", "Wire", "Worlds"],
      path: "Tests/StoreWorker"),
    // The decoders of what comes from outside, each as a function of bytes.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Sync", "Store",
        "Office", "Fieldwork", "Worlds", crypto,
      ], path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets"], exclude: ["Broken", "Corpus"]),
    .testTarget(name: "BytesTests", dependencies: ["Bytes", "TestSupport"]),
    .testTarget(name: "CausalityTests", dependencies: ["Causality", "TestSupport"]),
    .testTarget(
      name: "OfficeTests",
      dependencies: [
        "Bytes", "Causality", "Model", "Forms", "Reading", "Wire", "Sync", "Store", "Office",
        "TestSupport", crypto,
      ]),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Sync", "Store",
        "Office", "TestSupport", "Worlds", "store-worker", crypto,
      ] + grdb),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Sync", "Store",
        "Office", "TestSupport", "Worlds", crypto,
      ] + grdb),
    .testTarget(
      name: "CrashTests",
      dependencies: [
        "Bytes", "CFaults", "Causality", "Forms", "Model", "Reading", "Wire", "Sync", "Store",
        "Office", "TestSupport", "Worlds", crypto,
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Bytes", "Causality", "Model", "Forms", "Wire", "Store", "TestSupport", "kulkul",
        "kulkul-server",
      ]),
    .testTarget(
      name: "RulesTests", dependencies: ["Bytes", "Causality", "Model", "Rules"]),
    .testTarget(
      name: "FormsTests", dependencies: ["Bytes", "Causality", "Model", "Forms"]),
    .testTarget(
      name: "WireTests",
      dependencies: ["Bytes", "Causality", "Model", "TestSupport", "Wire", "Workload"]),
    .testTarget(name: "TidyTests"),
    .testTarget(name: "ComparisonTests", dependencies: ["Comparison"]),
    .testTarget(
      name: "BenchTests", dependencies: ["kulkul-bench", "kulkul", "kulkul-server"]),
    .testTarget(name: "WorkloadTests", dependencies: ["Workload", crypto]),
    .testTarget(
      name: "APITests",
      dependencies: [
        "Bytes", "Causality", "Model", "Forms", "Reading", "Wire", "Sync", "Store", "Office", "API",
        "Worlds", crypto, hummingbird, logging,
      ]),
    .testTarget(
      name: "OfficeCommandsTests",
      dependencies: [
        "Bytes", "Causality", "Model", "Forms", "Wire", "Store", "OfficeCommands", "kulkul-server",
      ]),
    .testTarget(
      name: "FieldworkTests",
      dependencies: [
        "Bytes", "Causality", "Model", "Rules", "Forms", "Reading", "Wire", "Sync", "Store",
        "Office", "Fieldwork", crypto,
      ]),
    .testTarget(
      name: "CommandTests", dependencies: ["Commands", "kulkul", arguments],
      exclude: ["Transcripts"]),
    .testTarget(name: "CarrierTests", dependencies: ["Carrier", "Courier", "Wire"]),
    .testTarget(name: "ModelTests", dependencies: ["Bytes", "Causality", "Model", "TestSupport"]),
  ]
)

// scripts/fuzz alone sets this: the same modules with counters of coverage, and libFuzzer's `main`.
let isFuzzed = Context.environment["KULKUL_FUZZ"] == "1"
if isFuzzed {
  package.targets += [
    .target(name: "CAllocationLimit", path: "Tests/Fuzz/CAllocationLimit"),
    .executableTarget(
      name: "kulkul-fuzz", dependencies: ["CAllocationLimit", "FuzzTargets"],
      path: "Tests/Fuzz/Driver"),
  ]
}

let isStrict = Context.environment["KULKUL_STRICT"] == "1"
for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
  if isStrict { target.swiftSettings?.append(.treatAllWarnings(as: .error)) }
  if isFuzzed, target.name != "CAllocationLimit" {
    target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"]))
    target.linkerSettings = [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
  }
}
