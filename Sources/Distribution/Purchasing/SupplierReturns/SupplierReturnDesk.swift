import BulkheadCore
import BulkheadData

/// Sends goods back to suppliers, and takes back receipts that were posted wrongly.
struct SupplierReturnDesk: Sendable {
  let services: Services

  /// Writes down what is to go back; nothing has moved yet.
  ///
  /// Refuses in this order: `quantity.notPositive`, `line.repeated`, `reference.unknown` (lines, and lines of another
  /// order than the first), `reference.unknown` (locations), `location.wrongType`, `supplierReturn.beyondReceived`.
  func request(_ request: SupplierReturnRequest, in tx: Transaction) async throws -> EntityID {
    let now = services.ambient.now
    let today = CivilDate(now)
    try request.check()
    let named = SQLValue.ids(request.lines.map(\.receiptLine))
    let place = try Self.orderNamed(request, try await tx.run(SupplierReturnStatements.orders, named))
    let rows = try await tx.run(
      Query(PurchaseStatements.lock, .id(place)), LegalEntity.query,
      Query(SupplierReturnStatements.candidates, named),
      Query(SupplierReturnStatements.locations, .texts(Set(request.lines.compactMap(\.location)).sorted())))
    let order = try LockedPurchase(rows[0])
    let lines = try draft(request, rows[2], rows[3])
    let books = try LegalEntity(rows[1])
    let entity = LegalEntity(
      id: order.entityID, currency: order.currency, fiscalYearStartMonth: books.fiscalYearStartMonth)
    let series = try await tx.run([NumberSeries.supplierReturn.query(entity, on: today)])
    let number = try NumberSeries.supplierReturn.number(series[0], entity, on: today)
    let id = services.ambient.makeID()
    let state: SupplierReturnState = request.kind == .reversal ? .accepted : .requested
    let header = Query(
      SupplierReturnStatements.insert, .id(id), .id(entity.id), .text(number), .id(order.id), .id(order.supplierID),
      .text(request.kind.rawValue), .bool(request.isExpectedAgain), .text(state.rawValue), .text(request.reason),
      .text(tx.context.actor.description), .instant(now))
    let written = Query(
      SupplierReturnStatements.insertLines, .id(id), .ids(lines.map { _ in services.ambient.makeID() }),
      .ints(lines.indices.map { Int64($0 + 1) }), .ids(lines.map(\.receiptLine)), .ids(lines.map(\.orderLine)),
      .ids(lines.map(\.location)), .quantities(lines.map(\.quantity)))
    let told = try records(tx).queries(
      "supplierReturn.\(state.rawValue)", id: id, number: number, from: nil, to: state,
      detail: [.init("order", .string(order.number)), .init("reason", .string(request.reason))])
    _ = try await ConstraintRefusals.translating { try await tx.run([header, written] + told) }
    return id
  }

  /// The one order that all lines were received for.
  private static func orderNamed(_ request: SupplierReturnRequest, _ rows: Rows) throws(Refusal) -> EntityID {
    var orders: [EntityID: EntityID] = [:]
    for row in rows { orders[try row.id(0)] = try row.id(1) }
    try MentionCheck.refuse(
      .referenceUnknown, "Nothing was received under this line.", "/lines",
      request.lines.indices.filter { orders[request.lines[$0].receiptLine] == nil }
    ) { _ in "/receiptLineId" }
    let named = request.lines.compactMap { orders[$0.receiptLine] }
    try MentionCheck.refuse(
      .referenceUnknown, "This line was received for another order than the first.", "/lines",
      named.indices.filter { named[$0] != named[0] }
    ) { _ in "/receiptLineId" }
    return named[0]
  }

  private struct DraftLine {
    let receiptLine: EntityID
    let orderLine: EntityID
    let location: EntityID
    let quantity: Quantity
  }

  private func draft(
    _ request: SupplierReturnRequest, _ candidates: Rows, _ locations: Rows
  ) throws(Refusal) -> [DraftLine] {
    var found: [EntityID: (order: EntityID, place: EntityID, left: Quantity)] = [:]
    for row in candidates {
      found[try row.id(0)] = (try row.id(1), try row.id(2), try row.quantity(3))
    }
    var places: [String: EntityID] = [:]
    var others: Set<String> = []
    for row in locations {
      let code = try row.text(0)
      if try row.text(2) == "storage" { places[code] = try row.id(1) } else { others.insert(code) }
    }
    func lines(_ broken: (String) -> Bool) -> [Int] {
      request.lines.indices.filter { request.lines[$0].location.map(broken) ?? false }
    }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such location.", "/lines", lines { places[$0] == nil && !others.contains($0) }
    ) { _ in "/location" }
    try MentionCheck.refuse(
      .locationKind, "Stock rests in locations of type storage only.", "/lines", lines { others.contains($0) }
    ) { _ in "/location" }
    try MentionCheck.refuse(
      .supplierReturnBeyondReceived, "This is more than came and is not back or on its way back.", "/lines",
      request.lines.indices.filter { index in
        found[request.lines[index].receiptLine].map { request.lines[index].quantity > $0.left } ?? true
      }
    ) { _ in "/quantity" }
    return request.lines.compactMap { line in
      found[line.receiptLine].map { one in
        DraftLine(
          receiptLine: line.receiptLine, orderLine: one.order,
          location: line.location.flatMap { places[$0] } ?? one.place, quantity: line.quantity)
      }
    }
  }

  /// The supplier takes it back, under a number of its own. Refuses with `resource.notFound`, `version.mismatch`,
  /// `supplierReturn.wrongState`.
  func accept(_ id: EntityID, reference: String?, version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedSupplierReturn.take(id, version: version, in: tx)
    try held.require([.requested], to: "accepted")
    let told = try records(tx).queries(
      "supplierReturn.accepted", held, to: .accepted,
      detail: reference.map { [.init("reference", .string($0))] } ?? [])
    _ = try await ConstraintRefusals.translating {
      try await tx.run([Query(SupplierReturnStatements.accept, .id(id), .optional(reference))] + told)
    }
  }

  /// Gives it up before anything has left. Refuses with `resource.notFound`, `version.mismatch`,
  /// `supplierReturn.wrongState`.
  func cancel(_ id: EntityID, reason: String?, version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedSupplierReturn.take(id, version: version, in: tx)
    try held.require([.requested, .accepted], to: "cancelled")
    let told = try records(tx).queries(
      "supplierReturn.cancelled", held, to: .cancelled, detail: reason.map { [.init("reason", .string($0))] } ?? [])
    _ = try await ConstraintRefusals.translating {
      try await tx.run(
        [Query(SupplierReturnStatements.setState, .id(id), .text(SupplierReturnState.cancelled.rawValue))] + told)
    }
  }

  /// Books the supplier's credit note for what had been billed: the supplier is owed so much less, what went back is
  /// settled at its cost, and what the credit differs by is a variance of the price.
  ///
  /// Refuses with `resource.notFound`, `version.mismatch`, `supplierReturn.wrongState`, `money.malformed`,
  /// `money.overflow`, `supplierReturn.creditTaken`, `period.closed`.
  func credit(_ id: EntityID, _ credit: SupplierCredit, version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedSupplierReturn.take(id, version: version, in: tx)
    try held.require([.shipped], to: "credited")
    let body = BodyReader(["net": .string(credit.net), "tax": .optional(credit.tax)])
    // Parts of what was cleared, which the database holds as one number.
    let cost = held.lines.reduce(Int64(0)) { $0 + $1.toBeCredited }
    guard let net = try body.money("net", held.entity.currency)?.minor else {
      throw body.refusal(.inputInvalid, "Say what the supplier gives.", "net")
    }
    let tax = try body.money("tax", held.entity.currency)?.minor ?? 0
    let total = try Money(minor: net, held.entity.currency).adding(Money(minor: tax, held.entity.currency))
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .payable, effectiveOn: CivilDate(services.ambient.now),
      originType: "supplier_return", originID: id, memo: "Credit \(credit.supplierNumber) for \(held.number)")
    entry.debit(.payable, total.minor, party: held.order.supplierID)
    entry.credit(.receivedNotInvoiced, cost)
    entry.credit(.priceVariance, net - cost)
    entry.credit(.taxReceivable, tax)
    let sums = Dictionary(grouping: held.lines, by: \.orderLine).mapValues { $0.reduce(0) { $0 + $1.toBeCredited } }
      .filter { $0.value != 0 }.sorted { $0.key < $1.key }
    let told = try records(tx).queries(
      "supplierReturn.completed", held, to: .completed,
      detail: [.init("credit", .string(credit.supplierNumber)), .init("total", .string(total.text))])
    let queries =
      [
        Query(
          SupplierReturnStatements.credit, .id(id), .text(credit.supplierNumber), .int(net), .int(tax)),
        Query(SupplierReturnStatements.creditLines, .ids(sums.map(\.key)), .ints(sums.map(\.value))),
      ] + (try LedgerEntry.queries([entry], held.entity, tx.context, services.ambient)) + told
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
  }

  func records(_ tx: Transaction) -> SupplierReturnRecords {
    SupplierReturnRecords(services: services, context: tx.context, now: services.ambient.now)
  }
}
