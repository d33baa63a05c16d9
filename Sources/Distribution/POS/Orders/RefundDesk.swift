import BulkheadCore
import BulkheadData

/// What a till hands in to give money back.
struct RefundRequest: Sendable {
  let clientUUID: EntityID
  let orderID: EntityID
  /// The session whose drawer pays.
  let sessionID: EntityID
  let reason: String?
  let lines: [RefundPlan.Request]
  let tenders: [POSRequest.Tender]
  let content: String
}

/// Pays, voids and refunds orders that stand.
extension POSDesk {
  /// Takes the payment of an open order. Refuses with `resource.notFound`, `posSession.wrongState`,
  /// `posOrder.wrongState`, the codes of `POSTender`, `period.closed`.
  func pay(_ id: EntityID, _ tenders: [POSRequest.Tender], in tx: Transaction) async throws -> JSON {
    let (session, order) = try await lock(id, in: tx)
    try session.require([.opened, .closing], to: "take payments")
    try order.require(["open"], to: "paid")
    let tender = try POSTender(
      try POSTender.amounts(tenders, session.entity.currency), total: order.total, isOffline: false)
    let now = services.ambient.now
    let goods = try POSStatements.goods(try await tx.run(POSStatements.waitingGoods, .id(id)))
    let issue = GoodsIssue(
      entity: session.entity, originType: "pos_order", originID: id, memo: session.terminalCode,
      from: session.locationID, to: try session.customer(), goods: goods)
    let writer = POSWriter(services: services, context: tx.context, session: session, now: now)
    var queries = [Query(POSStatements.pay, .id(id), .instant(now))] + writer.payments(id, tender)
    if session.posting == .order {
      queries += try issue.queries(try await tx.run(issue.locks)[...], services, tx.context)
    }
    queries += try writer.entry(id, net: order.net, tax: order.tax, tender, number: order.number)
    try tell("pos.sold", id, order.number, session, tx)
    return try await send(queries, id, tx)
  }

  /// Undoes an order: an open one has never been, a paid one is given back whole, in the money it was paid in, while
  /// its session lasts. Refuses with `resource.notFound`, `posSession.wrongState`, `posOrder.wrongState`.
  func void(_ id: EntityID, reason: String, in tx: Transaction) async throws -> JSON {
    let (session, order) = try await lock(id, in: tx)
    try session.require([.opened, .closing], to: "void orders")
    try order.require(["open", "paid"], to: "voided")
    let now = services.ambient.now
    var queries = [
      Query(POSStatements.setStatus, .id(id), "voided", .text(reason)),
      Query(POSStatements.cancelTickets, .id(id), .instant(now)),
    ]
    var refundID: EntityID?
    if order.status == "open" {
      queries.append(Query(POSStatements.dropGoods, .id(id)))
    } else {
      let rows = try await tx.run(
        Query(RefundStatements.lines, .id(id)), Query(RefundStatements.payments, .id(id)))
      var requests: [RefundPlan.Request] = []
      for row in rows[0] {
        let left = try row.quantity(4).subtracting(try row.quantity(5))
        if left.isPositive {
          requests.append(RefundPlan.Request(line: Int(try row.int(1)), quantity: left, restocks: true))
        }
      }
      var parts: [POSTender.Part] = []
      for row in rows[1] where try row.int(1) != 0 {
        let amount = -(try row.int(1))
        parts.append(POSTender.Part(method: try row.known(0), amount: amount, tendered: amount, reference: nil))
      }
      let client = services.ambient.makeID()
      let back = Back(
        id: services.ambient.makeID(), client: client, content: "", original: id, reason: reason, requests: requests)
      let refund = try await refund(back, session, in: tx) { _ in parts }
      queries = refund.queries + queries
      refundID = back.id
    }
    try tell("pos.voided", id, order.number, session, refund: refundID, tx)
    return try await send(queries, id, tx)
  }

  /// Gives back part of a paid order or all of it, once for each UUID. Goods come back at what they left at. Refuses
  /// with `posOrder.uuidReused`, `resource.notFound`, `reference.unknown` (session), `posSession.wrongState`,
  /// `posOrder.wrongState`, the codes of `RefundPlan`, `posRefund.paymentsDiffer`, `period.closed`.
  func refund(_ request: RefundRequest, in tx: Transaction) async throws -> JSON {
    let found = try await tx.run(
      LockedSession.query(request.sessionID), Query(POSStatements.byClient, .id(request.clientUUID)),
      Query(POSStatements.lockOrder, .id(request.orderID)))
    if let known = found[1].first {
      guard try known.text(1) == request.content else {
        throw Refusal(.posOrderUUIDReused, "Another order was handed in under this UUID.", at: "/uuid")
      }
      return try await order(try known.id(0), in: tx)
    }
    let order = try LockedPOSOrder(found[2])
    guard let session = try LockedSession(found[0]) else {
      throw Refusal(.referenceUnknown, "There is no such session.", at: "/sessionId")
    }
    try session.require([.opened], to: "refund")
    try order.require(["paid"], to: "refunded")
    let back = Back(
      id: services.ambient.makeID(), client: request.clientUUID, content: request.content, original: request.orderID,
      reason: request.reason, requests: request.lines)
    let given = try POSTender.amounts(request.tenders, session.entity.currency)
    let refund = try await refund(back, session, in: tx) { (total) throws(Refusal) in
      guard try POSDraft.sum(given.map(\.amount)) == total else {
        throw Refusal(.posRefundPaymentsDiffer, "The payments are not the refund's total.", at: "/payments")
      }
      return given.filter { $0.amount > 0 }.map {
        POSTender.Part(method: $0.method, amount: -$0.amount, tendered: -$0.amount, reference: $0.reference)
      }
    }
    var queries = refund.queries
    if refund.isWhole {
      queries.append(Query(POSStatements.setStatus, .id(request.orderID), "refunded", .null))
    }
    try tell("pos.refunded", back.id, refund.number, session, tx)
    return try await send(queries, back.id, tx)
  }

  /// The order and its session, the session's lock first.
  private func lock(
    _ id: EntityID, in tx: Transaction
  ) async throws -> (session: LockedSession, order: LockedPOSOrder) {
    guard let row = try await tx.run(POSStatements.sessionOf, .id(id)).first else { throw Refusal.notFound }
    let rows = try await tx.run(
      LockedSession.query(try row.id(0)), Query(POSStatements.lockOrder, .id(id)))
    guard let session = try LockedSession(rows[0]) else { throw Refusal.notFound }
    return (session, try LockedPOSOrder(rows[1]))
  }
}

/// The header of an order whose row is locked.
private struct LockedPOSOrder {
  let status: String
  let total: Int64
  let net: Int64
  let tax: Int64
  let number: String

  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first, try row.text(1) == "sale" else { throw Refusal.notFound }
    status = try row.text(0)
    total = try row.int(2)
    net = try row.int(3)
    tax = try row.int(4)
    number = try row.text(6)
  }

  func require(_ states: Set<String>, to act: String) throws(Refusal) {
    guard states.contains(status) else {
      throw Refusal(.posOrderWrongState, "An order that is \(status) cannot be \(act).")
    }
  }
}

/// What goes back, and on account of what.
private struct Back {
  let id: EntityID
  let client: EntityID
  let content: String
  let original: EntityID
  let reason: String?
  let requests: [RefundPlan.Request]
}

extension POSDesk {
  private struct Refunded {
    let queries: [Query]
    let isWhole: Bool
    let number: String
  }

  /// Reads what was sold under the products' cost rows, plans, and answers what writes it. `paid` says how the total,
  /// in minor units, goes back.
  private func refund(
    _ back: Back, _ session: LockedSession, in tx: Transaction,
    paid: (Int64) throws(Refusal) -> [POSTender.Part]
  ) async throws -> Refunded {
    let known = try await tx.run(RefundStatements.products, .id(back.original))
    var products: Set<EntityID> = []
    for row in known { products.insert(try row.id(0)) }
    let rows = try await tx.run(
      StockBooks.queries(session.entity, products: products, issued: []) + [
        Query(RefundStatements.lines, .id(back.original)), Query(RefundStatements.taxes, .id(back.original)),
        Query(RefundStatements.goods, .id(back.original)), session.number(),
      ])
    let (costs, layers) = try StockBooks.read(rows[...])
    let first = StockBooks.count
    let plan = try RefundPlan(
      back.requests, sold: try RefundStatements.sold(rows[first], rows[first + 1]),
      goods: try RefundStatements.goods(rows[first + 2]))
    let number = try session.number(rows[first + 3])
    let parts = try paid(plan.total)
    let now = services.ambient.now
    let writer = POSWriter(services: services, context: tx.context, session: session, now: now)
    let tender = POSTender(parts: parts, difference: -plan.total - (try POSDraft.sum(parts.map(\.amount))))
    var queries = writer.refund(
      plan, back.id, back.client, back.content, back.original, back.reason, number, tender.difference)
    queries += writer.payments(back.id, tender)
    queries += try writer.returns(plan, back.id, number, to: session.locationID, costs, layers)
    queries += try writer.entry(back.id, net: -plan.net, tax: -plan.tax, tender, number: number)
    return Refunded(
      queries: queries, isWhole: plan.isWhole, number: number)
  }
}

extension POSTender {
  fileprivate init(parts: [Part], difference: Int64) {
    self.parts = parts
    self.difference = difference
  }
}

extension POSWriter {
  fileprivate func refund(
    _ plan: RefundPlan, _ id: EntityID, _ client: EntityID, _ content: String, _ original: EntityID, _ reason: String?,
    _ number: String, _ difference: Int64
  ) -> [Query] {
    let ambient = services.ambient
    let lines = plan.lines.map { (id: ambient.makeID(), line: $0) }
    var queries = [
      Query(
        POSStatements.insertOrder, .id(id), .id(client), .text(content), .text(number), "refund", .id(original),
        .id(session.id), .id(session.entity.id), "paid", .text(session.entity.currency.code), .int(-plan.net),
        .int(-plan.tax), .int(-plan.total), .int(difference), .bool(false), .null, .optional(reason), .instant(now),
        .instant(now),
        .text(context.actor.description), .instant(now)),
      Query(
        POSStatements.insertLines, .id(id), .ids(lines.map(\.id)), .ints(lines.indices.map { Int64($0 + 1) }),
        .ids(lines.map(\.line.sold.productID)), .quantities(lines.map(\.line.quantity)),
        .texts(lines.map(\.line.sold.unit)), .quantities(lines.map(\.line.quantity)),
        .prices(lines.map(\.line.sold.unitPrice)), .texts(lines.map { _ in nil }), .texts(lines.map { _ in nil }),
        .ints(lines.map { -$0.line.net }), .ints(lines.map { -$0.line.tax }), .ids(lines.map(\.line.sold.id))),
      Query(
        RefundStatements.returnLines, .ids(lines.map(\.line.sold.id)), .quantities(lines.map(\.line.quantity))),
    ]
    let taxes = lines.flatMap { line in line.line.taxes.map { (line.id, $0) } }
    if !taxes.isEmpty {
      queries.append(
        Query(
          POSStatements.insertTaxes, .ids(taxes.map { _ in ambient.makeID() }), .ids(taxes.map(\.0)),
          .texts(taxes.map(\.1.code)), .texts(taxes.map(\.1.jurisdiction)), .prices(taxes.map(\.1.percent)),
          .ints(taxes.map { -$0.1.minor })))
    }
    return queries
  }

  /// Goods that come back, with the value at which they left.
  fileprivate func returns(
    _ plan: RefundPlan, _ id: EntityID, _ number: String, to place: EntityID,
    _ costs: [EntityID: StockPostingPlan.Cost], _ layers: [OpenLayer]
  ) throws(Refusal) -> [Query] {
    guard !plan.returns.isEmpty else { return [] }
    let customer = try session.customer()
    func movement(_ back: RefundPlan.Return, _ quantity: Quantity, _ worth: StockMovement.Worth) -> StockMovement {
      StockMovement(
        productID: back.goods.productID, lotKey: back.goods.lotKey, quantity: quantity, entered: quantity,
        unit: back.goods.unit, from: customer, to: place, worth: worth, originLine: back.line + 1,
        pointer: "/lines/\(back.line)")
    }
    let movements = plan.returns.flatMap { back in
      (back.valued.isPositive ? [movement(back, back.valued, .arrivesWorth(back.value))] : [])
        + (back.unvalued.isPositive ? [movement(back, back.unvalued, .stays)] : [])
    }
    let returns = plan.returns
    var queries = [
      Query(
        RefundStatements.returnGoods, .ids(returns.map(\.goods.id)), .quantities(returns.map(\.unposted)),
        .quantities(returns.map(\.valued)), .ints(returns.map(\.value)))
    ]
    let short = returns.filter { $0.unvalued.isPositive }
    if !short.isEmpty {
      queries.append(
        Query(
          RefundStatements.cancelShortages, .ids(short.map(\.goods.shortageID)), .quantities(short.map(\.unvalued))))
    }
    let posting = StockPosting(
      entity: session.entity, originType: "pos_order", originID: id, effectiveAt: now, memo: number,
      counterpart: .costOfGoodsSold, movements: movements)
    let posted = try StockPostingPlan(posting, costs: costs, layers: layers, services.ambient)
    return queries
      + (try StockPostingWriter(services: services, context: context, posting: posting, plan: posted).queries())
  }
}
