import BulkheadCore
import BulkheadData

/// Takes back what customers send back.
///
/// Locks as everywhere: the order, the return, the customer's credit, products' cost rows, balances, invoices, months,
/// number series.
struct ReturnDesk {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// Asks for a return of goods of one order, which the first line tells. What other open returns ask for counts as
  /// gone: two of them never promise the same goods.
  ///
  /// Refuses in this order: `reference.unknown` (lines), `line.repeated`, `quantity.notPositive`,
  /// `return.beyondShipped`, `reference.unknown` (warehouse).
  func request(_ asked: ReturnRequest, in tx: Transaction) async throws -> EntityID {
    let lines = asked.lines
    let place = try await tx.run(ReturnStatements.orderOfLine, .optional(lines.first?.shipmentLine)).first
    let orderID = try place?.id(0)
    let rows = try await tx.run(
      Query(ReturnStatements.lockOrder, .optional(orderID)),
      Query(ReturnStatements.shipped, .optional(orderID), .ids(Set(lines.map(\.shipmentLine)).sorted())),
      Warehouse.query(asked.warehouse))
    guard let orderID, let order = rows[0].first else {
      throw Refusal(.referenceUnknown, "There is no such line of a shipment.", at: "/lines/0/shipmentLineId")
    }
    let shipped = try ShippedLine.read(rows[1])
    try ShippedLine.check(lines, shipped)
    let warehouse = try asked.warehouse == nil ? order.id(3) : Warehouse(rows[2], asked: asked.warehouse).id
    let entity = LegalEntity(
      id: try order.id(4), currency: try order.currency(5), fiscalYearStartMonth: Int(try order.int(6)))
    let now = services.ambient.now
    let taken = try await tx.run([NumberSeries.customerReturn.query(entity, on: CivilDate(now))])
    let number = try NumberSeries.customerReturn.number(taken[0], entity, on: CivilDate(now))
    let id = services.ambient.makeID()
    let found = lines.compactMap { shipped[$0.shipmentLine] }
    try tx.enqueue(
      Query(
        ReturnStatements.insert, .id(id), .id(entity.id), .text(number), .id(orderID), .id(try order.id(2)),
        .id(warehouse), .text(asked.outcome.rawValue), .text(asked.reason), .text(tx.context.actor.description),
        .instant(now)))
    try tx.enqueue(
      Query(
        ReturnStatements.insertLines, .id(id), .ids(found.map { _ in services.ambient.makeID() }),
        .ints(found.indices.map { Int64($0 + 1) }), .ids(found.map(\.id)), .ids(found.map(\.orderLineID)),
        .ids(found.map(\.productID)), .quantities(lines.map(\.quantity))))
    let records = ReturnRecords(services: services, context: tx.context, now: now)
    let told = try records.queries(
      "return.requested", id: id, number: number, order: orderID, from: nil, to: .requested,
      detail: [.init("reason", .string(asked.reason))])
    for query in told { try tx.enqueue(query) }
    return id
  }

  /// So much of one line of a return.
  struct Share: Sendable {
    let line: Int
    let quantity: Quantity
  }

  /// Authorises a return: what `shares` name is authorised as they say, the rest as it was asked for.
  ///
  /// Refuses in this order: `resource.notFound`, `version.mismatch`, `return.wrongState`, `line.repeated`,
  /// `reference.unknown` (line), `return.beyondRequested`, `quantity.notPositive` (nothing at all).
  func accept(_ id: EntityID, _ shares: [Share], version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedReturn.take(id, version: version, in: tx)
    try held.require([.requested], to: "accepted")
    let authorised = try Self.authorised(held.lines, shares)
    try tx.enqueue(
      Query(ReturnStatements.authorise, .ids(held.lines.map(\.id)), .quantities(authorised)))
    try tx.enqueue(Query(ReturnStatements.setPhase, .id(id), .text(ReturnPhase.accepted.rawValue)))
    try tell("return.accepted", held, to: .accepted, in: tx)
  }

  private static func authorised(_ lines: [LockedReturn.Line], _ shares: [Share]) throws(Refusal) -> [Quantity] {
    var seen: Set<Int> = []
    try MentionCheck.refuse(
      .lineRepeated, "The same line stands here twice.", "/lines",
      shares.indices.filter { !seen.insert(shares[$0].line).inserted })
    let known = Set(lines.map(\.number))
    try MentionCheck.refuse(
      .referenceUnknown, "The return has no such line.", "/lines",
      shares.indices.filter { !known.contains(shares[$0].line) }
    ) { _ in "/line" }
    let asked = Dictionary(shares.map { ($0.line, $0.quantity) }, uniquingKeysWith: { first, _ in first })
    let requested = Dictionary(lines.map { ($0.number, $0.requested) }, uniquingKeysWith: { first, _ in first })
    try MentionCheck.refuse(
      .returnBeyondRequested, "The customer asked for less than this.", "/lines",
      shares.indices.filter { shares[$0].quantity > requested[shares[$0].line] ?? .zero }
    ) { _ in "/quantity" }
    let authorised = lines.map { asked[$0.number] ?? $0.requested }
    guard authorised.contains(where: \.isPositive) else {
      throw Refusal(.quantityNotPositive, "Nothing would be authorised: cancel the return.", at: "/lines")
    }
    return authorised
  }

  /// Gives a return up before anything came. Refuses with `resource.notFound`, `version.mismatch`,
  /// `return.wrongState`.
  func cancel(_ id: EntityID, reason: String?, version: Int64?, in tx: Transaction) async throws {
    let held = try await LockedReturn.take(id, version: version, in: tx)
    try held.require([.requested, .accepted], to: "cancelled")
    try tx.enqueue(Query(ReturnStatements.setPhase, .id(id), .text(ReturnPhase.cancelled.rawValue)))
    try tell(
      "return.cancelled", held, to: .cancelled, detail: reason.map { [.init("reason", .string($0))] } ?? [], in: tx)
  }

  func tell(
    _ event: String, _ held: LockedReturn, to phase: ReturnPhase, detail: [JSON.Member] = [], in tx: Transaction
  ) throws {
    let records = ReturnRecords(services: services, context: tx.context, now: services.ambient.now)
    for query in try records.queries(event, held, to: phase, detail: detail) { try tx.enqueue(query) }
  }
}

/// A line of a shipment and how much of it may still come back. Pure.
struct ShippedLine: Sendable {
  let id: EntityID
  let orderLineID: EntityID
  let productID: EntityID
  let shipped: Quantity
  /// Asked for, authorised or received by other returns.
  let taken: Quantity

  /// Rows of `ReturnStatements.shipped`, by id.
  static func read(_ rows: Rows) throws(Refusal) -> [EntityID: ShippedLine] {
    var lines: [EntityID: ShippedLine] = [:]
    for row in rows {
      let line = ShippedLine(
        id: try row.id(0), orderLineID: try row.id(1), productID: try row.id(2), shipped: try row.quantity(3),
        taken: try row.quantity(4))
      lines[line.id] = line
    }
    return lines
  }

  /// Refuses in this order: `reference.unknown`, `line.repeated`, `quantity.notPositive`, `return.beyondShipped`.
  static func check(_ asked: [ReturnRequest.Line], _ shipped: [EntityID: ShippedLine]) throws(Refusal) {
    try MentionCheck.refuse(
      .referenceUnknown, "No shipment of the order that the first line is of has such a line.", "/lines",
      asked.indices.filter { shipped[asked[$0].shipmentLine] == nil }
    ) { _ in "/shipmentLineId" }
    var seen: Set<EntityID> = []
    try MentionCheck.refuse(
      .lineRepeated, "The same line stands here twice.", "/lines",
      asked.indices.filter { !seen.insert(asked[$0].shipmentLine).inserted })
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      asked.indices.filter { !asked[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    var beyond: [Int] = []
    for (index, line) in asked.enumerated() {
      guard let known = shipped[line.shipmentLine] else { continue }
      if line.quantity > (try known.shipped.subtracting(known.taken)) { beyond.append(index) }
    }
    try MentionCheck.refuse(
      .returnBeyondShipped, "So much of it was not shipped, or is in other returns already.", "/lines", beyond
    ) { _ in "/quantity" }
  }
}
