import ArgumentParser
import BulkheadCore
import BulkheadReport
import Foundation

/// Imports a year of a grocery chain's sales for two tenants at once, trades them through and checks the books.
struct RealDataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "real-data",
    abstract: "Import 100,000 real order lines for each of two tenants at once, and ship and bill them.",
    discussion: """
      Run scripts/fetch-real-data before. Starts a private system in a temporary folder, imports products, prices,
      opening stock and orders from the files for a pooled tenant and one with a schema of its own at the same time,
      places the last orders one by one over the API, takes all through waves, picking, packing, shipping and billing,
      prints lines per second and CPU per line, runs `bulkhead check`, and removes everything again. Exit status 2 when
      a line of an order placed over the API costs more CPU than it may.
      """)

  @Option(help: "Where the files are.") var files = ".build-real-data/csv"
  @Option(help: "The program bulkhead; the one beside this program by default.") var bulkhead: String?
  @Option(help: "How many orders are placed over the API instead of imported.") var placed = 1000
  @Option(help: "How many waves of up to 200 orders each tenant takes through the warehouse; all by default.")
  var waves: Int?
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
    let clients = tenants.map { TenantClient(url: url, token: $0["token"]?.string ?? "") }
    let importers = clients.map { Importer($0) }
    guard importers.count == Self.tiers.count else { throw BenchFailure("`bulkhead up` named no two tenants") }

    step("making customers")
    let codes = try text("customers").split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    _ = try await sum(importers) { importer in
      for code in codes { try await importer.addCustomer(code) }
      return codes.count
    }

    let baskets = try Baskets(try text("orders"), last: placed)
    var measured: [Measured] = []
    for sheet in Sheet.all {
      let content = Array((sheet.kind == "orders" ? baskets.file : try text(sheet.file)).utf8)
      step("importing \(sheet.file) for \(importers.count) tenants at once")
      for pass in [Importer.Pass.check, .run] {
        measured.append(
          try await clock.measure("\(sheet.file), \(pass.rawValue)", server.id) {
            try await sum(importers) { importer in
              switch pass {
              case .check: try await importer.check(sheet, content)
              case .run: try await importer.run(sheet)
              }
            }
          })
      }
    }
    let traders = clients.map { Trader($0) }
    step("placing \(baskets.last.count) orders over the API for \(traders.count) tenants at once")
    let placing = try await clock.measure(Self.placing, server.id) {
      try await sum(traders) { try await $0.place(baskets.last) }
    }
    measured.append(placing)
    step("picking, packing, shipping and billing")
    measured.append(
      try await clock.measure("picked, packed, shipped, billed", server.id) {
        try await sum(traders) { trader in
          try await trader.trade(waves: waves) { picked in
            step("\(picked) lines of one tenant")
          }
        }
      })
    print(json ? JSON.array(measured.map(\.json)).text : Measured.table(measured))
    step("checking the books")
    let slugs = tenants.compactMap { $0["slug"]?.string }
    let check = try ChildProcess(program, ["check", "--data", data] + slugs, log: log)
    let told = check.outputToEnd()
    print(told)
    guard check.succeeded() else { throw BenchFailure("`bulkhead check` found something or could not be run") }
    guard placing.microsecondsPerRow <= Self.microsecondsMax else {
      step(
        "a line placed over the API costs \(placing.microsecondsPerRow) us of CPU, more than \(Self.microsecondsMax)")
      throw ExitCode(2)
    }
  }

  private static let placing = "orders, placed over the API"
  /// CPU of server and database that a line of an order may cost.
  private static let microsecondsMax = 2000

  private func text(_ name: String) throws -> String {
    let file = URL(fileURLWithPath: files).appendingPathComponent("\(name).csv")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw BenchFailure("\(file.path) is not there: run scripts/fetch-real-data")
    }
    return text
  }

  private func sum<One: Sendable>(
    _ all: [One], _ body: @escaping @Sendable (One) async throws -> Int
  ) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for one in all { group.addTask { try await body(one) } }
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
