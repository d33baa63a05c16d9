import BulkheadCore
import BulkheadData

extension ReturnDesk {
  /// Posts what came: goods are ours again at what they had left at (Dr inventory / Cr cost of goods sold); what is
  /// scrapped never comes into stock, its cost becomes a loss (Dr inventory adjustment / Cr cost of goods sold).
  ///
  /// Refuses in this order: `resource.notFound`, `version.mismatch`, `return.wrongState`, the codes of
  /// `ReceivedReturn`, `money.overflow`, `period.closed`, `serial.twice`.
  func receive(_ id: EntityID, _ asked: [ReturnedItem], version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedReturn.take(id, version: version, in: tx)
    try held.require([.accepted], to: "received")
    let now = services.ambient.now
    let lines = SQLValue.ids(held.lines.map(\.shipmentLineID).sorted())
    let rows = try await tx.run(
      [Query(ReturnStatements.issued, lines), Query(ReturnStatements.broughtBack, lines)]
        + ReturnPlaces.queries(held.warehouseID, asked))
    let received = try ReceivedReturn(
      held, asked, issued: try IssuedLine.read(rows[0], rows[1]), places: try ReturnPlaces(rows[2], rows[3]))
    let posting = StockPosting(
      entity: held.entity, originType: "customer_return", originID: id, effectiveAt: now,
      memo: "\(held.number) for \(held.orderNumber)", counterpart: .costOfGoodsSold,
      movements: received.items.enumerated().map { index, item in
        StockMovement(
          productID: item.line.productID, lotKey: item.lotKey, quantity: item.quantity, entered: item.quantity,
          unit: item.line.baseUnit, from: item.from, to: item.to,
          worth: item.disposition == .scrap ? .stays : .arrivesWorth(item.value), originLine: index + 1,
          pointer: "/items/\(index)")
      })
    let plan = try await posting.post(services, in: tx)
    let writes = try written(held, received, plan, now) + scrapped(held, received, now, tx.context)
    _ = try await ConstraintRefusals.translating { try await tx.run(writes) }
    try tx.enqueue(
      ShipmentRecords(services: services, context: tx.context, now: now).orderHistory(
        [held.orderID], event: "order.returned", from: [held.orderStatus], to: [held.orderStatus]))
    try tell(
      "return.received", held, to: .received,
      detail: [.init("value", .string(Money(minor: plan.arrived, held.entity.currency).text))], in: tx)
  }

  private func written(
    _ held: LockedReturn, _ received: ReceivedReturn, _ plan: StockPostingPlan, _ now: Instant
  ) throws(Refusal) -> [Query] {
    let items = received.items
    let sums = try received.sums
    var back: [EntityID: Quantity] = [:]
    for sum in sums {
      back[sum.line.orderLineID] = try (back[sum.line.orderLineID] ?? .zero).adding(sum.quantity)
    }
    let orderLines = back.sorted { $0.key < $1.key }
    return [
      Query(ReturnStatements.receive, .id(held.id), .instant(now)),
      Query(
        ReturnStatements.receiveLines, .ids(sums.map(\.line.id)), .quantities(sums.map(\.quantity)),
        .ints(sums.map(\.value))),
      Query(
        ReturnStatements.insertItems, .id(held.id), .ids(items.map { _ in services.ambient.makeID() }),
        .ints(items.indices.map { Int64($0 + 1) }), .ids(items.map(\.line.id)), .ids(items.map(\.line.productID)),
        .ids(items.map(\.lotKey)), .quantities(items.map(\.quantity)), .ints(items.map(\.value)),
        .texts(items.map(\.disposition.rawValue)), .ids(plan.moves.map(\.id))),
      Query(
        ReturnStatements.returnOrderLines, .ids(orderLines.map(\.key)), .quantities(orderLines.map(\.value))),
      Query(ReturnStatements.touchOrder, .id(held.orderID)),
    ]
  }

  /// What was scrapped had been expensed as cost of goods sold: it was not sold after all.
  private func scrapped(
    _ held: LockedReturn, _ received: ReceivedReturn, _ now: Instant, _ context: TenantContext
  ) throws(Refusal) -> [Query] {
    var loss: Int64 = 0
    for item in received.items where item.disposition == .scrap {
      let (sum, overflow) = loss.addingReportingOverflow(item.value)
      guard !overflow else { throw Money.overflow }
      loss = sum
    }
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .inventory, effectiveOn: CivilDate(now), originType: "customer_return",
      originID: held.id, memo: "\(held.number), scrapped")
    entry.debit(.inventoryAdjustment, loss)
    entry.credit(.costOfGoodsSold, loss)
    return try LedgerEntry.queries([entry], held.entity, context, services.ambient)
  }
}
