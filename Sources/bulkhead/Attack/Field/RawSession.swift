import BulkheadCore
import BulkheadKeys
import BulkheadPostgres

extension Rows {
  static let none = Rows(columnCount: 0, starts: [], ends: [], bytes: [], affected: 0)

  /// The first column.
  var texts: [String] { columnCount == 0 ? [] : map { $0.textOrNil(0) ?? "" } }
}

extension PostgresConnection {
  /// The last result of a script.
  @discardableResult
  func script(_ text: String) async throws(PostgresError) -> Rows {
    try await simple(text, deadline: .now + .seconds(20)).last ?? Rows.none
  }

  /// How many of the victim's products this session sees.
  func sight(of victim: Side) async throws(PostgresError) -> Int {
    let home = victim.tenant.record.placement
    let rows = try await script(
      "SELECT count(*) FROM \(home.schema).product WHERE tenant_id = '\(victim.tenant.id)'")
    return rows.texts.first.flatMap { Int($0) } ?? 0
  }

  /// Leaves no transaction open.
  func rollBack() async {
    if isUsable, transactionStatus != .idle { _ = try? await script("ROLLBACK") }
  }
}

extension PostgresError {
  /// What the server said, short: `42501 permission denied for table product`.
  var brief: String { [sqlState, message].compactMap { $0 }.joined(separator: " ") }
}

extension Battlefield {
  /// A bind token, good for this backend and `side` unless an argument says otherwise. Minted by keys of its own, so
  /// that nothing that the data path was given is given out again.
  func bindToken(
    _ side: Side, pid: Int32, cell: String = "main", kid: Int = 1, epoch: Int32? = nil, age: Duration = .zero
  ) -> String {
    BindKeys(master: platform.cluster.master, cell: cell, kid: kid).bindToken(
      tenant: side.tenant.id, epoch: epoch ?? side.tenant.record.placement.epoch, backendPID: pid,
      now: platform.ambient.now - age)
  }
}
