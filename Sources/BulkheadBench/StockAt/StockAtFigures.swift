import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadKeys
import BulkheadPostgres
import BulkheadReport
import Distribution
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// How long reading stock at a date takes, over HTTP and through all walls, and how PostgreSQL does it.
struct StockAtFigures {
  struct Line {
    let day: String
    /// Milliseconds of one page each.
    let pages: Series
    /// What the page was made of, as PostgreSQL names it.
    let nodes: [String]
  }

  /// What 95 of 100 pages may take at most, in milliseconds: the first ones find their moves on disk.
  static let aim = 50.0
  private static let pages = 60

  let moves: Int
  /// Seconds of each month's close.
  let closes: Series
  let lines: [Line]

  var meetsAim: Bool { lines.allSatisfy { $0.pages.p95 < Self.aim } }

  static func measure(_ system: SystemUnderTest, moves: Int) async throws -> StockAtFigures {
    let administrator = try await system.database.connect(as: BenchDatabase.administrator)
    let pooled = try await system.database.connect(as: BenchDatabase.pooledRole)
    defer {
      administrator.close()
      pooled.close()
    }
    try await StockMoves.make(moves, tenant: system.tenant, administrator)
    let caller = Caller(system: system)
    var lines = [try await line("a year ago, nothing closed", month(-12) + "-20", caller, pooled)]
    var closes: [Double] = []
    for back in (1...StockMoves.months).reversed() {
      closes.append(try await caller.close(month(-back) + "-01") / 1000)
    }
    try await administrator.simple("ANALYZE", deadline: nil)
    lines.append(try await line("a year ago", month(-12) + "-20", caller, pooled))
    lines.append(try await line("end of today", "9998-12-31", caller, pooled))
    return StockAtFigures(moves: moves, closes: Series(closes), lines: lines)
  }

  private static func line(
    _ name: String, _ day: String, _ caller: Caller, _ pooled: PostgresConnection
  ) async throws -> Line {
    var times: [Double] = []
    var cursor: String?
    // The first warms connection, statements and caches.
    for number in 0...pages {
      let page = try await caller.page(day, after: cursor)
      guard page.items > 0 else { throw BenchFailure("no stock on \(day)") }
      cursor = page.next
      if number > 0 { times.append(page.milliseconds) }
    }
    return Line(
      day: "\(name) (\(day))", pages: Series(times), nodes: try await plan(day, caller.system, pooled))
  }

  /// Node kinds of the plan of a page, each once, in the plan's order.
  private static func plan(
    _ day: String, _ system: SystemUnderTest, _ pooled: PostgresConnection
  ) async throws -> [String] {
    let tables = ["stock_quant", "stock_move", "stock_period", "stock_period_balance", "location", "product", "lot"]
    let wall = StatementGuard(
      catalog: GuardCatalog(tables: Dictionary(uniqueKeysWithValues: tables.map { ($0, .tenant) })))
    let bind = SQLValue.text(
      BindKeys(master: system.database.master, cell: BenchDatabase.cell).bindToken(
        tenant: TenantID(system.tenant), epoch: 1, backendPID: pooled.backendPID, now: Ambient().now))
    func run(_ statement: Statement, _ prefix: String, _ values: [SQLValue]) async throws -> Rows? {
      let verdict = try wall.verdict(statement, schema: BenchDatabase.pooledSchema)
      let all = verdict.tenantParameter == nil ? values : values + [.id(system.tenant)]
      return try await pooled.roundTrip(
        [
          .prepared(text: "SELECT bulkhead.bind($1)", parameters: [bind]),
          .once(text: prefix + verdict.text, parameters: all),
        ], deadline: nil
      ).last
    }
    let moment = SQLValue.text("\(day) 23:59:59.999999+00")
    let closed = try await run(StockAtDate.closedBy, "", [moment])?.first
    let first = SQLValue.id(EntityID(high: 0, low: 0))
    let rows = try await run(
      StockAtDate.page, "EXPLAIN (COSTS OFF) ",
      [first, .null] + StockAtDate.start(closed) + [moment, .int(51)])
    var nodes: [String] = []
    for row in rows ?? Rows(columnCount: 0, starts: [], ends: [], bytes: [], affected: 0) {
      let text = try row.text(0)
      guard nodes.isEmpty || text.contains("->") else { continue }
      let name = text.split(separator: ">").last.map { $0.trimmingCharacters(in: CharacterSet.whitespaces) } ?? text
      let kind = name.replacing(" using ", with: "\n").replacing(" on ", with: "\n").prefix { $0 != "\n" }
      if !nodes.contains(String(kind)) { nodes.append(String(kind)) }
    }
    return nodes
  }

  /// `2026-03`: the month that is `offset` months from this one.
  private static func month(_ offset: Int) -> String {
    let (year, month, _) = Ambient().now.date
    let count = year * 12 + month - 1 + offset
    let digits = String(101 + count % 12)
    return "\(count / 12)-\(digits.dropFirst())"
  }

  var table: String {
    var table = Table(
      ["stock at the end of a day, \(moves) moves", "ms, median", "ms, p95", "ms, worst", "p95", "", "plan"],
      [.left, .right, .right, .right, .left, .left, .left])
    for line in lines {
      table.add([
        line.day, Report.text(line.pages.median), Report.text(line.pages.p95), Report.text(line.pages.greatest),
        "< \(Int(Self.aim)) ms", line.pages.p95 < Self.aim ? "met" : "missed", line.nodes.joined(separator: ", "),
      ])
    }
    table.add([
      "closing a month, seconds", Report.text(closes.median), Report.text(closes.p95), Report.text(closes.greatest),
    ])
    return table.text
  }
}

/// Asks the server as a client would, one request at a time.
private struct Caller {
  let system: SystemUnderTest

  func page(_ day: String, after cursor: String?) async throws -> (items: Int, next: String?, milliseconds: Double) {
    let (json, milliseconds) = try await send(
      "GET", "/v1/stock/at?date=\(day)" + (cursor.map { "&cursor=\($0)" } ?? ""), nil, expecting: 200)
    return (json["items"]?.array?.count ?? 0, json["next"]?.string, milliseconds)
  }

  func close(_ day: String) async throws -> Double {
    try await send("POST", "/v1/stock-periods", ["month": .string(day)], expecting: 201).1
  }

  private func send(
    _ method: String, _ path: String, _ body: JSON?, expecting status: Int
  ) async throws -> (JSON, Double) {
    guard let url = URL(string: system.url(of: .bulkhead) + path) else { throw BenchFailure("no URL") }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.timeoutInterval = 120
    request.httpBody = body.map { Data($0.utf8) }
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.setValue("Bearer \(system.token)", forHTTPHeaderField: "Authorization")
    let start = ContinuousClock.now
    let (data, response) = try await URLSession.shared.data(for: request)
    let took = ContinuousClock.now - start
    guard (response as? HTTPURLResponse)?.statusCode == status else {
      throw BenchFailure("\(method) \(path): \(String(decoding: data, as: UTF8.self))")
    }
    return (try JSONParser.parse(Array(data)), took / .milliseconds(1))
  }
}
