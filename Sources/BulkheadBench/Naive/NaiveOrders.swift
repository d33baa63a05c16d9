import BulkheadCore
import BulkheadPostgres

/// The order handlers as someone in a hurry would write them: the same business work, statements and round trips as
/// Bulkhead's, with nothing between a request and everybody's rows but `WHERE tenant_id = $1`.
///
/// Left out: token, guard, bind, row security, leases, outbox, audit entry, idempotency, validation, problem details.
struct NaiveOrders: Sendable {
  let pool: NaivePool
  let tenant: EntityID
  let ambient = Ambient()

  func read(_ id: EntityID) async throws -> JSON? {
    let rows = try await pool.lend { connection in
      try await connection.roundTrip(
        [command(NaiveStatements.header, [.id(id)]), command(NaiveStatements.lines, [.id(id)])], deadline: nil)
    }
    return try NaiveAnswer.order(rows[0], rows[1])
  }

  func create(_ body: JSON) async throws -> JSON {
    guard let customer = body["customer"]?.string, let lines = body["lines"]?.array else {
      throw BenchFailure("customer and lines are wanted")
    }
    let wanted = try lines.map { line -> NaivePlan.Wanted in
      guard let sku = line["sku"]?.string, let quantity = line["quantity"]?.int, quantity > 0 else {
        throw BenchFailure("sku and quantity are wanted")
      }
      return NaivePlan.Wanted(sku: sku, quantity: quantity)
    }
    return try await pool.lend { connection in
      do {
        return try await place(customer, body["poNumber"]?.string, wanted, connection)
      } catch {
        if connection.transactionStatus != .idle {
          _ = try? await connection.roundTrip([.prepared(text: "ROLLBACK", parameters: [])], deadline: nil)
        }
        throw error
      }
    }
  }

  /// Three round trips, as Bulkhead's: look up; price rules and locks; writes and commit.
  private func place(
    _ customer: String, _ poNumber: String?, _ wanted: [NaivePlan.Wanted], _ connection: PostgresConnection
  ) async throws -> JSON {
    let now = ambient.now
    let today = String(now.description.prefix(10))
    let found = try await connection.roundTrip(
      [
        .prepared(text: "BEGIN", parameters: []),
        command(NaiveStatements.customer, [.text(customer), .optional(poNumber)]),
        command(NaiveStatements.warehouse, []),
        command(
          NaiveStatements.products,
          [
            .ints(wanted.indices.map { Int64($0) }), .texts(wanted.map(\.sku)), .texts(wanted.map { _ in nil }),
          ]),
      ], deadline: nil)
    let terms = try NaivePlan.Terms(found[1], found[2], found[3])
    let held = try await connection.roundTrip(locks(terms, poNumber, today), deadline: nil)
    guard held[4].isEmpty else { throw BenchFailure("the PO number is taken") }
    let plan = try NaivePlan(terms, wanted, rules: held[0], credit: held[1], stock: held[2])
    guard let number = held[3].first else { throw BenchFailure("no number") }
    let order = NaiveOrder(
      id: ambient.makeID(), lineIDs: wanted.map { _ in ambient.makeID() },
      number: "SO-\(today.prefix(4))-\(try number.int(0))", poNumber: poNumber, placedAt: now, terms: terms, plan: plan)
    _ = try await connection.roundTrip(try writes(order), deadline: nil)
    return order.json
  }

  private func locks(_ terms: NaivePlan.Terms, _ poNumber: String?, _ today: String) -> [Command] {
    let subjects = [EntityID(high: 0, low: 0)] + terms.products.map(\.id)
    return [
      command(
        NaiveStatements.priceRules,
        [.ids([terms.customer] + terms.priceLists), .ids(subjects), .text(terms.currency), .text(today)]),
      command(NaiveStatements.lockCredit, [.id(terms.customer)]),
      command(NaiveStatements.lockStock, [.ids(terms.products.map(\.id)), .id(terms.warehouse)]),
      command(NaiveStatements.takeNumber, [.id(terms.entity), .int(Int64(today.prefix(4)) ?? 0)]),
      command(NaiveStatements.duplicatePO, [.id(terms.customer), .optional(poNumber)]),
    ]
  }

  private func writes(_ order: NaiveOrder) throws -> [Command] {
    let terms = order.terms
    let lines = order.plan.lines
    let takes = lines.indices.flatMap { index in lines[index].takes.map { (index, $0) } }
    return [
      command(
        NaiveStatements.insertOrder,
        [
          .id(order.id), .id(terms.entity), .text(order.number), .id(terms.customer), .id(terms.warehouse),
          .optional(order.poNumber), .text(terms.currency), .int(order.plan.totalMinor), .instant(order.placedAt),
        ]),
      command(
        NaiveStatements.insertLines,
        [
          .id(order.id), .ids(order.lineIDs), .ints(lines.indices.map { Int64($0 + 1) }),
          .texts(lines.map { _ in nil }), .ids(lines.map(\.product.id)), .texts(lines.map { String($0.quantity) }),
          .texts(lines.map(\.product.unit)), .texts(lines.map { String($0.quantity) }),
          .texts(lines.map { String($0.quantity - $0.reserved) }),
          .texts(lines.map { String($0.quantity - $0.reserved) }), .texts(lines.map { String($0.reserved) }),
          .texts(lines.map { _ in "0" }), .texts(lines.map(\.price.text)), .texts(lines.map(\.price.listText)),
          .ids(lines.map(\.price.rule)), .texts(lines.map { $0.price.steps.text }), .texts(lines.map { _ in nil }),
          .ints(lines.map(\.amountMinor)), .texts(lines.map { _ in nil }),
        ]),
      command(
        NaiveStatements.insertReservations,
        [
          .ids(takes.map { _ in ambient.makeID() }), .ids(takes.map(\.1.quant)),
          .ids(takes.map { order.lineIDs[$0.0] }), .texts(takes.map { String($0.1.quantity) }),
          .instant(order.placedAt),
        ]),
      command(NaiveStatements.promiseCredit, [.id(terms.customer), .int(order.plan.totalMinor)]),
      command(
        NaiveStatements.insertHistory,
        [
          .id(ambient.makeID()), .id(order.id), .instant(order.placedAt),
          .json(["number": .string(order.number), "status": "confirmed"]),
        ]),
      .prepared(text: "COMMIT", parameters: []),
    ]
  }

  private func command(_ text: String, _ parameters: [SQLValue]) -> Command {
    .prepared(text: text, parameters: [.id(tenant)] + parameters)
  }
}
