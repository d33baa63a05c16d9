import BulkheadCore
import BulkheadData

/// Turns a plan into rows: one statement per table, however many lines, all left to travel with the commit.
struct OrderWriter {
  let services: Services
  let context: TenantContext
  let draft: OrderDraft
  let plan: OrderPlan
  let number: String
  let now: Instant

  /// The order as it will stand, and the statements that make it so.
  func write() throws -> (order: PlacedOrder, queries: [Query]) {
    let orderID = services.ambient.makeID()
    let lineIDs = plan.lines.map { _ in services.ambient.makeID() }
    let order = try placed(orderID, lineIDs)
    var queries = [header(order), OrderStatements.lines([order])]
    if !plan.takes.isEmpty {
      queries.append(OrderStatements.reserve(plan.takes, lineIDs: lineIDs, services.ambient, at: now))
    }
    if plan.exposure > 0 { queries.append(CreditPosition.promise(plan.exposure, to: draft.terms.id)) }
    queries += try OrderRecords(services: services, context: context, now: now).queries(
      event: eventName, act: "order.placed", order: order, from: nil)
    return (order, queries)
  }

  private var eventName: String { Self.eventName(plan.status) }

  /// What is told of an order that begins in `status`.
  static func eventName(_ status: OrderStatus) -> String {
    switch status {
    case .hold: "order.held"
    case .cancelled: "order.cancelled"
    default: "order.confirmed"
    }
  }

  private func header(_ order: PlacedOrder) -> Query {
    Query(
      OrderStatements.insertOrder, .id(order.id), .id(draft.entity.id), .text(number), .id(draft.terms.id),
      .id(draft.warehouse.id), .optional(order.poNumber), .text(order.channel.rawValue),
      .text(order.total.currency.code), .text(order.status.rawValue), .optional(order.holdCode?.rawValue),
      .text(order.shipmentState.rawValue), .text(order.shipPolicy.rawValue), .date(order.requestedOn),
      .int(order.total.minor), .int(plan.exposure), .instant(now))
  }

  /// The order as it will stand.
  func placed(_ orderID: EntityID, _ lineIDs: [EntityID]) throws(Refusal) -> PlacedOrder {
    var lines: [PlacedOrder.Line] = []
    lines.reserveCapacity(plan.lines.count)
    for (index, line) in plan.lines.enumerated() {
      let product = line.measured.product
      lines.append(
        PlacedOrder.Line(
          id: lineIDs[index], number: index + 1, customerLine: line.request.customerLine, productID: product.id,
          sku: product.sku, name: product.name, baseUnit: product.baseUnit, enteredQuantity: line.measured.entered,
          enteredUnit: product.unit, ordered: line.measured.base, open: line.open, reserved: line.reserved,
          backordered: line.backordered, shipped: .zero, invoiced: .zero, returned: .zero, cancelled: line.cancelled,
          unitPrice: line.price.price, listPrice: line.price.listPrice, priceRuleID: line.price.ruleID,
          priceSteps: line.price.steps, expectedPrice: line.request.expectedPrice,
          enteredUnitPrice: PlacedOrder.Line.price(
            line.price.price, ordered: line.measured.base, entered: line.measured.entered),
          amount: line.amount, requestedOn: line.request.requestedOn))
    }
    return PlacedOrder(
      id: orderID, number: number, customerID: draft.terms.id, customerCode: draft.terms.code,
      poNumber: draft.request.poNumber, status: plan.status, holdCode: plan.holdCode,
      shipmentState: plan.status == .confirmed ? .waiting : .none, invoiceState: "none",
      shipPolicy: draft.request.shipPolicy, channel: draft.request.channel, warehouse: draft.warehouse.code,
      requestedOn: draft.request.requestedOn, total: plan.total, placedAt: now, version: 1, lines: lines)
  }
}

extension PlacedOrder.Line {
  /// What one entered unit costs when `entered` of them are `ordered` base units; `nil` when out of range.
  static func price(_ base: UnitPrice, ordered: Quantity, entered: Quantity) -> UnitPrice? {
    guard
      let scaled = Rounding.product(base.scaled, Int128(ordered.millionths), over: Int128(entered.millionths))
    else { return nil }
    return try? UnitPrice(scaled: scaled)
  }
}
