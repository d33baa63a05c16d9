import BulkheadCore
import BulkheadData

/// Takes in what suppliers send: stock, lots, value, what is owed for it, and what is still to come.
struct ReceiptDesk: Sendable {
  let services: Services

  /// Posts one receipt, all or nothing. Goods come in at the price that they were ordered at; what they cost is owed to
  /// whoever invoices them (Dr inventory / Cr goods received, not invoiced).
  ///
  /// Refuses in this order: `resource.notFound`, `date.inFuture`, `quantity.notPositive`, `purchase.wrongState`,
  /// `reference.unknown` (lines), `unit.unknown`, `quantity.overflow`, `lot.required`, `lot.notTracked`,
  /// `serial.notSingle`, `receipt.overTolerance`, `reference.unknown` (location), `location.wrongType`,
  /// `setup.missing`, `money.overflow`, `period.closed`, `serial.twice`.
  func receive(_ request: ReceiptRequest, in tx: Transaction) async throws -> (id: EntityID, json: JSON) {
    let now = services.ambient.now
    let today = CivilDate(now)
    let rows = try await tx.run(
      [Query(PurchaseStatements.lock, .id(request.order)), Query(PurchaseStatements.supplierPlace)]
        + ReceiptDraft.queries(request) + [LegalEntity.query])
    let order = try LockedPurchase(rows[0])
    try request.check(today)
    guard order.status.isReceivable else {
      throw Refusal(
        .purchaseWrongState, "Nothing can be received against an order that is \(order.status.rawValue).")
    }
    let draft = try ReceiptDraft(request, order, rows[2..<5])
    guard let source = try rows[1].first.map({ row throws(Refusal) in try row.id(0) }) else {
      throw Refusal(.setupMissing, "There is no location of type supplier: create one.")
    }
    let books = try LegalEntity(rows[5])
    let entity = LegalEntity(
      id: order.entityID, currency: order.currency, fiscalYearStartMonth: books.fiscalYearStartMonth)
    let lots = ReceiptLots(draft.lines)
    let made = try await tx.run(lots.queries(services.ambient) + [NumberSeries.receipt.query(entity, on: today)])
    let number = try NumberSeries.receipt.number(made[2], entity, on: today)
    let keys = try lots.keys(made[1])
    let id = services.ambient.makeID()
    let posting = StockPosting(
      entity: entity, originType: "receipt", originID: id,
      effectiveAt: try request.receivedOn.map { day throws(Refusal) in try day.noon(or: now) } ?? now,
      memo: "\(number) for \(order.number)", counterpart: .receivedNotInvoiced,
      movements: draft.lines.enumerated().map { index, line in
        StockMovement(
          productID: line.named.productID, lotKey: keys[index], quantity: line.quantity,
          entered: line.request.quantity, unit: line.named.unit, from: source, to: line.locationID,
          worth: .arrives(at: line.named.unitPrice), originLine: index + 1, pointer: "/lines/\(index)")
      })
    let plan = try await posting.post(services, in: tx)
    let header = Query(
      ReceiptStatements.insert, .id(id), .id(entity.id), .text(number), .id(order.id),
      .optional(request.deliveryNote), .date(request.receivedOn ?? today), .text(tx.context.actor.description),
      .instant(now))
    let records = PurchaseRecords(services: services, context: tx.context, now: now)
    let told = try records.queries(
      "purchase.received", order: order.id, number: order.number, from: order.status, to: order.status,
      detail: [
        .init("receipt", .string(number)),
        .init("value", .string(Money(minor: plan.arrived, order.currency).text)),
      ])
    let written = try lines(draft, plan, of: id)
    let putaway = try await PutawayPlanner(services: services).queries(
      zip(draft.lines, keys).filter { $0.0.request.condition == .good }.map { line, lot in
        PutawayPlanner.Received(
          goods: PutawayPlan.Goods(productID: line.named.productID, lotKey: lot, quantity: line.quantity),
          locationID: line.locationID)
      }, receipt: id, number: number, entity: entity, in: tx)
    let answer = try await ConstraintRefusals.translating {
      try await tx.run(
        [header] + written + putaway + [Query(PurchaseStatements.touch, .id(order.id))] + told
          + ReceiptStatements.queries(id))
    }
    guard let json = try ReceiptReader.receipt(answer.suffix(2)) else { throw Refusal.notFound }
    return (id, json)
  }

  private func lines(
    _ draft: ReceiptDraft, _ plan: StockPostingPlan, of receipt: EntityID
  ) throws(Refusal) -> [Query] {
    let posted = Array(zip(draft.lines, plan.moves))
    var sums: [EntityID: (quantity: Quantity, minor: Int64, move: EntityID)] = [:]
    for (line, move) in posted {
      let before = sums[line.named.id] ?? (.zero, 0, move.id)
      // The posting has added up the values of all moves: a part of that sum cannot overflow.
      sums[line.named.id] = (
        try before.quantity.adding(line.quantity), before.minor + (move.value ?? 0), move.id
      )
    }
    let touched = sums.sorted { $0.key < $1.key }
    return [
      Query(
        ReceiptStatements.insertLines, .id(receipt), .ids(posted.map { _ in services.ambient.makeID() }),
        .ints(posted.indices.map { Int64($0 + 1) }), .ids(posted.map(\.0.named.id)), .ids(posted.map(\.1.id)),
        .quantities(posted.map(\.0.quantity)), .ints(posted.map { $0.1.value ?? 0 }),
        .texts(posted.map(\.0.request.condition.rawValue)), .texts(posted.map { $0.0.advised?.description })),
      Query(
        ReceiptStatements.receiveLines, .ids(touched.map(\.key)), .quantities(touched.map(\.value.quantity)),
        .ints(touched.map(\.value.minor))),
      Query(ReceiptStatements.fulfil, .ids(touched.map(\.key)), .ids(touched.map(\.value.move))),
    ]
  }
}

/// The lots that a receipt names, each made once.
private struct ReceiptLots {
  private let lines: [ReceiptDraft.Line]

  init(_ lines: [ReceiptDraft.Line]) { self.lines = lines }

  /// Makes what is new and finds all: two queries.
  func queries(_ ambient: Ambient) -> [Query] {
    var seen: Set<String> = []
    let named = lines.compactMap { line in line.request.lot.map { (line, $0) } }
      .filter { seen.insert("\($0.0.named.productID) \($0.1)").inserted }
      .sorted { ($0.0.named.productID, $0.1) < ($1.0.named.productID, $1.1) }
    let products = SQLValue.ids(named.map(\.0.named.productID))
    let codes = SQLValue.texts(named.map(\.1))
    return [
      Query(
        StockStatements.insertLots, .ids(named.map { _ in ambient.makeID() }), products, codes,
        .texts(named.map { $0.0.request.expiry?.description })),
      Query(StockStatements.findLots, products, codes),
    ]
  }

  /// The lot of each line, or the zero id.
  func keys(_ rows: Rows) throws(Refusal) -> [EntityID] {
    var found: [String: EntityID] = [:]
    for row in rows { found["\(try row.id(0)) \(try row.text(1))"] = try row.id(2) }
    var keys: [EntityID] = []
    for line in lines {
      guard let code = line.request.lot else {
        keys.append(.zero)
        continue
      }
      guard let lot = found["\(line.named.productID) \(code)"] else {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a lot is missing after its insert")
      }
      keys.append(lot)
    }
    return keys
  }
}

extension CivilDate {
  /// Noon of this day in UTC, so that the day is the same wherever it is read; `now` when it is today.
  func noon(or now: Instant) throws(Refusal) -> Instant {
    guard self != CivilDate(now) else { return now }
    guard let noon = Instant(postgres: "\(self) 12:00:00+00") else {
      throw Refusal(.dateMalformed, "This is not a date between 1900-01-01 and 9999-12-31.")
    }
    return noon
  }
}
