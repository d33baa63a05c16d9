import BulkheadCore
import BulkheadData

/// Puts derived figures right: balances, counters and totals that do not say what moves, reservations and documents
/// say.
///
/// What is posted is never touched. A dry run is the repair itself, rolled back, so what it tells is what would happen,
/// also where one figure follows from another.
public struct RepairDesk: Sendable {
  let services: Services

  public init(_ services: Services) { self.services = services }

  /// One transaction. The rows whose writers hold them are locked in the one global order before anything is judged
  /// for good: a posting under way has either been seen whole, or waits and adds to what was put right.
  ///
  /// - Parameter applies: `false` tells and changes nothing.
  public func repair(_ tenant: Tenant, applies: Bool) async throws -> RepairReport {
    do {
      return try await tenant.transaction { tx in
        try await lock(tx)
        var repairs: [RepairReport.Repair] = []
        for figures in DerivedFigures.all { repairs += try await mend(figures, tx) }
        var proposals: [RepairReport.Proposal] = []
        let results = try await tx.run(InvariantCheck.queries)
        for offence in try InvariantCheck.offences(results) {
          proposals.append(RepairReport.Proposal(offence: offence, advice: InvariantCheck.advice(on: offence)))
        }
        let report = RepairReport(repairs: repairs, proposals: proposals)
        guard applies else { throw Told(report: report) }
        return report
      }
    } catch let told as Told {
      return told.report
    }
  }

  /// Ends a dry run: thrown inside the transaction, so that nothing of it stays.
  private struct Told: Error {
    let report: RepairReport
  }

  private func lock(_ tx: Transaction) async throws {
    var locks: [(rank: DerivedFigures.Lock.Rank, query: Query)] = []
    let found = try await tx.run(DerivedFigures.all.map { Query($0.find) })
    for (figures, rows) in zip(DerivedFigures.all, found) where !rows.isEmpty {
      var ids: Set<EntityID> = []
      for row in rows { ids.insert(try row.id(0)) }
      for lock in figures.locks { locks.append((lock.rank, Query(lock.statement, .ids(ids.sorted())))) }
    }
    guard !locks.isEmpty else { return }
    _ = try await tx.run(locks.sorted { $0.rank < $1.rank }.map(\.query))
  }

  private func mend(_ figures: DerivedFigures, _ tx: Transaction) async throws -> [RepairReport.Repair] {
    let rows = try await tx.run(Query(figures.find))[0]
    guard !rows.isEmpty else { return [] }
    var wrong = WrongFigures(figures)
    for row in rows { try wrong.add(row) }
    var queries: [Query] = []
    if let apply = figures.apply { queries.append(Query(apply, wrong.values)) }
    queries.append(record(wrong, tx.context))
    let detail: JSON = [
      "table": .string(figures.table), "figures": .int(wrong.repairs.count),
      "repairs": .array(wrong.repairs.prefix(Self.toldMax).map(\.json)),
    ]
    queries.append(
      try services.audit.query(
        "figures.repaired", subject: "table:\(figures.table)", detail: detail, context: tx.context))
    _ = try await tx.run(queries)
    return wrong.repairs
  }

  /// How many repairs of a table its audit entry spells out; `figure_repair` has all of them.
  private static let toldMax = 50

  private func record(_ wrong: WrongFigures, _ context: TenantContext) -> Query {
    let repairs = wrong.repairs
    return Query(
      Self.record, .text(wrong.figures.table), .text(context.actor.description), .instant(services.ambient.now),
      .ids(repairs.map { _ in services.ambient.makeID() }), .texts(repairs.map(\.check)),
      .texts(wrong.columns), .ids(repairs.map(\.row)), .texts(repairs.map(\.subject)), .texts(repairs.map(\.was)),
      .texts(repairs.map(\.becomes)), .texts(repairs.map(\.proof)))
  }

  private static let record = Statement(
    """
    INSERT INTO figure_repair
      (table_name, repaired_by, repaired_at, id, check_name, column_name, row_id, subject, was, became, proof)
    SELECT $1, $2, $3::timestamptz, r.id, r.check_name, r.column_name, r.row_id, r.subject, r.was, r.became, r.proof
      FROM unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::numeric[], $10::numeric[],
                  $11::text[]) AS r (id, check_name, column_name, row_id, subject, was, became, proof)
    """)
}

/// The wrong rows of one table, as they are found.
private struct WrongFigures {
  let figures: DerivedFigures
  private(set) var repairs: [RepairReport.Repair] = []
  /// The column of each of `repairs`.
  private(set) var columns: [String] = []
  private var ids: [EntityID] = []
  private var scopes: [EntityID] = []
  private var due: [[String]]

  init(_ figures: DerivedFigures) {
    self.figures = figures
    due = figures.columns.map { _ in [] }
  }

  mutating func add(_ row: Row) throws(Refusal) {
    let id = try row.id(0)
    ids.append(id)
    if figures.isScoped { scopes.append(try row.id(1)) }
    for (index, column) in figures.columns.enumerated() {
      let was = try Self.figure(row, 4 + 2 * index, column.kind)
      let becomes = try Self.figure(row, 5 + 2 * index, column.kind)
      due[index].append(becomes)
      guard was != becomes else { continue }
      columns.append(column.name)
      repairs.append(
        RepairReport.Repair(
          check: column.check, figure: "\(figures.table).\(column.name)", row: id, subject: try row.text(2), was: was,
          becomes: becomes, proof: try row.text(3)))
    }
  }

  /// The parameters of the statement that applies them.
  var values: [SQLValue] {
    [.ids(ids)] + (figures.isScoped ? [.ids(scopes)] : []) + due.map { SQLValue.texts($0) }
  }

  private static func figure(_ row: Row, _ column: Int, _ kind: DerivedFigures.Kind) throws(Refusal) -> String {
    switch kind {
    case .quantity: try row.quantity(column).description
    case .minor: String(try row.int(column))
    }
  }
}

extension RepairReport.Repair {
  /// As the audit trail tells it.
  fileprivate var json: JSON {
    [
      "check": .string(check), "figure": .string(figure), "row": .id(row), "subject": .string(subject),
      "was": .string(was), "becomes": .string(becomes), "proof": .string(proof),
    ]
  }
}
