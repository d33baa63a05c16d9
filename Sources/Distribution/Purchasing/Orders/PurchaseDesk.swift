import BulkheadCore
import BulkheadData

/// Orders from suppliers.
struct PurchaseDesk: Sendable {
  let services: Services

  /// Writes a draft with its prices.
  ///
  /// Refuses in this order: `quantity.notPositive`, `price.negative`, the GTIN codes, `reference.unknown` (supplier),
  /// `party.notSupplier`, `party.inactive`, `setup.missing`, `currency.mismatch`, `reference.unknown` (warehouse,
  /// products), `product.inactive`, `unit.unknown`, `quantity.overflow`, `price.missing`, `money.overflow`,
  /// `supplierContract.exhausted`.
  func place(_ request: PurchaseRequest, in tx: Transaction) async throws -> PurchaseOrder {
    try request.check()
    let now = services.ambient.now
    let today = CivilDate(now)
    let lookup = try ProductLookup(request.mentions, customer: nil, pointer: "/lines")
    let rows = try await tx.run(
      [
        Supplier.query(request.supplier), LegalEntity.query, Warehouse.query(request.warehouse),
        PurchaseTolerance.query,
      ] + lookup.queries)
    let supplier = try Supplier(rows[0])
    let entity = try LegalEntity(rows[1])
    try supplier.checkCurrency(entity)
    let warehouse = try Warehouse(rows[2], asked: request.warehouse)
    let measured = try MentionCheck.measure(
      try lookup.products(rows.dropFirst(4)), request.mentions, request.lines.map(\.quantity), pointer: "/lines")
    let terms = try await tx.run(
      SupplierTermsReader.queries(supplier.id, Set(measured.map(\.product.id)).sorted(), on: today)
        + [NumberSeries.purchaseOrder.query(entity, on: today)])
    let plan = try PurchasePlan(
      request, measured, book: try SupplierTermsReader.book(terms[0..<2]),
      tolerance: try PurchaseTolerance(rows[3]), entity.currency)
    let id = services.ambient.makeID()
    let number = try NumberSeries.purchaseOrder.number(terms[2], entity, on: today)
    let header = Query(
      PurchaseStatements.insertOrder, .id(id), .id(entity.id), .text(number), .id(supplier.id), .id(warehouse.id),
      .text(entity.currency.code), .date(request.expectedOn), .date(today), .int(plan.total.minor),
      .text(tx.context.actor.description), .int(plan.leadTimeDays), .instant(now))
    let records = PurchaseRecords(services: services, context: tx.context, now: now)
    return try await answer(
      id,
      [header, lines(plan, of: id)] + releases(plan)
        + records.queries("purchase.drafted", order: id, number: number, from: nil, to: .draft), in: tx)
  }

  /// Takes the order one state further.
  ///
  /// Refuses with `resource.notFound`, `version.mismatch` when `version` is given and is not the order's,
  /// `purchase.wrongState`, `purchase.notCancellable` when goods have come, `setup.missing`.
  func act(
    _ act: PurchaseAct, on id: EntityID, version: Int64?, reason: String? = nil, in tx: Transaction
  ) async throws -> PurchaseOrder {
    let now = services.ambient.now
    let rows = try await tx.run(
      Query(PurchaseStatements.lock, .id(id)), Query(PurchaseStatements.hasReceipts, .id(id)),
      Query(PurchaseStatements.supplierPlace), Query(PurchaseStatements.lineIDs, .id(id)))
    let order = try LockedPurchase(rows[0], version: version)
    guard PurchaseStatus.before(act).contains(order.status) else {
      throw Refusal(
        .purchaseWrongState, "A purchase order that is \(order.status.rawValue) cannot be \(act.result.rawValue).")
    }
    if act == .cancel, !rows[1].isEmpty {
      throw Refusal(.purchaseNotCancellable, "Goods have come against this order: close it instead.")
    }
    var queries = [Query(PurchaseStatements.setStatus, .id(id), .text(act.result.rawValue))]
    switch act {
    case .submit, .send: break
    case .confirm: queries.append(try plan(id, lines: rows[3], from: rows[2], now))
    case .close, .cancel:
      queries += [
        Query(PurchaseStatements.lockReleased, .id(id)), Query(PurchaseStatements.unrelease, .id(id)),
        Query(PurchaseStatements.unplan, .id(id)),
        Query(PurchaseStatements.cancelLines, .id(id)),
      ]
    }
    let records = PurchaseRecords(services: services, context: tx.context, now: now)
    queries += try records.queries(
      "purchase.\(act.result.rawValue)", order: id, number: order.number, from: order.status, to: act.result,
      detail: reason.map { [.init("reason", .string($0))] } ?? [])
    return try await answer(id, queries, in: tx)
  }

  private func plan(_ id: EntityID, lines: Rows, from places: Rows, _ now: Instant) throws(Refusal) -> Query {
    guard let place = places.first else {
      throw Refusal(.setupMissing, "There is no location of type supplier: create one.")
    }
    var ids: [EntityID] = []
    for line in lines { ids.append(try line.id(0)) }
    return Query(
      PurchaseStatements.plan, .id(id), .id(try place.id(0)), .ids(ids),
      .ids(ids.map { _ in services.ambient.makeID() }), .instant(now))
  }

  private func lines(_ plan: PurchasePlan, of order: EntityID) -> Query {
    let lines = plan.lines
    return Query(
      PurchaseStatements.insertLines, .id(order), .ids(lines.map { _ in services.ambient.makeID() }),
      .ints(lines.indices.map { Int64($0 + 1) }), .ids(lines.map(\.measured.product.id)),
      .quantities(lines.map(\.measured.entered)), .texts(lines.map(\.measured.product.unit)),
      .quantities(lines.map(\.measured.base)), .quantities(lines.map(\.receivable)),
      .prices(lines.map(\.price.unitPrice)), .texts(lines.map(\.price.name)),
      .ids(lines.map(\.price.supplierPriceID)), .ids(lines.map(\.price.contractLineID)), .ids(lines.map(\.suggestion)),
      .ints(lines.map(\.amount.minor)))
  }

  private func releases(_ plan: PurchasePlan) -> [Query] {
    guard !plan.releases.isEmpty else { return [] }
    return [
      Query(PurchaseStatements.lockContractLines, .ids(plan.releases.map(\.line))),
      Query(
        PurchaseStatements.release, .ids(plan.releases.map(\.line)), .quantities(plan.releases.map(\.quantity))),
    ]
  }

  /// Sends the writes and reads the order as it now stands.
  private func answer(_ id: EntityID, _ queries: [Query], in tx: Transaction) async throws -> PurchaseOrder {
    let rows = try await ConstraintRefusals.translating {
      try await tx.run(queries + PurchaseReader.queries(id))
    }
    guard let order = try PurchaseReader.order(rows.suffix(2)) else { throw Refusal.notFound }
    return order
  }
}

/// The header of a purchase order whose row is locked.
struct LockedPurchase: Sendable {
  let id: EntityID
  let entityID: EntityID
  let number: String
  let supplierID: EntityID
  let warehouseID: EntityID
  let currency: Currency
  let status: PurchaseStatus

  init(_ rows: Rows, version: Int64? = nil) throws(Refusal) {
    guard let row = rows.first else { throw Refusal.notFound }
    id = try row.id(0)
    entityID = try row.id(1)
    number = try row.text(2)
    supplierID = try row.id(3)
    warehouseID = try row.id(4)
    currency = try row.currency(5)
    status = try row.known(6)
    let current = try row.int(7)
    guard version == nil || version == current else {
      throw Refusal(.versionMismatch, "The order has changed since; its version is \(current).")
    }
  }
}
