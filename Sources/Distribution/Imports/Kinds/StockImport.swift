import BulkheadCore
import BulkheadData

/// Opening stock from a file: one adjustment per warehouse and step, posted by the stock desk like any other.
struct StockImport: ImportWork {
  private struct New: Sendable {
    let row: Int
    let warehouse: String?
    let line: AdjustmentRequest.Line
  }

  private let rows: [ImportRow]
  private var lines: [New] = []

  init(_ rows: [ImportRow], _ outcome: inout ImportOutcome) {
    self.rows = rows
    for (index, row) in rows.enumerated() where !outcome.isRefused(index) {
      do throws(ImportRefusal) { lines.append(try Self.read(row, index)) } catch { outcome.refuse(index, error) }
    }
  }

  private static func read(_ row: ImportRow, _ index: Int) throws(ImportRefusal) -> New {
    let cost = try row.required(try row.price("unitCost"), "unitCost")
    guard !cost.isNegative else { throw row.refusal(.priceNegative, "A cost cannot be negative.", "unitCost") }
    return New(
      row: index, warehouse: try row.text("warehouse", max: 60),
      line: AdjustmentRequest.Line(
        product: try row.requiredProduct(), unit: try row.text("unit", max: 8),
        quantity: try row.requiredQuantity("quantity"), location: try row.text("location", max: 60),
        lot: try row.text("lot", max: 60), expiry: try row.date("expiryOn"), unitCost: cost))
  }

  /// The same product may lie in many rows.
  var claims: [ImportClaim] { [] }

  func decide(_ outcome: inout ImportOutcome, writes: Bool, _ services: Services, in tx: Transaction) async throws {
    let houses = Dictionary(grouping: lines.filter { !outcome.isRefused($0.row) }, by: \.warehouse)
    var good: [(warehouse: String?, lines: [New])] = []
    for (warehouse, lines) in houses.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
      good.append((warehouse, try await sift(lines, warehouse, &outcome, in: tx)))
    }
    // Nothing is written before all of it is known to be good.
    for (warehouse, lines) in good where !lines.isEmpty {
      outcome.made += lines.count
      if writes { _ = try await StockDesk(services).post(request(lines, warehouse), in: tx) }
    }
  }

  private func request(_ lines: [New], _ warehouse: String?) -> AdjustmentRequest {
    AdjustmentRequest(kind: .opening, reason: "Import", warehouse: warehouse, lines: lines.map(\.line))
  }

  /// Takes away the lines that the stock desk would refuse. A refusal names many lines at once and one rule; the rest
  /// is looked at again until no rule is broken.
  private func sift(
    _ lines: [New], _ warehouse: String?, _ outcome: inout ImportOutcome, in tx: Transaction
  ) async throws -> [New] {
    var rest = lines
    while !rest.isEmpty {
      let request = request(rest, warehouse)
      do {
        try request.check()
        let lookup = try ProductLookup(request.mentions, customer: nil, pointer: "/lines")
        _ = try AdjustmentDraft(
          request, lookup: lookup, rows: try await tx.run(AdjustmentDraft.queries(request, lookup)))
        return rest
      } catch let refusal as Refusal where refusal.code.category == .invalid {
        let blamed = ImportBlame.lines(refusal)
        if blamed.isEmpty {
          // Not of a line: of the warehouse that they all name.
          for line in rest {
            outcome.refuse(line.row, rows[line.row].refusal(refusal.code, refusal.detail, "warehouse"))
          }
          return []
        }
        for (index, member, reason) in blamed where rest.indices.contains(index) {
          let row = rest[index].row
          outcome.refuse(row, rows[row].refusal(refusal.code, reason, member))
        }
        rest.removeAll { outcome.isRefused($0.row) }
      }
    }
    return []
  }
}

/// Which lines of a document a refusal blames.
enum ImportBlame {
  /// From pointers such as `/lines/3/sku`: the line from 0, the member, and what is said of it.
  static func lines(_ refusal: Refusal) -> [(index: Int, member: String, reason: String)] {
    refusal.violations.compactMap { violation in
      let parts = violation.pointer.split(separator: "/")
      guard parts.count >= 2, parts[0] == "lines", let index = Int(parts[1]) else { return nil }
      return (index, parts.count > 2 ? String(parts[2]) : "sku", violation.message)
    }
  }
}
