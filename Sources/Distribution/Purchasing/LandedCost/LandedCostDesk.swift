import BulkheadCore
import BulkheadData

/// Adds to goods what it took to bring them here.
struct LandedCostDesk: Sendable {
  let services: Services

  typealias Answer = (id: EntityID, json: JSON, version: Int64)

  /// Divides a cost among the lines of receipts, as a draft. Refuses in this order: `setup.missing`,
  /// `reference.unknown` (carrier, receipts), `landedCost.nothingReceived`, `allocation.baseZero`, `money.overflow`.
  func draft(_ request: LandedCost.Request, in tx: Transaction) async throws -> Answer {
    let now = services.ambient.now
    let today = CivilDate(now)
    let receipts = Set(request.receipts).sorted()
    let rows = try await tx.run(
      Query(Self.carrier, .optional(request.carrier)), Query(LandedCostStatements.receipts, .ids(receipts)),
      Query(LandedCostStatements.targets, .ids(receipts), .text(request.allocation.rawValue)), LegalEntity.query)
    let entity = try LegalEntity(rows[3])
    if request.carrier != nil, rows[0].isEmpty {
      throw Refusal(.referenceUnknown, "There is nothing of this id.", at: "/carrierId")
    }
    var found: Set<EntityID> = []
    for row in rows[1] where try row.id(1) == entity.id { found.insert(try row.id(0)) }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such receipt.", "/receiptIds",
      request.receipts.indices.filter { !found.contains(request.receipts[$0]) })
    var targets: [LandedCost.Target] = []
    var bases: [String] = []
    for row in rows[2] {
      bases.append(try row.text(1))
      targets.append(LandedCost.Target(receiptLine: try row.id(0), basis: try Self.basis(try row.text(1))))
    }
    guard !targets.isEmpty else {
      throw Refusal(.landedCostNothingReceived, "Nothing was received that could take the cost.", at: "/receiptIds")
    }
    let shares = try LandedCost.divide(request.amount, among: targets)
    let series = try await tx.run([NumberSeries.landedCost.query(entity, on: today)])
    let number = try NumberSeries.landedCost.number(series[0], entity, on: today)
    let id = services.ambient.makeID()
    let header = Query(
      LandedCostStatements.insert, .id(id), .id(entity.id), .text(number), .text(request.kind.rawValue),
      .text(request.allocation.rawValue), .int(request.amount), .text(entity.currency.code),
      .optional(request.carrier), .text(LandedCost.State.draft.rawValue), .null, .null,
      .text(tx.context.actor.description), .instant(now))
    let lines = Query(
      LandedCostStatements.insertLines, .id(id), .ids(targets.map { _ in services.ambient.makeID() }),
      .ids(targets.map(\.receiptLine)), .texts(bases), .ints(shares.map { $0 }), .ints(shares.map { _ in nil }),
      .ints(shares.map { _ in nil }))
    return try await answer(id, [header, lines], act: "landedCost.drafted", number: number, tx)
  }

  private static let carrier = Statement("SELECT 1 FROM party WHERE id = $1")

  private static func basis(_ text: String) throws(Refusal) -> Int128 {
    do throws(DecimalText.Failure) { return try DecimalText.scaled(text, scale: 6, digits: 36) } catch {
      throw Refusal(.quantityOverflow, "The weight or volume of what was received is too large.")
    }
  }

  /// Posts a draft: what lies in stock takes its share (Dr inventory), what has gone meanwhile costs more (Dr cost of
  /// goods sold), and whoever carried is owed it (Cr freight accrued). Refuses with `resource.notFound`,
  /// `landedCost.wrongState`, `money.overflow`, `period.closed`.
  func post(_ id: EntityID, in tx: Transaction) async throws -> Answer {
    let cost = try await locked(id, in: .draft, tx)
    let today = CivilDate(services.ambient.now)
    let shares = try await shares(of: id, tx)
    let (splits, queries) = try await revalue(cost, id, shares.map { ($0.move, $0.amount) }, tx)
    return try await answer(
      id,
      [
        Query(LandedCostStatements.setState, .id(id), .text(LandedCost.State.posted.rawValue), .date(today)),
        Query(
          LandedCostStatements.splitLines, .ids(shares.map(\.id)), .ints(splits.map(\.stock)),
          .ints(splits.map(\.gone))),
      ] + queries, act: "landedCost.posted", number: cost.number, tx)
  }

  /// Drops a draft. Refuses with `resource.notFound`, `landedCost.wrongState`.
  func cancel(_ id: EntityID, in tx: Transaction) async throws -> Answer {
    let cost = try await locked(id, in: .draft, tx)
    return try await answer(
      id, [Query(LandedCostStatements.setState, .id(id), .text(LandedCost.State.cancelled.rawValue), .null)],
      act: "landedCost.cancelled", number: cost.number, tx)
  }

  /// Posts the opposite of a posted cost, share by share. What has gone meanwhile takes its part back too. Refuses with
  /// `resource.notFound`, `landedCost.wrongState`, `period.closed`.
  func reverse(_ id: EntityID, in tx: Transaction) async throws -> Answer {
    let cost = try await locked(id, in: .posted, tx)
    let now = services.ambient.now
    let today = CivilDate(now)
    guard !cost.isReversal, try await tx.run(LandedCostStatements.reversal, .id(id)).isEmpty else {
      throw Refusal(.landedCostWrongState, "This cost is a reversal, or has been reversed already.")
    }
    let shares = try await shares(of: id, tx)
    let series = try await tx.run([NumberSeries.landedCost.query(cost.entity, on: today)])
    let number = try NumberSeries.landedCost.number(series[0], cost.entity, on: today)
    let reversal = services.ambient.makeID()
    let opposite = Locked(
      entity: cost.entity, number: number, amount: -cost.amount, kind: cost.kind, allocation: cost.allocation,
      carrier: cost.carrier, isReversal: true)
    let (splits, queries) = try await revalue(opposite, reversal, shares.map { ($0.move, -$0.amount) }, tx)
    let header = Query(
      LandedCostStatements.insert, .id(reversal), .id(cost.entity.id), .text(number), .text(cost.kind),
      .text(cost.allocation), .int(-cost.amount), .text(cost.entity.currency.code), .optional(cost.carrier),
      .text(LandedCost.State.posted.rawValue), .id(id), .date(today), .text(tx.context.actor.description),
      .instant(now))
    let lines = Query(
      LandedCostStatements.insertLines, .id(reversal), .ids(shares.map { _ in services.ambient.makeID() }),
      .ids(shares.map(\.receiptLine)), .texts(shares.map(\.basis)), .ints(shares.map { -$0.amount }),
      .ints(splits.map(\.stock)), .ints(splits.map(\.gone)))
    return try await answer(
      reversal, [header, lines] + queries, act: "landedCost.reversed", number: number, tx)
  }

  private func revalue(
    _ cost: Locked, _ id: EntityID, _ shares: [(move: EntityID, amount: Int64)], _ tx: Transaction
  ) async throws -> (splits: [StockRevaluation.Split], queries: [Query]) {
    let (splits, queries) = try await StockRevaluation(
      entity: cost.entity, originType: "landed_cost", originID: id,
      changes: shares.map { StockRevaluation.Change(moveID: $0.move, amount: $0.amount) }, sparesReturned: false
    ).post(services.ambient, in: tx)
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .inventory, effectiveOn: CivilDate(services.ambient.now),
      originType: "landed_cost", originID: id, memo: cost.number)
    // The parts add up to the amount, so neither sum can leave its range.
    entry.debit(.inventory, splits.reduce(0) { $0 + $1.stock })
    entry.debit(.costOfGoodsSold, splits.reduce(0) { $0 + $1.gone })
    entry.credit(.freightAccrual, cost.amount, party: cost.carrier)
    return (splits, queries + (try LedgerEntry.queries([entry], cost.entity, tx.context, services.ambient)))
  }

  /// A cost whose row is locked.
  private struct Locked {
    let entity: LegalEntity
    let number: String
    let amount: Int64
    let kind: String
    let allocation: String
    let carrier: EntityID?
    let isReversal: Bool
  }

  private func locked(_ id: EntityID, in state: LandedCost.State, _ tx: Transaction) async throws -> Locked {
    guard let row = try await tx.run(LandedCostStatements.lock, .id(id)).first else { throw Refusal.notFound }
    let present: LandedCost.State = try row.known(3)
    guard present == state else {
      throw Refusal(.landedCostWrongState, "The cost is \(present.rawValue), not \(state.rawValue).")
    }
    return Locked(
      entity: LegalEntity(
        id: try row.id(1), currency: try row.currency(5), fiscalYearStartMonth: Int(try row.int(10))),
      number: try row.text(2), amount: try row.int(4), kind: try row.text(6), allocation: try row.text(7),
      carrier: row.idOrNil(8), isReversal: !row.isNull(9))
  }

  private typealias Share = (id: EntityID, receiptLine: EntityID, basis: String, amount: Int64, move: EntityID)

  private func shares(of id: EntityID, _ tx: Transaction) async throws -> [Share] {
    var shares: [Share] = []
    for row in try await tx.run(LandedCostStatements.shares, .id(id)) {
      shares.append((try row.id(0), try row.id(1), try row.text(2), try row.int(3), try row.id(4)))
    }
    return shares
  }

  /// Sends the writes with their event and audit entry, and reads the cost as it now stands.
  private func answer(
    _ id: EntityID, _ queries: [Query], act: String, number: String, _ tx: Transaction
  ) async throws -> Answer {
    let told = [
      try services.outbox.query(
        topic: act, key: id.description, payload: ["landedCost": .id(id), "number": .string(number)],
        context: tx.context),
      try services.audit.query(
        act, subject: "landed_cost:\(id)", detail: ["number": .string(number)], context: tx.context),
    ]
    let rows = try await ConstraintRefusals.translating {
      try await tx.run(queries + told + LandedCostStatements.queries(id))
    }
    guard let cost = try LandedCostReader.cost(rows.suffix(2)) else { throw Refusal.notFound }
    return (id, cost.json, cost.version)
  }
}
