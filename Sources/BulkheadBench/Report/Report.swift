import BulkheadCore
import Foundation

/// What a run is told as: a table for people, JSON for machines.
struct Report {
  let comparisons: [Comparison]
  let micro: MicroFigures
  let statements: StatementFigures

  /// Throughput of Bulkhead over the naive handlers that is aimed at.
  static let throughputAim = 0.85

  var table: String {
    var lines: [String] = []
    for comparison in comparisons { lines += [section(comparison), ""] }
    return lines.joined(separator: "\n") + microTable + "\n\n" + statements.table
  }

  private func section(_ comparison: Comparison) -> String {
    var lines = [
      row(
        comparison.workload.rawValue, "naive (a)", "Bulkhead (b)", "b/a", "least..most", "aim", "b, default executor",
        "/a"),
      String(repeating: "-", count: 124),
    ]
    for (name, figure) in Comparison.figures {
      let ratio = comparison.ratio(.bulkhead, figure)
      lines.append(
        row(
          name, spread(comparison.series(.naive, figure)), spread(comparison.series(.bulkhead, figure)),
          fixed(ratio.median, 2), "\(fixed(ratio.least, 2))..\(fixed(ratio.greatest, 2))",
          name == "requests/s" ? ">= \(Self.throughputAim)" : "",
          spread(comparison.series(.bulkheadDefaultExecutor, figure)),
          fixed(comparison.ratio(.bulkheadDefaultExecutor, figure).median, 2)))
    }
    return lines.joined(separator: "\n")
  }

  private var microTable: String {
    let rows = [
      ("guard, statement seen before", micro.guardSeen, "ns", "< 500"),
      ("token check, amortised", micro.tokenRemembered, "ns", "< 1000"),
      ("token check, first sight", micro.tokenCold, "us", ""),
      ("bind token, given out again", micro.bindTokenReused, "ns", ""),
      ("bind token, minted", micro.bindTokenMinted, "us", ""),
      ("order body parsed", micro.orderBodyParsed, "ns", ""),
      ("query with WHERE tenant_id, one round trip", micro.plainQuery, "us", ""),
      ("bind and guarded query, one round trip", micro.boundQuery, "us", ""),
    ]
    let head = pad("in this process, median", 46) + right("", 10) + "     aim"
    return
      ([head, String(repeating: "-", count: 72)]
      + rows.map { pad($0.0, 46) + right(fixed($0.1, 1), 10) + " " + pad($0.2, 4) + $0.3 }
      + [pad("  bound over plain", 46) + right(fixed(micro.boundQuery / max(micro.plainQuery, 0.001), 2), 10)])
      .joined(separator: "\n")
  }

  var json: JSON {
    [
      "comparisons": .array(comparisons.map(\.json)),
      "micro": [
        "guardSeenNs": .number(Self.text(micro.guardSeen)),
        "tokenRememberedNs": .number(Self.text(micro.tokenRemembered)),
        "tokenColdUs": .number(Self.text(micro.tokenCold)),
        "bindTokenReusedNs": .number(Self.text(micro.bindTokenReused)),
        "bindTokenMintedUs": .number(Self.text(micro.bindTokenMinted)),
        "orderBodyParsedNs": .number(Self.text(micro.orderBodyParsed)),
        "plainQueryUs": .number(Self.text(micro.plainQuery)), "boundQueryUs": .number(Self.text(micro.boundQuery)),
      ],
      "statements": statements.json,
    ]
  }

  /// Writes the JSON to `bench-results/`, named by the second, and returns its path.
  func save() throws -> String {
    let folder = URL(fileURLWithPath: "bench-results")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = SystemClock().now().description.prefix(19).filter { $0.isNumber || $0 == "T" }
    let file = folder.appendingPathComponent("bench-\(name).json")
    try Data((json.text + "\n").utf8).write(to: file)
    return file.path
  }

  static func text(_ value: Double) -> String { String(format: "%.3f", value) }

  private func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

  /// Median and half the way from least to greatest, in percent.
  private func spread(_ series: Series) -> String {
    let half = series.median > 0 ? (series.greatest - series.least) / 2 / series.median * 100 : 0
    return "\(fixed(series.median, series.median < 100 ? 2 : 0)) ±\(fixed(half, 0))%"
  }

  private func row(
    _ name: String, _ naive: String, _ ours: String, _ ratio: String, _ range: String, _ aim: String, _ other: String,
    _ otherRatio: String
  ) -> String {
    pad(name, 18) + right(naive, 16) + right(ours, 16) + right(ratio, 8) + right(range, 14) + right(aim, 10)
      + right(other, 24) + right(otherRatio, 8)
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
