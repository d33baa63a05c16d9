import ArgumentParser
import BulkheadCore
import BulkheadReport
import Foundation

/// Imports a year of a grocery chain's sales for two tenants at once and checks their books afterwards.
struct RealDataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "real-data", abstract: "Import 100,000 real order lines for each of two tenants at once.",
    discussion: """
      Run scripts/fetch-real-data before. Starts a private system in a temporary folder, imports products, prices,
      opening stock and orders from the files for a pooled tenant and one with a schema of its own at the same time,
      prints lines per second and CPU per line, runs `bulkhead check`, and removes everything again.
      """)

  @Option(help: "Where the files are.") var files = ".build-real-data/csv"
  @Option(help: "The program bulkhead; the one beside this program by default.") var bulkhead: String?
  @Flag(help: "Print a JSON object instead of the table.") var json = false

  private static let tiers = ["pooled", "schema"]

  func run() async throws {
    let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let program = bulkhead ?? own.deletingLastPathComponent().appendingPathComponent("bulkhead").path
    let folder = URL(fileURLWithPath: "/tmp/bulkhead-real-data-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let data = folder.appendingPathComponent("data").path
    let log = folder.appendingPathComponent("bulkhead.log")
    step("starting a system")
    let server = try ChildProcess(program, ["up", "--json", "--port", "0", "--data", data], log: log)
    var failure: (any Error)?
    do { try await measure(server, program, data, log) } catch {
      failure = error
      let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      step("the server's log ends with:\n\(text.suffix(2000))")
    }
    server.stop()
    let down = try ChildProcess(program, ["down", "--destroy", "--data", data], log: log)
    _ = down.outputToEnd()
    try FileManager.default.removeItem(at: folder)
    if let failure { throw failure }
  }

  private func measure(_ server: ChildProcess, _ program: String, _ data: String, _ log: URL) async throws {
    let made = try server.firstJSON()
    let url = made["url"]?.string ?? ""
    let tenants = (made["tenants"]?.array ?? []).filter { Self.tiers.contains($0["tier"]?.string ?? "") }
    let clock = CPUClock(postmaster: try Self.postmaster(data))
    let importers = tenants.map { Importer(url: url, token: $0["token"]?.string ?? "") }
    guard importers.count == Self.tiers.count else { throw BenchFailure("`bulkhead up` named no two tenants") }

    step("making customers")
    let codes = try text("customers").split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    try await all(importers) { importer in for code in codes { try await importer.addCustomer(code) } }

    var measured: [Measured] = []
    for sheet in Sheet.all {
      let content = Array(try text(sheet.file).utf8)
      step("importing \(sheet.file) for \(importers.count) tenants at once")
      for pass in [Importer.Pass.check, .run] {
        let before = clock.read(server: server.id)
        let started = ContinuousClock.now
        let rows = try await sum(importers) { importer in
          switch pass {
          case .check: try await importer.check(sheet, content)
          case .run: try await importer.run(sheet)
          }
        }
        let after = clock.read(server: server.id)
        measured.append(
          Measured(
            what: "\(sheet.file), \(pass.rawValue)", rows: rows, time: started.duration(to: .now),
            server: after.server - before.server, postgres: after.postgres - before.postgres))
      }
    }
    print(json ? JSON.array(measured.map(\.json)).text : Measured.table(measured))
    step("checking the books")
    let slugs = tenants.compactMap { $0["slug"]?.string }
    let check = try ChildProcess(program, ["check", "--data", data] + slugs, log: log)
    let told = check.outputToEnd()
    print(told)
    guard check.succeeded() else { throw BenchFailure("an invariant is broken") }
  }

  private func text(_ name: String) throws -> String {
    let file = URL(fileURLWithPath: files).appendingPathComponent("\(name).csv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw BenchFailure("\(file.path) is not there: run scripts/fetch-real-data")
    }
    return text
  }

  private func all(_ importers: [Importer], _ body: @escaping @Sendable (Importer) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for importer in importers { group.addTask { try await body(importer) } }
      try await group.waitForAll()
    }
  }

  private func sum(_ importers: [Importer], _ body: @escaping @Sendable (Importer) async throws -> Int) async throws
    -> Int
  {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for importer in importers { group.addTask { try await body(importer) } }
      return try await group.reduce(0, +)
    }
  }

  /// The first line of `postmaster.pid`.
  private static func postmaster(_ data: String) throws -> Int32 {
    let file = URL(fileURLWithPath: data).appendingPathComponent("postgres/postmaster.pid")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    guard let pid = lines.first.flatMap({ Int32($0) }) else { throw BenchFailure("\(file.path) is not readable") }
    return pid
  }

  private func step(_ text: String) { FileHandle.standardError.write(Data("> \(text)\n".utf8)) }
}

/// One file, and which of its columns are what.
struct Sheet: Sendable {
  let kind: String
  let file: String
  let columns: JSON

  static let all = [
    Sheet(
      kind: "products", file: "products",
      columns: [
        ["field": "sku", "column": "product_id"], ["field": "name", "column": "description"],
        ["field": "baseUnit", "column": "unit"],
      ]),
    Sheet(
      kind: "prices", file: "prices",
      columns: [
        ["field": "priceList", "value": "STD-USD"], ["field": "currency", "value": "USD"],
        ["field": "sku", "column": "product"], ["field": "value", "column": "price"],
      ]),
    Sheet(
      kind: "stock", file: "stock",
      columns: [["field": "sku", "column": "product"], ["field": "unitCost", "column": "cost"]]),
    Sheet(
      kind: "orders", file: "orders",
      columns: [
        ["field": "poNumber", "column": "basket"], ["field": "customer", "column": "store"],
        ["field": "sku", "column": "product"], ["field": "requestedOn", "column": "day"],
      ]),
  ]
}

/// What one pass through one file took, for both tenants together.
struct Measured: Sendable {
  let what: String
  let rows: Int
  let time: Duration
  /// Microseconds of CPU.
  let server: Int
  let postgres: Int

  private var seconds: Double { Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18 }
  private var perSecond: Int { Int(Double(rows) / max(seconds, 0.001)) }
  private func perRow(_ microseconds: Int) -> String { Self.thousandths(microseconds / max(rows, 1)) }

  private static func thousandths(_ value: Int) -> String {
    let digits = String(value % 1000)
    return "\(value / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }

  var json: JSON {
    [
      "what": .string(what), "rows": .int(rows), "rowsPerSecond": .int(perSecond),
      "serverMicrosecondsPerRow": .int(server / max(rows, 1)),
      "databaseMicrosecondsPerRow": .int(postgres / max(rows, 1)),
    ]
  }

  static func table(_ all: [Measured]) -> String {
    var table = Table(
      ["FILE, PASS", "ROWS", "ROWS/S", "SERVER MS/ROW", "DATABASE MS/ROW"], [.left, .right, .right, .right, .right])
    for one in all {
      table.add([
        one.what, String(one.rows), String(one.perSecond), one.perRow(one.server), one.perRow(one.postgres),
      ])
    }
    return table.text
  }
}
