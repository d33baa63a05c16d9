import Testing

/// The layer picture of docs/ARCHITECTURE.md, held by reading every import.
@Suite("Arrows point down only")
struct LayerTests {
  /// What each of our modules may import of our modules.
  static let mayImport: [String: Set<String>] = [
    "BulkheadCore": [],
    "BulkheadReport": ["BulkheadCore"],
    "BulkheadPostgres": ["BulkheadCore", "CLibpq"],
    "BulkheadGuard": ["BulkheadCore", "CPgQuery"],
    "BulkheadData": ["BulkheadCore", "BulkheadPostgres", "BulkheadGuard"],
    "BulkheadKeys": ["BulkheadCore"],
    "BulkheadAssess": ["BulkheadCore", "BulkheadReport", "BulkheadPostgres"],
    "BulkheadAudit": ["BulkheadCore", "BulkheadData"],
    "BulkheadWork": ["BulkheadCore", "BulkheadData"],
    "BulkheadLifecycle": [
      "BulkheadCore", "BulkheadPostgres", "BulkheadGuard", "BulkheadData", "BulkheadKeys", "BulkheadAudit",
      "BulkheadWork",
    ],
    "BulkheadServer": ["BulkheadCore", "BulkheadData", "BulkheadKeys", "BulkheadAudit"],
    "Distribution": ["BulkheadCore", "BulkheadData", "BulkheadServer", "BulkheadWork"],
    "BulkheadTesting": ["BulkheadCore"],
    "BulkheadGuardProbe": ["BulkheadCore", "BulkheadGuard", "CPgQuery"],
  ]

  @Test("every module imports only what lies below it")
  func importsPointDown() throws {
    let ours = Set(Self.mayImport.keys).union(["CLibpq", "CPgQuery", "bulkhead"])
    for file in try SourceTree.swift() {
      guard let allowed = Self.mayImport[file.module] else { continue }
      let wrong = Set(file.imports).intersection(ours).subtracting(allowed)
      #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
    }
  }

  @Test("every module of the package is in the layer picture")
  func everyModuleIsKnown() throws {
    let known = Set(Self.mayImport.keys).union(["bulkhead", "BulkheadBench"])
    let unknown = Set(try SourceTree.swift().map(\.module)).subtracting(known)
    #expect(unknown.isEmpty, "\(unknown.sorted())")
  }

  @Test("Distribution is compiled without access to the platform's package declarations")
  func distributionIsOutside() throws {
    let manifest = try String(contentsOf: SourceTree.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    let target = try #require(manifest.range(of: "name: \"Distribution\""))
    let declaration = manifest[target.lowerBound...].prefix(600)
    #expect(declaration.contains("packageAccess: false"))
    for file in try SourceTree.swift() where file.module == "Distribution" {
      #expect(!file.text.contains("@_spi") && !file.text.contains("@testable"), "\(file.path)")
    }
  }

  @Test("a TenantContext is made in BulkheadKeys and nowhere else")
  func contextsComeFromKeys() throws {
    for file in try SourceTree.swift() where file.module != "BulkheadKeys" {
      #expect(
        !file.text.contains("TenantContext(verified") && !file.text.contains("TenantContext.init"), "\(file.path)")
    }
  }

  @Test("a Tenant handle is made by the data path alone")
  func handlesComeFromTheDataPath() throws {
    for file in try SourceTree.swift() where file.module != "BulkheadData" {
      #expect(!file.text.contains("source: self)") || !file.text.contains("Tenant("), "\(file.path)")
    }
  }
}
