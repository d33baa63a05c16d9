import BulkheadCore
import BulkheadData

/// Turns an order of a till into rows: one statement for each table.
struct POSWriter {
  let services: Services
  let context: TenantContext
  let session: LockedSession
  let now: Instant

  func order(
    _ request: POSRequest, _ draft: POSDraft, _ goods: [GoodsIssue.Goods], _ tender: POSTender?, number: String
  ) -> [Query] {
    let ambient = services.ambient
    let isPaid = tender != nil
    var queries = [
      Query(
        POSStatements.insertOrder, .id(draft.id), .id(request.clientUUID), .text(request.content), .text(number),
        "sale", .null, .id(session.id), .id(session.entity.id), .text(isPaid ? "paid" : "open"),
        .text(session.entity.currency.code), .int(draft.net), .int(draft.tax), .int(draft.total),
        .int(tender?.difference ?? 0), .bool(request.isOffline), .optional(request.table), .null,
        .instant(request.soldAt ?? now), isPaid ? .instant(now) : .null, .text(context.actor.description),
        .instant(now)),
      lines(draft),
    ]
    let taxes = draft.lines.flatMap { line in line.taxed.parts.map { (line.id, $0) } }
    if !taxes.isEmpty {
      queries.append(
        Query(
          POSStatements.insertTaxes, .ids(taxes.map { _ in ambient.makeID() }), .ids(taxes.map(\.0)),
          .texts(taxes.map(\.1.rate.code)), .texts(taxes.map(\.1.rate.jurisdiction)),
          .prices(taxes.map(\.1.rate.percent)), .ints(taxes.map(\.1.tax))))
    }
    if let tender { queries += payments(draft.id, tender) }
    if !goods.isEmpty {
      queries.append(
        Query(
          POSStatements.insertGoods, .id(draft.id), .instant(now), .ids(goods.map(\.id)),
          .ids(goods.map { draft.lines[$0.line].id }), .ids(goods.map(\.productID)), .ids(goods.map(\.lotKey)),
          .quantities(goods.map(\.quantity))))
    }
    return queries
  }

  private func lines(_ draft: POSDraft) -> Query {
    let lines = draft.lines
    return Query(
      POSStatements.insertLines, .id(draft.id), .ids(lines.map(\.id)), .ints(lines.indices.map { Int64($0 + 1) }),
      .ids(lines.map(\.measured.product.id)), .quantities(lines.map(\.measured.entered)),
      .texts(lines.map(\.measured.product.unit)), .quantities(lines.map(\.measured.base)),
      .prices(lines.map(\.price)), .texts(lines.map { $0.listPrice?.description }),
      .texts(lines.map { $0.request.priceReason?.rawValue }), .ints(lines.map(\.taxed.net)),
      .ints(lines.map(\.taxed.tax)), .ids(lines.map { _ in nil }))
  }

  func payments(_ order: EntityID, _ tender: POSTender) -> [Query] {
    guard !tender.parts.isEmpty else { return [] }
    let parts = tender.parts
    return [
      Query(
        POSStatements.insertPayments, .id(order), .id(session.id), .instant(now),
        .ids(parts.map { _ in services.ambient.makeID() }), .texts(parts.map(\.method.rawValue)),
        .ints(parts.map(\.amount)), .ints(parts.map(\.tendered)), .texts(parts.map(\.reference)))
    ]
  }

  /// The entry of a sale; with negative amounts, of a refund. It falls into the day on which it is posted, also when
  /// the till took it before: a month that has been closed since stays closed.
  func entry(
    _ order: EntityID, net: Int64, tax: Int64, _ tender: POSTender, number: String
  ) throws(Refusal) -> [Query] {
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .cash, effectiveOn: CivilDate(now), originType: "pos_order",
      originID: order, memo: number)
    for method in POSMethod.allCases {
      entry.debit(method.role, try POSDraft.sum(tender.parts.filter { $0.method == method }.map(\.amount)))
    }
    entry.debit(.cashDifference, tender.difference)
    entry.credit(.revenue, net)
    entry.credit(.taxPayable, tax)
    return try LedgerEntry.queries([entry], session.entity, context, services.ambient)
  }
}
