import BulkheadCore

/// What a released wave sends people to fetch. Pure: reservations have been read under their orders' locks, in the
/// order of the bins.
struct PickWalk: Sendable {
  /// One reservation that nobody fetches yet.
  struct Reserved: Sendable {
    let shipmentID: EntityID
    let orderLineID: EntityID
    let productID: EntityID
    let reservationID: EntityID
    let lotKey: EntityID
    let fromID: EntityID
    let toID: EntityID
    let pickSequence: Int64
    let quantity: Quantity
    /// The shipment's line, where it has one already.
    let lineID: EntityID?
  }

  struct Line: Sendable {
    let id: EntityID
    let shipmentID: EntityID
    let orderLineID: EntityID
    let productID: EntityID
    var quantity: Quantity
    let isNew: Bool
  }

  struct Task: Sendable {
    let id: EntityID
    let lineID: EntityID
    let reserved: Reserved
  }

  private(set) var lines: [Line] = []
  private(set) var tasks: [Task] = []

  /// Refuses with `location.wrongType` when something is reserved in the output place itself.
  init(_ reserved: [Reserved], _ ambient: Ambient) throws(Refusal) {
    struct Key: Hashable {
      let shipmentID: EntityID
      let orderLineID: EntityID
    }
    var places: [Key: Int] = [:]
    for item in reserved {
      guard item.fromID != item.toID else {
        throw Refusal(.locationKind, "Stock in the output place cannot be picked: make the place not pickable.")
      }
      let key = Key(shipmentID: item.shipmentID, orderLineID: item.orderLineID)
      let index: Int
      if let known = places[key] {
        index = known
        lines[index].quantity = try lines[index].quantity.adding(item.quantity)
      } else {
        index = lines.count
        places[key] = index
        lines.append(
          Line(
            id: item.lineID ?? ambient.makeID(), shipmentID: item.shipmentID, orderLineID: item.orderLineID,
            productID: item.productID, quantity: item.quantity, isNew: item.lineID == nil))
      }
      tasks.append(Task(id: ambient.makeID(), lineID: lines[index].id, reserved: item))
    }
  }

  static func read(_ rows: Rows) throws(Refusal) -> [Reserved] {
    var reserved: [Reserved] = []
    reserved.reserveCapacity(rows.count)
    for row in rows {
      reserved.append(
        Reserved(
          shipmentID: try row.id(0), orderLineID: try row.id(1), productID: try row.id(2),
          reservationID: try row.id(3), lotKey: try row.id(4), fromID: try row.id(5), toID: try row.id(6),
          pickSequence: try row.int(7), quantity: try row.quantity(8), lineID: row.idOrNil(9)))
    }
    return reserved
  }

  /// What writes the lines and the tasks.
  func queries(wave: EntityID, now: Instant) -> [Query] {
    let made = lines.filter(\.isNew)
    let grown = lines.filter { !$0.isNew }
    var queries = [
      Query(
        WaveStatements.insertLines, .ids(made.map(\.id)), .ids(made.map(\.shipmentID)),
        .ids(made.map(\.orderLineID)), .ids(made.map(\.productID)), .quantities(made.map(\.quantity)))
    ]
    if !grown.isEmpty {
      queries.append(Query(WaveStatements.growLines, .ids(grown.map(\.id)), .quantities(grown.map(\.quantity))))
    }
    return queries + [
      Query(
        WaveStatements.insertTasks, .instant(now), .id(wave), .ids(tasks.map(\.id)),
        .ids(tasks.map(\.reserved.shipmentID)), .ids(tasks.map(\.lineID)), .ids(tasks.map(\.reserved.reservationID)),
        .ids(tasks.map(\.reserved.productID)), .ids(tasks.map(\.reserved.lotKey)),
        .ids(tasks.map(\.reserved.fromID)), .ids(tasks.map(\.reserved.toID)),
        .ints(tasks.map(\.reserved.pickSequence)), .quantities(tasks.map(\.reserved.quantity)))
    ]
  }
}
