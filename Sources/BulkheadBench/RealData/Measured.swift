import BulkheadCore
import BulkheadReport

/// What one pass through one file took, for both tenants together.
struct Measured: Sendable {
  let what: String
  let rows: Int
  let time: Duration
  /// Microseconds of CPU.
  let server: Int
  let postgres: Int

  var microsecondsPerRow: Int { (server + postgres) / max(rows, 1) }
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

extension CPUClock {
  /// What `body` took, which tells how many rows it went through.
  func measure(_ what: String, _ server: Int32, _ body: () async throws -> Int) async throws -> Measured {
    let before = read(server: server)
    let started = ContinuousClock.now
    let rows = try await body()
    let after = read(server: server)
    return Measured(
      what: what, rows: rows, time: started.duration(to: .now), server: after.server - before.server,
      postgres: after.postgres - before.postgres)
  }
}
