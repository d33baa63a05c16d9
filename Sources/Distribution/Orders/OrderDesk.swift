import BulkheadCore
import BulkheadData

/// Takes orders, whichever way they come: the HTTP routes, the EDI job and the tills all call this.
public struct OrderDesk: Sendable {
  let services: Services

  public init(_ services: Services) { self.services = services }

  /// Checks, prices, credit-checks, reserves and confirms one order in `tx`, with its event and its audit entry. All
  /// of it stands or falls with the transaction.
  ///
  /// Three round trips, the last of which is the commit: look up; price rules and locks (credit row, then quants in
  /// the global order, then the number series); writes. Refuses in a fixed precedence: `order.noLines`,
  /// `order.tooManyLines`, `quantity.notPositive`, `price.negative`, `currency.unknown`, the GTIN codes,
  /// `reference.unknown` (customer), `party.notCustomer`, `party.inactive`, `order.duplicatePO`, `currency.mismatch`,
  /// `setup.missing`, `reference.unknown` (warehouse, products), `product.inactive`, `unit.unknown`,
  /// `quantity.overflow`, `price.missing`, `money.overflow`. Over the credit limit the order is accepted on hold.
  public func place(_ request: OrderRequest, in tx: Transaction) async throws -> PlacedOrder {
    try request.check()
    let now = services.ambient.now
    let today = CivilDate(now)
    let lookup = try ProductLookup(request.mentions, customer: request.customer, pointer: "/lines")
    let found = try await tx.run(
      [CustomerTerms.query(request.customer, poNumber: request.poNumber), Warehouse.query(request.warehouse)]
        + lookup.queries)
    let draft = try OrderDraft(request, lookup: lookup, rows: found)

    let held = try await tx.run(locks(draft, on: today))
    if request.poNumber != nil, held.count > 4, !held[4].isEmpty { throw ConstraintRefusals.duplicatePO }
    let plan = try OrderPlan(
      draft, prices: PriceBook(try held[0].map { row in try PriceRule(row) }, lists: draft.terms.priceLists),
      credit: try CreditPosition(held[1]), stock: try FreeStock.read(held[2]), on: today)
    let number = try NumberSeries.salesOrder.number(held[3], draft.entity, on: today)

    let (order, queries) = try OrderWriter(
      services: services, context: tx.context, draft: draft, plan: plan, number: number, now: now
    ).write()
    for query in queries { try tx.enqueue(query) }
    return order
  }

  /// What the second round trip reads and locks: price rules, credit row, quants, number series, and, after the credit
  /// row has put the customer's orders in a row, whether the PO number has been used meanwhile.
  private func locks(_ draft: OrderDraft, on day: CivilDate) -> [Query] {
    var queries = [
      PriceRule.query(draft.terms, draft.products, on: day), CreditPosition.lock(draft.terms.id),
      FreeStock.lock(Set(draft.products.map(\.id)), in: draft.warehouse.id),
      NumberSeries.salesOrder.query(draft.entity, on: day),
    ]
    if let po = draft.request.poNumber {
      queries.append(Query(OrderStatements.duplicatePO, .id(draft.terms.id), .text(po)))
    }
    return queries
  }

  /// One order, in one round trip. `nil`: absent, or another tenant's.
  public func order(_ id: EntityID, in tenant: Tenant) async throws -> PlacedOrder? {
    try OrderReader.order(try await tenant.read(OrderReader.queries(id)))
  }
}
