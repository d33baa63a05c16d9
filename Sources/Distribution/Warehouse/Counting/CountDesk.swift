import BulkheadCore
import BulkheadData

/// Counts balances and posts what was found to be different.
public struct CountDesk: Sendable {
  let services: Services

  public init(_ services: Services) { self.services = services }

  /// Asks for a count of one balance. Refuses with `reference.unknown`, `location.wrongType`, `countTask.exists`.
  func request(_ quant: EntityID, note: String?, in tx: Transaction) async throws -> EntityID {
    guard let row = try await tx.run(CountStatements.quant, .id(quant)).first else {
      throw Refusal(.referenceUnknown, "There is no such balance.", at: "/quantId")
    }
    guard try row.text(0) == "storage" else {
      throw Refusal(.locationKind, "Only what lies in a storage place can be counted.", at: "/quantId")
    }
    let id = services.ambient.makeID()
    let insert = Query(
      CountStatements.request, .id(id), .id(quant), .text(note ?? ""), .text(tx.context.actor.description),
      .instant(services.ambient.now))
    _ = try await ConstraintRefusals.translating { try await tx.run([insert]) }
    try tell("count.requested", id, tx)
    return id
  }

  /// Somebody goes to count. Refuses with `resource.notFound`, `countTask.wrongState`.
  func start(_ task: EntityID, in tx: Transaction) async throws {
    _ = try await lock(task, in: ["requested"], to: "started", tx)
    try tx.enqueue(Query(CountStatements.setState, .id(task), "counting", .instant(services.ambient.now)))
    try tell("count.started", task, tx)
  }

  /// Takes the result. What the books say is read in the same moment, so that goods which move before the approval do
  /// not change the difference; a second result replaces the first. Refuses with `resource.notFound`,
  /// `countTask.wrongState`.
  func count(_ task: EntityID, _ quantity: Quantity, in tx: Transaction) async throws {
    let locked = try await lock(task, in: ["requested", "counting", "counted"], to: "counted", tx)
    try tx.enqueue(
      Query(
        CountStatements.counted, .id(task), .quantity(locked.onHand), .quantity(quantity),
        .text(tx.context.actor.description), .instant(services.ambient.now)))
    try tell("count.counted", task, tx)
  }

  /// Posts the difference against lost and found. Refuses with `resource.notFound`, `countTask.wrongState`,
  /// `setup.missing`, `stock.insufficient` (what is missing is reserved), `cost.missing`, `period.closed`.
  func approve(_ task: EntityID, in tx: Transaction) async throws {
    let now = services.ambient.now
    let locked = try await lock(task, in: ["counted"], to: "approved", tx)
    guard let expected = locked.expected, let counted = locked.counted else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a count without a result")
    }
    let variance = try counted.subtracting(expected)
    if !variance.isZero {
      let posting = StockPosting(
        entity: locked.entity, originType: "count_task", originID: task, effectiveAt: now, memo: "Count",
        counterpart: .inventoryAdjustment, movements: [locked.movement(variance)])
      _ = try await posting.post(services, in: tx)
    }
    try tx.enqueue(
      Query(CountStatements.approved, .id(task), .text(tx.context.actor.description), .instant(now)))
    try tell("count.approved", task, tx, [.init("variance", variance.json)])
  }

  /// Refuses with `resource.notFound`, `countTask.wrongState`.
  func cancel(_ task: EntityID, in tx: Transaction) async throws {
    _ = try await lock(task, in: ["requested", "counting"], to: "cancelled", tx)
    try tx.enqueue(Query(CountStatements.setState, .id(task), "cancelled", .instant(services.ambient.now)))
    try tell("count.cancelled", task, tx)
  }

  /// The product's cost row, the balance and the count, locked in this order: approval posts, and a short pick that
  /// asks for a count holds the balance already.
  private func lock(
    _ task: EntityID, in states: Set<String>, to act: String, _ tx: Transaction
  ) async throws -> LockedCount {
    let found = try await tx.run(Query(CountStatements.head, .id(task)), LegalEntity.query)
    guard let head = found[0].first else { throw Refusal.notFound }
    let entity = try LegalEntity(found[1])
    let product = try head.id(0)
    let rows = try await tx.run(
      StockBooks.queries(entity, products: [product], issued: [product]) + [
        Query(CountStatements.lockQuant, .id(try head.id(2))), Query(CountStatements.lock, .id(task)),
      ])
    guard let quant = rows[StockBooks.count].first, let row = rows[StockBooks.count + 1].first else {
      throw Refusal.notFound
    }
    let state = try row.text(0)
    guard states.contains(state) else {
      throw Refusal(.countTaskWrongState, "A count that is \(state) cannot be \(act).")
    }
    guard let lostFound = head.idOrNil(4) else {
      throw Refusal(.setupMissing, "The place that was counted belongs to no warehouse.")
    }
    return LockedCount(
      entity: entity, productID: product, locationID: try head.id(1), lotKey: try head.id(3), lostFoundID: lostFound,
      baseUnit: try head.text(5), packageKey: try head.id(6), onHand: try quant.quantity(0),
      expected: row.isNull(1) ? nil : try row.quantity(1), counted: row.isNull(2) ? nil : try row.quantity(2))
  }

  private func tell(
    _ event: String, _ task: EntityID, _ tx: Transaction, _ detail: [JSON.Member] = []
  ) throws {
    try tx.enqueue(
      services.outbox.query(
        topic: event, key: task.description, payload: ["countTask": .id(task)], context: tx.context))
    try tx.enqueue(
      services.audit.query(event, subject: "count_task:\(task)", detail: .object(detail), context: tx.context))
  }
}

/// A count whose row and balance are locked.
private struct LockedCount {
  let entity: LegalEntity
  let productID: EntityID
  let locationID: EntityID
  let lotKey: EntityID
  let lostFoundID: EntityID
  let baseUnit: String
  let packageKey: EntityID
  let onHand: Quantity
  let expected: Quantity?
  let counted: Quantity?

  /// What is missing goes to lost and found; what is too much comes from there at the average cost.
  func movement(_ variance: Quantity) -> StockMovement {
    let amount = variance.isPositive ? variance : variance.negated
    return StockMovement(
      productID: productID, lotKey: lotKey, packageKey: packageKey, quantity: amount, entered: amount, unit: baseUnit,
      from: variance.isPositive ? lostFoundID : locationID, to: variance.isPositive ? locationID : lostFoundID,
      worth: variance.isPositive ? .arrives(at: nil) : .leaves, originLine: 1, pointer: "")
  }
}
