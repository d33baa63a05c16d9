import BulkheadCore
import BulkheadData

/// What menu items are made of.
struct RecipeDesk: Sendable {
  struct Component: Sendable {
    let productID: EntityID
    let quantity: Quantity
  }

  static let componentsMax = 200

  let services: Services

  /// Puts a recipe in the place of the product's present one. Refuses with `recipe.circular` (a product made of
  /// itself), `reference.unknown`, `line.repeated`.
  func set(
    _ product: EntityID, yield: Quantity, _ components: [Component], in tx: Transaction
  ) async throws -> EntityID {
    try MentionCheck.refuse(
      .recipeCircular, "A product is not made of itself.", "/components",
      components.indices.filter { components[$0].productID == product }
    ) { _ in "/productId" }
    let known = try await tx.run(
      RecipeStatements.products, .ids(Array(Set(components.map(\.productID) + [product])).sorted()))
    var ids: Set<EntityID> = []
    for row in known { ids.insert(try row.id(0)) }
    guard ids.contains(product) else {
      throw Refusal(.referenceUnknown, "There is no such product.", at: "/productId")
    }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such product.", "/components",
      components.indices.filter { !ids.contains(components[$0].productID) }
    ) { _ in "/productId" }
    let id = services.ambient.makeID()
    let queries = [
      Query(RecipeStatements.retire, .id(product)),
      Query(RecipeStatements.insert, .id(id), .id(product), .quantity(yield)),
      Query(
        RecipeStatements.insertComponents, .id(id), .ids(components.map { _ in services.ambient.makeID() }),
        .ints(components.indices.map { Int64($0 + 1) }), .ids(components.map(\.productID)),
        .quantities(components.map(\.quantity))),
    ]
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    try tx.enqueue(
      services.audit.query(
        "recipe.set", subject: "recipe:\(id)", detail: ["product": .id(product)], context: tx.context))
    return id
  }

  /// The product is sold as it is again. Without effect on a recipe that is retired already, or unknown.
  func retire(_ id: EntityID, in tx: Transaction) async throws {
    guard try await tx.run(RecipeStatements.retireOne, .id(id)).affected == 1 else { return }
    try tx.enqueue(services.audit.query("recipe.retired", subject: "recipe:\(id)", detail: [:], context: tx.context))
  }
}

enum RecipeStatements {
  static let products = Statement("SELECT id FROM product WHERE id = ANY ($1::uuid[])")

  static let retire = Statement(
    "UPDATE recipe SET is_active = false, version = version + 1 WHERE product_id = $1 AND is_active")

  static let retireOne = Statement(
    "UPDATE recipe SET is_active = false, version = version + 1 WHERE id = $1 AND is_active")

  static let insert = Statement("INSERT INTO recipe (id, product_id, yield_qty) VALUES ($1, $2, $3)")

  static let insertComponents = Statement(
    """
    INSERT INTO recipe_component (recipe_id, id, line_no, product_id, qty)
    SELECT $1::uuid, c.id, c.line_no, c.product_id, c.qty
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::numeric[]) AS c (id, line_no, product_id, qty)
    """)

  static let one = Statement(
    """
    SELECT r.id, r.product_id, p.sku, r.yield_qty, r.is_active, r.version
      FROM recipe AS r JOIN product AS p ON p.id = r.product_id WHERE r.id = $1
    """)

  static let components = Statement(
    """
    SELECT c.product_id, p.sku, c.qty FROM recipe_component AS c JOIN product AS p ON p.id = c.product_id
     WHERE c.recipe_id = $1 ORDER BY c.line_no
    """)

  /// `$2` product, NULL for any.
  static let list = Statement(
    """
    SELECT r.id, r.product_id, p.sku, r.yield_qty, r.is_active, r.version
      FROM recipe AS r JOIN product AS p ON p.id = r.product_id
     WHERE r.id > $1 AND ($2::uuid IS NULL OR r.product_id = $2) ORDER BY r.id LIMIT $3
    """)

  static func queries(_ id: EntityID) -> [Query] { [Query(one, .id(id)), Query(components, .id(id))] }

  static func summary(_ row: Row) throws(Refusal) -> [JSON.Member] {
    [
      .init("id", .id(try row.id(0))), .init("productId", .id(try row.id(1))),
      .init("sku", .string(try row.text(2))), .init("yield", try row.quantity(3).json),
      .init("isActive", .bool(try row.bool(4))), .init("version", .int(try row.int(5))),
    ]
  }

  static func recipe(_ rows: [Rows]) throws(Refusal) -> JSON {
    guard rows.count == 2, let row = rows[0].first else { throw Refusal.notFound }
    var components: [JSON] = []
    for component in rows[1] {
      components.append([
        "productId": .id(try component.id(0)), "sku": .string(try component.text(1)),
        "quantity": try component.quantity(2).json,
      ])
    }
    return .object(try summary(row) + [.init("components", .array(components))])
  }
}

/// How far the kitchen is.
enum TicketState: String, Sendable, CaseIterable {
  case sent, preparing, ready, served, cancelled

  /// What comes next; `nil` at the end.
  var next: TicketState? {
    switch self {
    case .sent: .preparing
    case .preparing: .ready
    case .ready: .served
    case .served, .cancelled: nil
    }
  }
}

/// Sends tickets to the kitchen and hears what became of them.
struct KitchenDesk: Sendable {
  struct Line: Sendable {
    let line: Int
    let quantity: Quantity
  }

  let services: Services

  /// Refuses with `resource.notFound`, `posOrder.wrongState`, `reference.unknown`, `line.repeated`.
  func send(
    _ order: EntityID, station: String, note: String?, _ lines: [Line], in tx: Transaction
  ) async throws -> EntityID {
    let found = try await tx.run(
      Query(POSStatements.lockOrder, .id(order)), Query(RefundStatements.lines, .id(order)))
    guard let row = found[0].first else { throw Refusal.notFound }
    let status = try row.text(0)
    guard status == "open" || status == "paid", try row.text(1) == "sale" else {
      throw Refusal(.posOrderWrongState, "The kitchen makes nothing for an order that is \(status).")
    }
    var ordered: [Int: (id: EntityID, quantity: Quantity)] = [:]
    for row in found[1] { ordered[Int(try row.int(1))] = (try row.id(0), try row.quantity(4)) }
    try MentionCheck.refuse(
      .referenceUnknown, "The order has no such line.", "/lines",
      lines.indices.filter { ordered[lines[$0].line] == nil }
    ) { _ in "/line" }
    var seen: Set<Int> = []
    try MentionCheck.refuse(
      .lineRepeated, "Each line is named once.", "/lines",
      lines.indices.filter { !seen.insert(lines[$0].line).inserted }
    ) { _ in "/line" }
    let now = services.ambient.now
    let id = services.ambient.makeID()
    try tx.enqueue(
      Query(
        KitchenStatements.insert, .id(id), .id(order), .text(station), .optional(note),
        .text(tx.context.actor.description), .instant(now)))
    try tx.enqueue(
      Query(
        KitchenStatements.insertLines, .id(id), .instant(now), .ids(lines.map { _ in services.ambient.makeID() }),
        .ids(lines.map { ordered[$0.line]?.id }), .quantities(lines.map(\.quantity))))
    try tx.enqueue(
      services.audit.query(
        "kitchen.sent", subject: "kitchen_ticket:\(id)", detail: ["posOrder": .id(order)], context: tx.context))
    return id
  }

  /// Moves a ticket one step on. `state` is where it goes, so that a message that comes twice does not skip a step.
  /// Refuses with `resource.notFound`, `kitchenTicket.wrongState`.
  func advance(_ id: EntityID, to state: TicketState, in tx: Transaction) async throws {
    guard let row = try await tx.run(KitchenStatements.lock, .id(id)).first else { throw Refusal.notFound }
    let current: TicketState = try row.known(0)
    guard current.next == state || (state == .cancelled && current.next != nil) else {
      throw Refusal(
        .kitchenTicketWrongState, "A ticket that is \(current.rawValue) cannot be \(state.rawValue) next.",
        at: "/state")
    }
    try tx.enqueue(
      Query(KitchenStatements.setState, .id(id), .text(state.rawValue), .instant(services.ambient.now)))
    try tx.enqueue(
      services.audit.query(
        "kitchen.\(state.rawValue)", subject: "kitchen_ticket:\(id)", detail: ["from": .string(current.rawValue)],
        context: tx.context))
  }
}

enum KitchenStatements {
  static let insert = Statement(
    """
    INSERT INTO kitchen_ticket (id, order_id, station, note, created_by, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO kitchen_ticket_line (ticket_id, created_at, id, order_line_id, qty)
    SELECT $1::uuid, $2::timestamptz, l.id, l.order_line_id, l.qty
      FROM unnest($3::uuid[], $4::uuid[], $5::numeric[]) AS l (id, order_line_id, qty)
    """)

  static let lock = Statement("SELECT state FROM kitchen_ticket WHERE id = $1 FOR UPDATE")

  static let setState = Statement(
    "UPDATE kitchen_ticket SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1")

  static let one = Statement(
    """
    SELECT k.id, k.order_id, o.number, o.table_label, k.station, k.note, k.state, k.created_at, k.changed_at, k.version
      FROM kitchen_ticket AS k JOIN pos_order AS o ON o.id = k.order_id WHERE k.id = $1
    """)

  static let lines = Statement(
    """
    SELECT l.line_no, p.sku, p.name, k.qty
      FROM kitchen_ticket_line AS k
      JOIN pos_order_line AS l ON l.id = k.order_line_id
      JOIN product AS p ON p.id = l.product_id
     WHERE k.ticket_id = $1 ORDER BY l.line_no
    """)

  /// Oldest first, as a kitchen works. `$2` state, `$3` station, each NULL for any.
  static let list = Statement(
    """
    SELECT k.id, k.order_id, o.number, o.table_label, k.station, k.note, k.state, k.created_at, k.changed_at, k.version
      FROM kitchen_ticket AS k JOIN pos_order AS o ON o.id = k.order_id
     WHERE k.id > $1 AND ($2::text IS NULL OR k.state = $2) AND ($3::text IS NULL OR k.station = $3)
     ORDER BY k.id LIMIT $4
    """)

  static func queries(_ id: EntityID) -> [Query] { [Query(one, .id(id)), Query(lines, .id(id))] }

  static func summary(_ row: Row) throws(Refusal) -> [JSON.Member] {
    [
      .init("id", .id(try row.id(0))), .init("posOrderId", .id(try row.id(1))),
      .init("number", .string(try row.text(2))), .init("table", row.jsonText(3)),
      .init("station", .string(try row.text(4))), .init("note", row.jsonText(5)),
      .init("state", .string(try row.text(6))), .init("createdAt", .instant(try row.instant(7))),
      .init("changedAt", .instant(try row.instant(8))), .init("version", .int(try row.int(9))),
    ]
  }

  static func ticket(_ rows: [Rows]) throws(Refusal) -> JSON {
    guard rows.count == 2, let row = rows[0].first else { throw Refusal.notFound }
    var lines: [JSON] = []
    for line in rows[1] {
      lines.append([
        "line": .int(try line.int(0)), "sku": .string(try line.text(1)), "name": .string(try line.text(2)),
        "quantity": try line.quantity(3).json,
      ])
    }
    return .object(try summary(row) + [.init("lines", .array(lines))])
  }
}
