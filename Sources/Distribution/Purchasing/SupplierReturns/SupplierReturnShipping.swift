import BulkheadCore
import BulkheadData

extension SupplierReturnDesk {
  /// Goods leave for their supplier, all of them or none: at what layers say they are worth (Dr goods received, not
  /// invoiced / Cr inventory), and the difference to the cost at which they came goes to the price variance.
  ///
  /// Refuses in this order: `resource.notFound`, `version.mismatch`, `date.inFuture`, `supplierReturn.wrongState`,
  /// `supplierReturn.beforeReceipt`, `supplierReturn.beyondReceived`, `setup.missing`,
  /// `supplierReturn.putAway`, `stock.insufficient`, `money.overflow`, `period.closed`, `stockPeriod.closed`.
  func ship(_ id: EntityID, on day: CivilDate?, version: Int64?, in tx: Transaction) async throws {
    let now = services.ambient.now
    let today = CivilDate(now)
    let held = try await LockedSupplierReturn.take(id, version: version, in: tx)
    if let day, day > today {
      throw Refusal(.dateInFuture, "Goods cannot have left on a day that has not come.", at: "/shippedOn")
    }
    try held.require([.accepted], to: "shipped")
    if let day, let came = held.lines.map(\.receivedOn).max(), day < came {
      throw Refusal(
        .supplierReturnBeforeReceipt, "Goods cannot have left before they came, on \(came).", at: "/shippedOn")
    }
    let splits = try splits(held)
    guard let place = try await tx.run(PurchaseStatements.supplierPlace).first else {
      throw Refusal(.setupMissing, "There is no location of type supplier: create one.")
    }
    let supplier = try place.id(0)
    let posting = StockPosting(
      entity: held.entity, originType: "supplier_return", originID: id,
      effectiveAt: try day.map { day throws(Refusal) in try day.noon(or: now) } ?? now,
      memo: "\(held.number) for \(held.order.number)", counterpart: .receivedNotInvoiced,
      movements: held.lines.map { line in
        StockMovement(
          productID: line.productID, lotKey: line.lotKey, quantity: line.quantity, entered: line.quantity,
          unit: line.baseUnit, from: line.locationID, to: supplier, worth: .leaves, originLine: line.number,
          pointer: "/lines/\(line.number - 1)")
      })
    let recall = try await PutawayRecall(services: services, number: held.number).queries(id, in: tx)
    let plan = try await posting.post(services, in: tx)
    let state: SupplierReturnState = splits.contains { $0.billed.quantity.isPositive } ? .shipped : .completed
    var queries = [Query(SupplierReturnStatements.ship, .id(id), .text(state.rawValue), .date(day ?? today))]
    queries += try written(held, splits, plan) + recall
    queries += replanned(held, from: supplier)
    queries += try LedgerEntry.queries(
      [variance(held, splits, plan, on: CivilDate(posting.effectiveAt))], held.entity, tx.context, services.ambient)
    let told = try records(tx).queries(
      "supplierReturn.shipped", held, to: state,
      detail: [.init("value", .string(Money(minor: plan.left, held.entity.currency).text))])
    queries += told
    if state == .completed {
      queries += try records(tx).queries(
        "supplierReturn.completed", id: id, number: held.number, from: .shipped, to: .completed)
    }
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
  }

  private func splits(_ held: LockedSupplierReturn) throws(Refusal) -> [SupplierReturnSplit] {
    var splits: [SupplierReturnSplit] = []
    for line in held.lines {
      guard let split = try SupplierReturnSplit(line.quantity, unbilled: line.unbilled, billed: line.billed) else {
        throw Refusal(
          .supplierReturnBeyondReceived, "Line \(line.number) is more than came and is not back already.",
          at: "/lines/\(line.number - 1)")
      }
      splits.append(split)
    }
    return splits
  }

  private func written(
    _ held: LockedSupplierReturn, _ splits: [SupplierReturnSplit], _ plan: StockPostingPlan
  ) throws(Refusal) -> [Query] {
    struct Sum {
      var quantity = Quantity.zero
      var open = Quantity.zero
      var value: Int64 = 0
    }
    var sums: [EntityID: Sum] = [:]
    for (line, split) in zip(held.lines, splits) {
      var sum = sums[line.orderLine] ?? Sum()
      sum.quantity = try sum.quantity.adding(line.quantity)
      sum.open = try sum.open.adding(split.open.quantity)
      // Parts of what the order's line has received, which the database holds as one number.
      sum.value += split.value
      sums[line.orderLine] = sum
    }
    let touched = sums.sorted { $0.key < $1.key }
    let reopens = held.isExpectedAgain && held.order.status.isReceivable
    return [
      Query(
        SupplierReturnStatements.shipLines, .ids(held.lines.map(\.id)), .quantities(splits.map(\.open.quantity)),
        .ints(splits.map(\.open.value)), .ints(splits.map(\.billed.value)), .ints(plan.moves.map { $0.value ?? 0 }),
        .ids(plan.moves.map(\.id))),
      Query(
        SupplierReturnStatements.returnReceipts, .ids(held.lines.map(\.receiptLine)),
        .quantities(splits.map(\.open.quantity)), .ints(splits.map(\.open.value)),
        .quantities(splits.map(\.billed.quantity)), .ints(splits.map(\.billed.value))),
      Query(
        SupplierReturnStatements.returnLines, .ids(touched.map(\.key)), .quantities(touched.map(\.value.quantity)),
        .quantities(touched.map(\.value.open)), .ints(touched.map(\.value.value)),
        .quantities(touched.map { reopens ? $0.value.quantity : .zero })),
      Query(PurchaseStatements.touch, .id(held.order.id)),
    ]
  }

  /// What is to come again is planned again; nothing comes against an order that is closed.
  private func replanned(_ held: LockedSupplierReturn, from supplier: EntityID) -> [Query] {
    guard held.isExpectedAgain, held.order.status.isReceivable else { return [] }
    let lines = Set(held.lines.map(\.orderLine)).sorted()
    return [
      Query(SupplierReturnStatements.replan, .ids(lines)),
      Query(
        SupplierReturnStatements.plan, .ids(lines), .ids(lines.map { _ in services.ambient.makeID() }),
        .id(supplier), .instant(services.ambient.now)),
    ]
  }

  /// What the goods had cost as they came, less what they were worth as they left.
  private func variance(
    _ held: LockedSupplierReturn, _ splits: [SupplierReturnSplit], _ plan: StockPostingPlan, on day: CivilDate
  ) -> LedgerEntry {
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .inventory, effectiveOn: day, originType: "supplier_return",
      originID: held.id, memo: "\(held.number): cost of the receipt")
    // Both are sums that the posting and the database hold as one number.
    let difference = splits.reduce(Int64(0)) { $0 + $1.value } - plan.left
    entry.debit(.receivedNotInvoiced, difference)
    entry.credit(.priceVariance, difference)
    return entry
  }
}
