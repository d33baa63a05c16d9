import BulkheadCore
import BulkheadData

/// Sells at tills. The session's row is the outermost lock, then an order's, then products' cost rows and balances; the
/// till's number comes last.
struct POSDesk: Sendable {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// Takes an order, once: the same client's UUID again answers the order that stands.
  ///
  /// Prices, taxes, payments, goods and the entry in the ledger stand or fall together, in four round trips. Refuses in
  /// this order: the codes of `POSRequest.check`, `posOrder.uuidReused`, `reference.unknown` (session),
  /// `posSession.wrongState`, `setup.missing`, the codes of product lines, `POSDraft` and `POSTender`, `lot.required`,
  /// `stock.insufficient` (serial numbers only), `period.closed`.
  func sell(_ request: POSRequest, in tx: Transaction) async throws -> JSON {
    let now = services.ambient.now
    try request.check(at: now)
    let lookup = try ProductLookup(request.mentions, customer: nil, pointer: "/lines")
    let found = try await tx.run(
      [LockedSession.query(request.sessionID), Query(POSStatements.byClient, .id(request.clientUUID))]
        + lookup.queries)
    if let known = found[1].first { return try await replay(known, request.content, in: tx) }
    let session = try check(request, found[0])
    let measured = try MentionCheck.measure(
      try lookup.products(found.dropFirst(2)), request.mentions, request.lines.map(\.quantity), pointer: "/lines")

    let day = CivilDate(request.soldAt ?? now)
    let products = measured.map(\.product)
    let rows = try await tx.run(
      POSDraft.queries(session, products, on: day) + StockedGoods.queries(session, products, request, services.ambient))
    let draft = try POSDraft(
      request, session, measured, rows: rows[..<POSDraft.count], on: day, services.ambient)
    let goods = try StockedGoods.goods(draft, rows[POSDraft.count...], services.ambient)
    let tender = try request.tenders.isEmpty && draft.total > 0 ? nil : tender(request, session, draft)
    return try await write(request, session, draft, goods, tender, now, tx)
  }

  /// The order that was taken under this UUID. Refuses with `posOrder.uuidReused` when it is not the one handed in.
  private func replay(_ row: Row, _ content: String, in tx: Transaction) async throws -> JSON {
    guard try row.text(1) == content else {
      throw Refusal(.posOrderUUIDReused, "Another order was handed in under this UUID.", at: "/uuid")
    }
    return try await order(try row.id(0), in: tx)
  }

  func order(_ id: EntityID, in tx: Transaction) async throws -> JSON {
    guard let order = try POSReader.order(try await tx.run(POSReader.queries(id))) else { throw Refusal.notFound }
    return order
  }

  private func check(_ request: POSRequest, _ rows: Rows) throws(Refusal) -> LockedSession {
    guard let session = try LockedSession(rows) else {
      throw Refusal(.referenceUnknown, "There is no such session.", at: "/sessionId")
    }
    try session.require(request.isOffline ? [.opened, .closing] : [.opened], to: "sell")
    return session
  }

  private func tender(
    _ request: POSRequest, _ session: LockedSession, _ draft: POSDraft
  ) throws(Refusal) -> POSTender {
    try POSTender(
      try POSTender.amounts(request.tenders, session.entity.currency), total: draft.total,
      isOffline: request.isOffline)
  }

  private func write(
    _ request: POSRequest, _ session: LockedSession, _ draft: POSDraft, _ goods: [GoodsIssue.Goods],
    _ tender: POSTender?, _ now: Instant, _ tx: Transaction
  ) async throws -> JSON {
    let leaves = tender != nil && session.posting == .order
    let issue = GoodsIssue(
      entity: session.entity, originType: "pos_order", originID: draft.id, memo: session.terminalCode,
      from: session.locationID, to: try session.customer(), goods: goods)
    let held = try await tx.run((leaves ? issue.locks : []) + [session.number()])
    let number = try session.number(held[held.count - 1])
    let writer = POSWriter(services: services, context: tx.context, session: session, now: now)
    var queries = writer.order(request, draft, goods, tender, number: number)
    if leaves { queries += try issue.queries(held.dropLast(), services, tx.context) }
    if let tender {
      queries += try writer.entry(draft.id, net: draft.net, tax: draft.tax, tender, number: number)
      try tell("pos.sold", draft.id, number, session, tx)
    } else {
      try tell("pos.opened", draft.id, number, session, tx)
    }
    return try await send(queries, draft.id, tx)
  }

  func send(_ queries: [Query], _ id: EntityID, _ tx: Transaction) async throws -> JSON {
    let rows = try await ConstraintRefusals.translating { try await tx.run(queries + POSReader.queries(id)) }
    guard let order = try POSReader.order(Array(rows.suffix(POSReader.count))) else { throw Refusal.notFound }
    return order
  }

  func tell(
    _ event: String, _ id: EntityID, _ number: String, _ session: LockedSession, refund: EntityID? = nil,
    _ tx: Transaction
  ) throws {
    let detail: JSON = [
      "posOrder": .id(id), "number": .string(number), "session": .id(session.id), "terminal": .id(session.terminalID),
      "refund": refund.map { .id($0) } ?? .null,
    ]
    try tx.enqueue(services.outbox.query(topic: event, key: id.description, payload: detail, context: tx.context))
    try tx.enqueue(
      services.audit.query(
        event, subject: "pos_order:\(id)", detail: ["number": .string(number), "session": .id(session.id)],
        context: tx.context))
  }
}

extension POSTender {
  /// The amounts in minor units. Refuses with `money.malformed`.
  static func amounts(
    _ tenders: [POSRequest.Tender], _ currency: Currency
  ) throws(Refusal) -> [(method: POSMethod, amount: Int64, reference: String?)] {
    var amounts: [(method: POSMethod, amount: Int64, reference: String?)] = []
    for (index, tender) in tenders.enumerated() {
      let reader = BodyReader(["amount": .string(tender.amount)], at: "/payments/\(index)")
      guard let money = try reader.money("amount", currency) else { continue }
      amounts.append((tender.method, money.minor, tender.reference))
    }
    return amounts
  }
}

/// Finds what the lines of an order take out of stock.
enum StockedGoods {
  static func queries(
    _ session: LockedSession, _ products: [MentionedProduct], _ request: POSRequest, _ ambient: Ambient
  ) -> [Query] {
    let ids = SQLValue.ids(Set(products.map(\.id)).sorted())
    // Lots that are named and unknown are made: what the goods say is so.
    var seen: Set<String> = []
    let named = zip(products, request.lines).compactMap { product, line in
      product.tracking == .lot ? line.lot.map { (product.id, $0) } : nil
    }.filter { seen.insert("\($0.0) \($0.1)").inserted }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    let all = zip(products, request.lines).compactMap { product, line in line.lot.map { (product.id, $0) } }
    let found = [
      Query(POSStatements.recipes, ids), Query(POSStatements.lots, .id(session.locationID), ids),
      Query(POSStatements.newestLots, ids),
    ]
    guard !all.isEmpty else { return found }
    return found + [
      Query(
        StockStatements.insertLots, .ids(named.map { _ in ambient.makeID() }), .ids(named.map(\.0)),
        .texts(named.map(\.1)), .texts(named.map { _ in nil })),
      Query(StockStatements.findLots, .ids(all.map(\.0)), .texts(all.map(\.1))),
    ]
  }

  /// The goods, from the answers of `queries`. Refuses with the codes of `POSGoods`.
  static func goods(
    _ draft: POSDraft, _ rows: ArraySlice<Rows>, _ ambient: Ambient
  ) throws(Refusal) -> [GoodsIssue.Goods] {
    let start = rows.startIndex
    let needs = try POSGoods.needs(
      draft.lines.map { ($0.measured, $0.request.lot) }, recipes: try recipes(rows[start]))
    var lots: [POSGoods.Lot] = []
    for row in rows[start + 1] {
      lots.append(
        POSGoods.Lot(
          productID: try row.id(0), lotKey: try row.id(1), onHand: try row.quantity(2), expiry: try row.dateOrNil(3),
          inDate: try row.instant(4)))
    }
    var newest: [EntityID: EntityID] = [:]
    for row in rows[start + 2] { newest[try row.id(0)] = try row.id(1) }
    // Of ingredients only what lies in the place is known; its last lot stands for what lies there no more.
    for lot in lots where newest[lot.productID] == nil { newest[lot.productID] = lot.lotKey }
    var named: [String: EntityID] = [:]
    if rows.count > 4 {
      for row in rows[start + 4] { named["\(try row.id(0)) \(try row.text(1))"] = try row.id(2) }
    }
    let taken = try POSGoods.taken(
      needs, lots: lots,
      named: needs.map { need in need.lot.flatMap { named["\(need.stocked.productID) \($0)"] } }, newest: newest)
    return taken.map {
      GoodsIssue.Goods(
        id: ambient.makeID(), productID: $0.productID, unit: $0.unit, lotKey: $0.lotKey, quantity: $0.quantity,
        line: $0.line)
    }
  }

  private static func recipes(_ rows: Rows) throws(Refusal) -> [EntityID: [POSGoods.Component]] {
    var recipes: [EntityID: [POSGoods.Component]] = [:]
    for row in rows {
      let stocked = POSGoods.Stocked(
        productID: try row.id(2), unit: try row.text(4), tracking: try row.known(5), removal: try row.known(6))
      recipes[try row.id(0), default: []].append(
        POSGoods.Component(stocked: stocked, quantity: try row.quantity(3), yield: try row.quantity(1)))
    }
    return recipes
  }
}
