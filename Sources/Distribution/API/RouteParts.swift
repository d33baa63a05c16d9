import BulkheadCore
import BulkheadData
import BulkheadServer

/// Reads one page of a list ordered by id. `statement` takes the id to go on from as `$1`, then `filters`, then the
/// number of rows; `item` makes one item of a row whose first column is its id.
func listPage(
  _ request: Request, _ statement: Statement, _ filters: [SQLValue] = [], from start: EntityID = .zero,
  item: (Row) throws(Refusal) -> JSON
) async throws -> Response {
  let page = request.page
  let after = try page.afterID() ?? start
  let query = Query(statement, [.id(after)] + filters + [.int(Int64(page.limit + 1))])
  var items: [(id: EntityID, json: JSON)] = []
  for row in try await request.tenant.read(query)[0] { items.append((try row.id(0), try item(row))) }
  return .ok(page.answer(items))
}

/// Reads one thing in one round trip; 404 when it is absent or another tenant's.
func readOne(
  _ request: Request, _ query: Query, version: Int? = nil, item: (Row) throws(Refusal) -> JSON
) async throws -> Response {
  guard let row = try await request.tenant.read(query)[0].first else { throw Refusal.notFound }
  return .ok(try item(row), version: try version.map { column throws(Refusal) in try row.int(column) })
}

/// Reads all parts of the one thing that the path's `parameter` names, in one round trip with the proof that it is
/// there; 404 when it is absent or another tenant's.
func readParts(
  _ request: Request, of parameter: String, exists: Statement, _ statement: Statement,
  item: (Row) throws(Refusal) -> JSON
) async throws -> Response {
  let id = try request.id(parameter)
  let rows = try await request.tenant.read(Query(exists, .id(id)), Query(statement, .id(id)))
  guard rows.count == 2, !rows[0].isEmpty else { throw Refusal.notFound }
  var items: [JSON] = []
  for row in rows[1] { items.append(try item(row)) }
  return .ok(["items": .array(items)])
}

/// The same of a document's history. `statement` gives id, time, actor, event, the state before and after, and detail.
func readHistory(
  _ request: Request, of parameter: String, exists: Statement, _ statement: Statement
) async throws -> Response {
  try await readParts(request, of: parameter, exists: exists, statement) { row throws(Refusal) in
    [
      "id": .id(try row.id(0)), "at": .instant(try row.instant(1)), "actor": .string(try row.text(2)),
      "event": .string(try row.text(3)), "from": row.jsonText(4), "to": .string(try row.text(5)),
      "detail": try row.json(6),
    ]
  }
}

/// Runs `inserts`, then reads back what they made with `read`; broken constraints become refusals of their own.
func create(
  _ tx: Transaction, _ inserts: [Query], read: Query, item: (Row) throws(Refusal) -> JSON
) async throws -> JSON {
  let rows = try await ConstraintRefusals.translating { try await tx.run(inserts + [read]) }
  guard let row = rows.last?.first else { throw Refusal.notFound }
  return try item(row)
}

/// Sends an update of one row at the version of `If-Match`: 404 when there is none, 412 when it has changed since.
func change(_ tx: Transaction, _ update: Query, exists: Query) async throws {
  let rows = try await ConstraintRefusals.translating { try await tx.run(update, exists) }
  guard rows.count == 2, !rows[1].isEmpty else { throw Refusal.notFound }
  guard rows[0].affected == 1 else {
    throw Refusal(.versionMismatch, "It has changed since you read it: read it again.")
  }
}

extension Request {
  /// The version in `If-Match`, on routes that require it.
  var expectedVersion: Int64 {
    get throws(Refusal) {
      guard let version = parts.ifMatch else {
        throw Refusal(
          RefusalCode("version.missing", .preconditionRequired), "Send If-Match with the version you have read.")
      }
      return version
    }
  }
}
