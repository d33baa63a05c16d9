import BulkheadCore
import BulkheadData

/// Proposes what to order, and turns what people accept into purchase orders.
struct ReplenishmentDesk: Sendable {
  /// Policies that one run looks at.
  static let policiesMax = 5000

  let services: Services

  struct Outcome: Sendable {
    let proposed: [EntityID]
    let expired: Int
    let unchanged: Int
  }

  /// Looks at every active policy of a warehouse, or of all. Refuses with `reference.unknown` (warehouse),
  /// `setup.missing`, `replenishment.tooManyPolicies`.
  func run(warehouse code: String?, in tx: Transaction) async throws -> Outcome {
    let now = services.ambient.now
    let places = try await tx.run([LegalEntity.query, Warehouse.query(code)])
    let entity = try LegalEntity(places[0])
    let warehouse = try code.map { code throws(Refusal) in try Warehouse(places[1], asked: code) }
    let locked = try await tx.run(
      ReplenishmentStatements.lockPolicies, .optional(warehouse?.id), .int(Int64(Self.policiesMax + 1)))
    guard locked.count <= Self.policiesMax else {
      throw Refusal(
        .replenishmentTooManyPolicies, "There are more than \(Self.policiesMax) policies: name a warehouse.",
        at: "/warehouse")
    }
    var ids: [EntityID] = []
    for row in locked { ids.append(try row.id(0)) }
    var policies: [ReplenishmentRun.Policy] = []
    for row in try await tx.run(ReplenishmentStatements.positions, .ids(ids)) {
      policies.append(try ReplenishmentRun.Policy(row))
    }
    let prices = try await tx.run(
      SupplierTermsReader.prices, .null, .ids(Set(policies.map(\.productID)).sorted()), .date(CivilDate(now)),
      .text(entity.currency.code))
    let run = try ReplenishmentRun(policies, prices: try SupplierTermsReader.prices(prices))
    return try await write(run, now, in: tx)
  }

  private func write(_ run: ReplenishmentRun, _ now: Instant, in tx: Transaction) async throws -> Outcome {
    let ids = run.proposals.map { _ in services.ambient.makeID() }
    let outcome = Outcome(proposed: ids, expired: run.expired.count, unchanged: run.unchanged)
    var queries: [Query] = []
    if !run.expired.isEmpty {
      queries.append(Query(ReplenishmentStatements.expire, .ids(run.expired), .instant(now)))
    }
    if !ids.isEmpty {
      let proposals = run.proposals
      queries.append(
        Query(
          ReplenishmentStatements.propose, .ids(ids), .ids(proposals.map(\.policy.id)),
          .ids(proposals.map(\.policy.productID)), .ids(proposals.map(\.policy.warehouseID)),
          .ids(proposals.map(\.supplierID)), .quantities(proposals.map(\.quantity)),
          .texts(proposals.map(\.inputs.text)), .instant(now)))
    }
    guard !queries.isEmpty else { return outcome }
    let detail: JSON = ["proposed": .int(ids.count), "expired": .int(run.expired.count)]
    let id = services.ambient.makeID()
    queries += [
      try services.outbox.query(
        topic: "replenishment.suggested", key: id.description, payload: detail, context: tx.context),
      try services.audit.query(
        "replenishment.run", subject: "replenishment_run:\(id)", detail: detail, context: tx.context),
    ]
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    return outcome
  }

  /// Accepts a proposal, with another quantity when one is given. Refuses with `resource.notFound`,
  /// `suggestion.wrongState`.
  func accept(_ id: EntityID, quantity: Quantity?, in tx: Transaction) async throws {
    _ = try await locked(id, in: [.proposed], tx)
    try await set(id, .accepted, quantity: quantity, reason: nil, tx)
  }

  /// Turns a proposal down. It is made again by the next run, unless the policy is changed. Refuses as `accept` does.
  func reject(_ id: EntityID, reason: String?, in tx: Transaction) async throws {
    _ = try await locked(id, in: [.proposed, .accepted], tx)
    try await set(id, .rejected, quantity: nil, reason: reason, tx)
  }

  /// Makes a draft of a purchase order out of an accepted proposal. Refuses with `resource.notFound`,
  /// `suggestion.wrongState`, `suggestion.noSupplier` and as `PurchaseDesk.place` does.
  func order(_ id: EntityID, in tx: Transaction) async throws -> PurchaseOrder {
    let row = try await locked(id, in: [.accepted], tx)
    guard let supplier = row.idOrNil(3) else {
      throw Refusal(
        .suggestionNoSupplier, "Nobody is known to sell this: give the policy a supplier, or a supplier a price.")
    }
    let request = PurchaseRequest(
      supplier: supplier, warehouse: try row.text(4), expectedOn: nil,
      lines: [
        PurchaseRequest.Line(
          product: .id(try row.id(1)), quantity: try row.quantity(2), unit: nil, unitPrice: nil, suggestion: id)
      ])
    let order = try await PurchaseDesk(services: services).place(request, in: tx)
    try await set(id, .ordered, quantity: nil, reason: order.number, tx)
    return order
  }

  private func locked(
    _ id: EntityID, in allowed: Set<SuggestionState>, _ tx: Transaction
  ) async throws -> Row {
    guard let row = try await tx.run(ReplenishmentStatements.lockSuggestion, .id(id)).first else {
      throw Refusal.notFound
    }
    let state: SuggestionState = try row.known(0)
    guard allowed.contains(state) else {
      throw Refusal(.suggestionWrongState, "The proposal is \(state.rawValue) already.")
    }
    return row
  }

  private func set(
    _ id: EntityID, _ state: SuggestionState, quantity: Quantity?, reason: String?, _ tx: Transaction
  ) async throws {
    var detail: [JSON.Member] = []
    if let quantity { detail.append(.init("quantity", quantity.json)) }
    if let reason { detail.append(.init("reason", .string(reason))) }
    _ = try await tx.run(
      Query(
        ReplenishmentStatements.setState, .id(id), .text(state.rawValue), .optional(quantity?.description),
        .optional(reason), .instant(services.ambient.now)),
      services.audit.query(
        "replenishment.\(state.rawValue)", subject: "suggestion:\(id)", detail: .object(detail),
        context: tx.context))
  }
}

/// State of a proposal: proposed -> accepted -> ordered, or rejected by a person, or expired by a later run.
enum SuggestionState: String, Sendable, CaseIterable {
  case proposed, accepted, ordered, rejected, expired
}

extension ReplenishmentRun.Policy {
  /// Columns of `ReplenishmentStatements.positions`.
  init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    productID = try row.id(1)
    warehouseID = try row.id(2)
    rule = ReorderQuantity(method: try row.known(3), reorderPoint: try row.quantity(4), target: try row.quantity(5))
    supplierID = row.idOrNil(6)
    position = ReorderQuantity.Position(
      onHand: try row.quantity(7), onOrder: try row.quantity(8), backordered: try row.quantity(9),
      reserved: try row.quantity(10))
    if let proposal = row.idOrNil(11) {
      let state: SuggestionState = try row.known(14)
      open = ReplenishmentRun.Open(
        id: proposal, quantity: try row.quantity(12), supplierID: row.idOrNil(13), isAccepted: state == .accepted)
    } else {
      open = nil
    }
  }
}
