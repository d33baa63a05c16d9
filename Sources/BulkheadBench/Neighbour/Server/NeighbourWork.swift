import BulkheadCore
import BulkheadData
import BulkheadServer

/// The two kinds of work, written once: every control runs these lines.
enum NeighbourWork {
  static let permission: Permission = "orders.write"

  /// Pick, pack, ship: reads an order, picks a line of it, writes its shipment, marks it shipped. Four statements in
  /// two round trips, one transaction.
  static func ship(_ order: EntityID, _ ambient: Ambient, in transaction: Transaction) async throws {
    guard let found = try await transaction.run(NeighbourStatements.readOrder, .id(order)).first else {
      throw Refusal.notFound
    }
    let line = try found.int(1)
    try transaction.enqueue(Query(NeighbourStatements.pickLine, .int(line)))
    try transaction.enqueue(Query(NeighbourStatements.insertShipment, .id(ambient.makeID()), .id(order)))
    try transaction.enqueue(Query(NeighbourStatements.shipOrder, .id(order)))
  }

  /// One document of the flood: so many of the tenant's order lines, in one statement.
  static func update(_ document: FloodDocument, in transaction: Transaction) async throws {
    let rows = try await transaction.run(
      NeighbourStatements.updateLines, .int(Int64(document.first)), .int(Int64(document.first + document.lines)))
    guard rows.affected == document.lines else { throw Refusal.notFound }
  }

  static func routes(_ ambient: Ambient) -> [Route] {
    [
      Route(
        .post, "/v1/orders/{order}/shipments", access: .tenant(permission), tag: "orders", summary: "Ship an order",
        parameters: [PathParameter("order", .id(of: "order"), "The order.")],
        responses: [ResponseShape(.ok, "It was shipped.", .json(.any))],
        handler: .write { request, transaction in
          try await ship(request.id("order"), ambient, in: transaction)
          return .ok(["status": "shipped"])
        }),
      Route(
        .post, "/v1/lines", access: .tenant(permission), tag: "orders", summary: "Update order lines",
        body: .json(FloodDocument.schema),
        responses: [ResponseShape(.ok, "They were updated.", .json(.any))],
        handler: .write { request, transaction in
          let document = try FloodDocument(request.body)
          try await update(document, in: transaction)
          return .ok(["lines": .int(document.lines)])
        }),
    ]
  }
}

/// Which lines to update.
struct FloodDocument: Hashable, Sendable {
  let first: Int
  let lines: Int

  init(first: Int, lines: Int) {
    self.first = first
    self.lines = lines
  }

  /// The document `number` of a flood that goes round through the tenant's lines, which it divides.
  init(number: Int, lines: Int, of all: Int) {
    self.init(first: 1 + number * lines % all, lines: lines)
  }

  init(_ json: JSON) throws(Refusal) {
    guard let first = json["first"]?.int, let lines = json["lines"]?.int else { throw Refusal.notFound }
    self.init(first: first, lines: lines)
  }

  var json: JSON { ["first": .int(first), "lines": .int(lines)] }

  static let schema = Schema.object([
    Schema.Field("first", .integer(1...Int64(NeighbourTables.flooderLines))),
    Schema.Field("lines", .integer(1...Int64(NeighbourTables.flooderLines))),
  ])
}
