import BulkheadCore

/// What the buyer has on record.
extension MockTradingPartner {
  /// One transaction set that the buyer received or wrote.
  public struct Document: Hashable, Sendable {
    /// Set code: `855`, `997`, ….
    public let code: String
    public let control: String
    /// What it is about, in the buyer's words: an order number for an 855.
    public let reference: String
    public let isAccepted: Bool
    /// Faults of syntax.
    public let findings: [String]
    /// What the supplier's 997 said about it; empty before that.
    public let acknowledgment: String
  }

  /// The documents received from `supplier`, oldest first.
  public func received(from supplier: String) async throws -> [Document] {
    try await documents("in", supplier)
  }

  /// The documents written for `supplier`, oldest first.
  public func written(for supplier: String) async throws -> [Document] {
    try await documents("out", supplier)
  }

  private func documents(_ direction: String, _ supplier: String) async throws -> [Document] {
    let rows = try await http.json("/_mock/documents?partner=\(supplier)").array ?? []
    return rows.filter { $0["direction"]?.string == direction }.reversed().map { row in
      Document(
        code: row["code"]?.string ?? "", control: row["control"]?.string ?? "",
        reference: row["reference"]?.string ?? "", isAccepted: row["accepted"]?.int == 1,
        findings: (row["findings"]?.array ?? []).map(\.text), acknowledgment: row["ack_status"]?.string ?? "")
    }
  }

  /// Status of every delivery that came over HTTP, oldest first.
  public func deliveries() async throws -> [Int] {
    let rows = try await http.json("/_mock/requests").array ?? []
    return rows.filter { $0["path"]?.string == "/edi" }.reversed().compactMap { $0["status"]?.int }
  }

  /// Makes the buyer behave in one of mock-edi's ways towards `supplier`: `duplicate-order`, `corrupt`, ….
  public func behave(_ behaviour: String, towards supplier: String) async throws {
    try await http.patch("/_mock/partners/\(supplier)", ["behaviour": .string(behaviour)])
  }

  /// Lets the buyer do everything now that it had put off.
  public func advance() async throws { try await http.post("/_mock/advance?all", .object([])) }

  /// Makes the mock sell an item at `price`, of which it has `inStock`. There is no way to say that over HTTP, so it is
  /// written into the file that it keeps.
  public func stock(_ sku: String, price: String, inStock: Int) throws {
    guard let database else { throw MockFailure("a mock without a database has a fixed catalogue") }
    let script = """
      import sqlite3, sys
      with sqlite3.connect(sys.argv[1], timeout=10) as c:
        done = c.execute("UPDATE catalog SET price = ?, in_stock = ? WHERE sku = ?", sys.argv[2:]).rowcount
      sys.exit(0 if done == 1 else 3)
      """
    let run = try ToolRun(["python3", "-c", script, database.path, price, String(inStock), sku])
    guard run.status == 0 else { throw MockFailure("the catalogue was not changed: \(run.complaints)") }
  }
}
