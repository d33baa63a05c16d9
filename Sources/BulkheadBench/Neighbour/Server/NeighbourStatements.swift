import BulkheadCore

/// The statements of both kinds of work, as a module writes them, and the same by hand for whoever has no walls.
enum NeighbourStatements {
  static let readOrder: Statement = "SELECT o.status, o.first_line FROM flow_order AS o WHERE o.id = $1"
  static let pickLine: Statement = "UPDATE flow_line SET picked = picked + 1 WHERE number = $1"
  static let insertShipment: Statement = "INSERT INTO flow_shipment (id, order_id) VALUES ($1, $2)"
  static let shipOrder: Statement = "UPDATE flow_order SET status = 'shipped', shipped = shipped + 1 WHERE id = $1"
  static let updateLines: Statement = "UPDATE flow_line SET picked = picked + 1 WHERE number >= $1 AND number < $2"

  private static let pairs: [String: String] = [
    readOrder.text: "SELECT o.status, o.first_line FROM bench.flow_order AS o WHERE o.id = $1 AND o.tenant_id = $2",
    pickLine.text: "UPDATE bench.flow_line SET picked = picked + 1 WHERE number = $1 AND tenant_id = $2",
    insertShipment.text: "INSERT INTO bench.flow_shipment (id, order_id, tenant_id) VALUES ($1, $2, $3)",
    shipOrder.text:
      "UPDATE bench.flow_order SET status = 'shipped', shipped = shipped + 1 WHERE id = $1 AND tenant_id = $2",
    updateLines.text:
      "UPDATE bench.flow_line SET picked = picked + 1 WHERE number >= $1 AND number < $2 AND tenant_id = $3",
  ]

  /// What a careful person writes for a database without row security; the tenant is the last parameter.
  static func byHand(_ statement: Statement) throws -> String {
    guard let text = pairs[statement.text] else { throw BenchFailure("no text by hand for \(statement.text)") }
    return text
  }
}
