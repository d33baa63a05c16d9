import BulkheadCore
import BulkheadData

/// Puts picked goods into numbered packages.
public struct PackDesk: Sendable {
  /// A package to be opened, and what is put into it at once.
  struct NewPackage: Sendable {
    let type: String
    let weightGrams: Quantity?
    let contents: [PackingPlan.Content]
  }

  let services: Services

  public init(_ services: Services) { self.services = services }

  /// Opens a package under the next SSCC of the tenant's own prefix. Goods may be packed while others are still being
  /// picked.
  ///
  /// Refuses with `resource.notFound`, `shipment.wrongState`, the codes of `PackingPlan`, `gs1Prefix.missing`,
  /// `sscc.serial`.
  func open(_ shipment: EntityID, _ new: NewPackage, in tx: Transaction) async throws -> EntityID {
    let now = services.ambient.now
    let locked = try await LockedShipment.lock(shipment, in: tx)
    try locked.require([.assigned, .picked], to: "packed")
    let rows = try await tx.run(
      Query(PackStatements.available, .id(shipment)), Query(PackStatements.lastNumber, .id(shipment)))
    let plan = try PackingPlan(new.contents, from: try PackingPlan.read(rows[0]))
    let number = try (rows[1].first?.int(0) ?? 0) + 1
    let sscc = try await nextSSCC(tx)
    let id = services.ambient.makeID()
    var queries = [
      Query(
        PackStatements.insertPackage, .id(id), .id(shipment), .int(number), .text(sscc.digits), .text(new.type),
        .optional(new.weightGrams?.description), .instant(now), .text(tx.context.actor.description))
    ]
    queries += try fill(id, plan)
    for query in queries { try tx.enqueue(query) }
    try tell("package.opened", id, sscc.digits, locked, tx)
    return id
  }

  /// Puts more into an open package. Refuses with `resource.notFound`, `shipment.wrongState`, `package.wrongState`,
  /// the codes of `PackingPlan`.
  func add(_ contents: [PackingPlan.Content], to package: EntityID, in tx: Transaction) async throws {
    let (locked, sscc) = try await lock(package, from: [.assigned, .picked], in: ["open"], to: "packed", tx)
    let rows = try await tx.run([Query(PackStatements.available, .id(locked.id))])
    let plan = try PackingPlan(contents, from: try PackingPlan.read(rows[0]))
    for query in try fill(package, plan) + [Query(PackStatements.touch, .id(package))] { try tx.enqueue(query) }
    try tell("package.filled", package, sscc, locked, tx)
  }

  /// Takes a package apart: what was in it is unpacked again, and its SSCC is never used again. Refuses with
  /// `resource.notFound`, `shipment.wrongState`, `package.wrongState`.
  func void(_ package: EntityID, in tx: Transaction) async throws {
    let (locked, sscc) = try await lock(
      package, from: [.assigned, .picked, .packed], in: ["open", "closed"], to: "unpacked", tx)
    var lines: [(id: EntityID, quantity: Quantity)] = []
    for row in try await tx.run(PackStatements.contents, .id(package)) {
      lines.append((try row.id(0), try row.quantity(1)))
    }
    try tx.enqueue(Query(PackStatements.setState, .id(package), "void"))
    try tx.enqueue(
      Query(ShipmentStatements.addPacked, .ids(lines.map(\.id)), .quantities(lines.map(\.quantity.negated))))
    if locked.phase == .packed { try step(locked, to: .picked, event: "shipment.unpacked", tx) }
    try tell("package.voided", package, sscc, locked, tx)
  }

  /// Closes the packages of a shipment: everything that was picked is in one of them. Refuses with
  /// `resource.notFound`, `shipment.wrongState`, `package.empty`, `shipment.notPacked`.
  func close(_ shipment: EntityID, in tx: Transaction) async throws {
    let locked = try await LockedShipment.lock(shipment, in: tx)
    try locked.require([.picked], to: "packed")
    let row = try await tx.run(PackStatements.completeness, .id(shipment)).first
    guard let row else { throw Refusal.notFound }
    guard try row.int(1) == 0 else { throw Refusal(.packageEmpty, "A package of this shipment holds nothing.") }
    guard try row.int(0) == 0, try row.int(2) > 0 else {
      throw Refusal(.shipmentNotPacked, "Not everything that was picked is in a package.")
    }
    try tx.enqueue(Query(PackStatements.closeAll, .id(shipment)))
    try step(locked, to: .packed, event: "shipment.packed", tx)
  }

  private func step(
    _ shipment: LockedShipment, to phase: ShipmentPhase, event: String, _ tx: Transaction
  ) throws {
    try tx.enqueue(Query(ShipmentStatements.setPhase, .id(shipment.id), .text(phase.rawValue)))
    let records = ShipmentRecords(services: services, context: tx.context, now: services.ambient.now)
    for query in try records.queries(event, shipment, to: phase) { try tx.enqueue(query) }
  }

  private func lock(
    _ package: EntityID, from phases: Set<ShipmentPhase>, in states: Set<String>, to act: String, _ tx: Transaction
  ) async throws -> (LockedShipment, sscc: String) {
    guard let row = try await tx.run(PackStatements.shipmentOf, .id(package)).first else { throw Refusal.notFound }
    let locked = try await LockedShipment.lock(try row.id(0), in: tx)
    guard let state = try await tx.run(PackStatements.lockPackage, .id(package)).first else { throw Refusal.notFound }
    try locked.require(phases, to: act)
    guard states.contains(try state.text(0)) else {
      throw Refusal(.packageWrongState, "A package that is \(try state.text(0)) cannot be \(act).")
    }
    return (locked, try state.text(1))
  }

  private func nextSSCC(_ tx: Transaction) async throws -> SSCC {
    guard let row = try await tx.run(PackStatements.takeSerial).first else {
      throw Refusal(.gs1PrefixMissing, "No GS1 company prefix is set as default: add yours.")
    }
    return try SSCC(
      extensionDigit: Int(try row.int(1)), companyPrefix: try row.text(0), serial: UInt64(try row.int(2)))
  }

  private func fill(_ package: EntityID, _ plan: PackingPlan) throws(Refusal) -> [Query] {
    guard !plan.items.isEmpty else { return [] }
    let sums = try plan.sums()
    return [
      Query(
        PackStatements.insertItems, .id(package), .ids(plan.items.map { _ in services.ambient.makeID() }),
        .ids(plan.items.map(\.lineID)), .ids(plan.items.map(\.productID)), .ids(plan.items.map(\.lotKey)),
        .quantities(plan.items.map(\.quantity))),
      Query(ShipmentStatements.addPacked, .ids(sums.map(\.id)), .quantities(sums.map(\.quantity))),
    ]
  }

  private func tell(
    _ event: String, _ package: EntityID, _ sscc: String, _ shipment: LockedShipment, _ tx: Transaction
  ) throws {
    try tx.enqueue(
      services.audit.query(
        event, subject: "package:\(package)",
        detail: ["sscc": .string(sscc), "shipment": .string(shipment.number)], context: tx.context))
  }
}
