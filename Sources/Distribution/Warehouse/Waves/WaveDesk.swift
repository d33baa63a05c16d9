import BulkheadCore
import BulkheadData

/// Plans waves and sends them to the floor.
///
/// Locks are taken in the order that holds everywhere: orders by id, the wave, its shipments, number series last.
public struct WaveDesk: Sendable {
  let services: Services

  public init(_ services: Services) { self.services = services }

  /// Plans a wave of the orders named, or of all that are ready, with one shipment for each order; releases it too
  /// unless told otherwise. Answers its id.
  ///
  /// Refuses in this order: `reference.unknown` or `setup.missing` (warehouse, legal entity), `reference.unknown`
  /// (orders), `order.notShippable`, `order.incomplete`, `wave.empty`.
  public func plan(_ request: WaveRequest, in tx: Transaction) async throws -> EntityID {
    let now = services.ambient.now
    let setup = try await tx.run(Warehouse.query(request.warehouse), LegalEntity.query)
    let warehouse = try Warehouse(setup[0], asked: request.warehouse)
    let entity = try LegalEntity(setup[1])
    let orders = try await lock(request, warehouse, tx)

    let id = services.ambient.makeID()
    let fresh = orders.filter { $0.waiting == nil }
    let numbers = try await numbers(for: fresh, wave: entity, now, tx)
    let ids = fresh.map { _ in services.ambient.makeID() }
    try tx.enqueue(
      Query(
        WaveStatements.insertWave, .id(id), .text(numbers.wave), .id(warehouse.id), .instant(now),
        .text(tx.context.actor.description)))
    try tx.enqueue(
      Query(
        WaveStatements.insertShipments, .id(id), .id(warehouse.id), .instant(now), .ids(ids),
        .ids(fresh.map(\.entityID)), .texts(numbers.shipments), .ids(fresh.map(\.id)), .ids(fresh.map(\.customerID)),
        .texts(fresh.map(\.currency))))
    try tx.enqueue(Query(WaveStatements.joinWave, .id(id), .ids(orders.compactMap(\.waiting?.id))))
    try tx.enqueue(Query(WaveStatements.startFulfilment, .ids(orders.map(\.id))))
    try record(id, numbers.wave, shipments: ids, orders: orders, now, tx)
    if request.releases { try await release(id, in: tx) }
    return id
  }

  /// Makes the pick tasks of a planned wave. Refuses with `resource.notFound`, `wave.wrongState`, `wave.empty`,
  /// `location.wrongType`.
  public func release(_ wave: EntityID, in tx: Transaction) async throws {
    let now = services.ambient.now
    var orders: [EntityID] = []
    for row in try await tx.run(WaveStatements.ordersOfWave, .id(wave)) { orders.append(try row.id(0)) }
    let rows = try await tx.run(
      Query(WaveStatements.lockOrders, .ids(orders)), Query(WaveStatements.lockWave, .id(wave)),
      Query(WaveStatements.lockShipments, .id(wave)), Query(WaveStatements.reserved, .id(wave)))
    guard let header = rows[1].first else { throw Refusal.notFound }
    guard try header.text(0) == "draft" else {
      throw Refusal(.waveWrongState, "This wave has been released already.")
    }
    let walk = try PickWalk(try PickWalk.read(rows[3]), services.ambient)
    guard !walk.tasks.isEmpty else { throw WaveRequest.empty }

    var phases: [(id: EntityID, from: ShipmentPhase, to: ShipmentPhase)] = []
    let busy = Set(walk.lines.map(\.shipmentID))
    for row in rows[2] {
      let id = try row.id(0)
      let from: ShipmentPhase = try row.known(1)
      phases.append((id, from, busy.contains(id) ? .assigned : from == .waiting ? .waiting : .cancelled))
    }
    for query in walk.queries(wave: wave, now: now) { try tx.enqueue(query) }
    try tx.enqueue(
      Query(WaveStatements.setShipments, .ids(phases.map(\.id)), .texts(phases.map(\.to.rawValue))))
    try tx.enqueue(Query(ShipmentStatements.restoreOrders, .ids(orders)))
    try tx.enqueue(Query(WaveStatements.releaseWave, .id(wave), .instant(now)))
    let records = ShipmentRecords(services: services, context: tx.context, now: now)
    for phase in [ShipmentPhase.assigned, .cancelled] {
      let moved = phases.filter { $0.to == phase }
      guard !moved.isEmpty else { continue }
      try tx.enqueue(
        records.history(
          moved.map(\.id), event: "shipment.\(phase.rawValue)", from: moved.map(\.from), to: moved.map(\.to)))
    }
    try announce("wave.released", wave, try header.text(1), tasks: walk.tasks.count, tx)
  }

  private func lock(
    _ request: WaveRequest, _ warehouse: Warehouse, _ tx: Transaction
  ) async throws -> [WaveCandidate] {
    var ids = request.orders
    if ids.isEmpty {
      for row in try await tx.run(
        WaveStatements.findOrders, .id(warehouse.id), .int(Int64(WaveRequest.ordersMax)))
      { ids.append(try row.id(0)) }
    }
    // Facts are read after the locks, in a snapshot of their own.
    let rows = try await tx.run(
      Query(WaveStatements.lockOrders, .ids(ids)), Query(WaveStatements.facts, .ids(ids)))
    return try WaveCandidate.choose(
      try WaveCandidate.read(rows[0], rows[1]), named: request.orders, in: warehouse.id)
  }

  /// One number for the wave and one for each new shipment, from the series of their legal entities.
  private func numbers(
    for orders: [WaveCandidate], wave entity: LegalEntity, _ now: Instant, _ tx: Transaction
  ) async throws -> (wave: String, shipments: [String]) {
    let day = CivilDate(now)
    var entities: [EntityID: LegalEntity] = [:]
    for row in try await tx.run(WaveStatements.entities, .ids(Set(orders.map(\.entityID)).sorted())) {
      let id = try row.id(0)
      entities[id] = LegalEntity(
        id: id, currency: try row.currency(1), fiscalYearStartMonth: Int(try row.int(2)))
    }
    let known = entities.values.sorted { $0.id < $1.id }
    let counts = known.map { entity in orders.count { $0.entityID == entity.id } }
    let rows = try await tx.run(
      zip(known, counts).map { NumberSeries.shipment.query($0, on: day, count: $1) }
        + [NumberSeries.wave.query(entity, on: day)])
    var numbers: [EntityID: ArraySlice<String>] = [:]
    for (index, entity) in known.enumerated() {
      numbers[entity.id] = try NumberSeries.shipment.numbers(rows[index], entity, on: day, count: counts[index])[...]
    }
    return (
      try NumberSeries.wave.number(rows[known.count], entity, on: day),
      orders.map { numbers[$0.entityID]?.popFirst() ?? "" }
    )
  }

  private func record(
    _ wave: EntityID, _ number: String, shipments: [EntityID], orders: [WaveCandidate], _ now: Instant,
    _ tx: Transaction
  ) throws {
    let records = ShipmentRecords(services: services, context: tx.context, now: now)
    try tx.enqueue(
      records.history(
        shipments, event: "shipment.planned", from: shipments.map { _ in nil }, to: shipments.map { _ in .draft }))
    let started = orders.filter { $0.status == .confirmed }
    try tx.enqueue(
      records.orderHistory(
        started.map(\.id), event: "order.in_fulfilment", from: started.map(\.status),
        to: started.map { _ in .inFulfilment }))
    try announce("wave.planned", wave, number, tasks: 0, tx)
  }

  private func announce(
    _ event: String, _ wave: EntityID, _ number: String, tasks: Int, _ tx: Transaction
  ) throws {
    try tx.enqueue(
      services.outbox.query(
        topic: event, key: wave.description, payload: ["wave": .id(wave), "number": .string(number)],
        context: tx.context))
    try tx.enqueue(
      services.audit.query(
        event, subject: "wave:\(wave)", detail: ["number": .string(number), "tasks": .int(tasks)],
        context: tx.context))
  }
}
