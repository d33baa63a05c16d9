import BulkheadCore
import BulkheadData
import BulkheadPostgres

extension RefusalCode {
  package static let selfCheckFailed = RefusalCode("selfCheck.failed", .unavailable)
}

/// Refuses to serve from a cluster in which a wall is missing: a server below the security floor, a role that is more
/// than it may be, a carrier that others can set, a table without its policy, a function of the binding that is not as
/// it was made, a right that somebody was given by hand. Each gap is named with the SQL that closes it.
///
/// It reads and changes nothing. What it cannot see: who holds the passwords, and what a superuser did and undid.
package struct SelfCheck: Sendable {
  /// Gaps that are written out in a refusal; more are counted.
  package static let gapsShownMax = 20
  /// Databases that are looked into at the same time.
  private static let lanes = 4

  private let allowsUnpatched: Bool
  private let functions: [WallFunction]

  package init(allowsUnpatched: Bool, catalog: MigrationCatalog) throws {
    self.allowsUnpatched = allowsUnpatched
    functions = WallFunction.read(try catalog.files(.cell))
  }

  /// Refuses with `server.unpatched` or `selfCheck.failed`.
  ///
  /// - Parameters:
  ///   - registry: the cluster that holds the control database, in which SQL logins are registered.
  ///   - checksTemplate: whether the cluster is ours alone, so that its template is locked down too.
  package func run(_ admin: AdminAccess, registry: AdminAccess, checksTemplate: Bool = false) async throws {
    let gaps = try await gaps(admin, registry: registry, checksTemplate: checksTemplate)
    guard !gaps.isEmpty else { return }
    let shown = gaps.prefix(Self.gapsShownMax).map { "  \($0)" }.joined(separator: "\n")
    let more = gaps.count > Self.gapsShownMax ? "\n  and \(gaps.count - Self.gapsShownMax) more." : ""
    throw Refusal(
      .selfCheckFailed,
      """
      Walls are missing in cell \(admin.cell), so nothing is served. Run what stands below each of them as an \
      administrator in the database that is named, and start again.
      \(shown)\(more)
      """)
  }

  /// Every gap in the cluster's walls. Refuses with `server.unpatched` at once: on such a server the others do not
  /// hold.
  package func gaps(
    _ admin: AdminAccess, registry: AdminAccess, checksTemplate: Bool = false
  ) async throws -> [WallGap] {
    let logins = try await Self.logins(registry)
    let (gaps, databases) = try await admin.connected { connection in
      if !allowsUnpatched, let objection = SecurityFloor.objection(to: connection.serverVersionNumber) {
        throw Refusal(.serverUnpatched, objection)
      }
      let gaps = try await Self.gaps(ClusterWalls.all + [ClusterWalls.logins(logins)], "cell \(admin.cell)", connection)
      let rows = try await connection.roundTrip([.once(text: Self.databases, parameters: [])], deadline: Self.clock)
      return (gaps, try rows[0].map { try $0.text(0) })
    }
    let template = checksTemplate ? ["template1"] : []
    return try await withThrowingTaskGroup(of: [WallGap].self) { group in
      var waiting = (databases + template)[...]
      var found = gaps
      for database in waiting.prefix(Self.lanes) { group.addTask { try await self.gaps(in: database, admin) } }
      waiting = waiting.dropFirst(Self.lanes)
      while let more = try await group.next() {
        found += more
        if let database = waiting.popFirst() { group.addTask { try await self.gaps(in: database, admin) } }
      }
      return found
    }
  }

  private func gaps(in database: String, _ admin: AdminAccess) async throws -> [WallGap] {
    try await admin.connected(to: database) { connection in
      let place = "cell \(admin.cell), database \(database)"
      var gaps = try await Self.gaps(DatabaseWalls.all, place, connection)
      let rows = try await connection.roundTrip(
        [.once(text: "SELECT to_regclass('bulkhead.home') IS NOT NULL", parameters: [])], deadline: Self.clock)
      if try rows[0][0].bool(0) {
        gaps += try await Self.gaps(BindingWalls.all(functions) + HomeWalls.all, place, connection)
      } else if database != ControlDatabase.databaseName, database != "template1" {
        gaps.append(
          WallGap(
            wall: "a database of tenants has the binding", place: place, fault: "schema bulkhead is missing",
            fix: "-- Run `bulkhead migrate`."))
      }
      return gaps
    }
  }

  private static func gaps(
    _ walls: [Wall], _ place: String, _ connection: PostgresConnection
  ) async throws -> [WallGap] {
    var gaps: [WallGap] = []
    for wall in walls {
      let rows = try await connection.roundTrip([.once(text: wall.gaps, parameters: [])], deadline: clock)[0]
      for row in rows {
        gaps.append(WallGap(wall: wall.name, place: place, fault: try row.text(0), fix: try row.text(1)))
      }
    }
    return gaps
  }

  /// The names of all walls.
  package static var wallNames: [String] {
    (ClusterWalls.all + [ClusterWalls.logins([])] + DatabaseWalls.all + BindingWalls.all([]) + HomeWalls.all).map(
      \.name)
  }

  private static var clock: ContinuousClock.Instant { .now + .seconds(30) }

  /// Role and carrier of every SQL login that the registry knows.
  private static func logins(_ registry: AdminAccess) async throws -> [(role: String, carrier: String)] {
    try await registry.connected(to: ControlDatabase.databaseName) { connection in
      let query = "SELECT role_name, 't' || replace(tenant_id::text, '-', '') FROM control.sql_login"
      let rows = try await connection.roundTrip([.once(text: query, parameters: [])], deadline: clock)[0]
      return try rows.map { (try identifier($0.text(0)), try identifier($0.text(1))) }
    }
  }

  /// The databases of ours in a cluster.
  private static let databases = """
    SELECT datname FROM pg_database
     WHERE datname IN ('bulkhead_control', 'bulkhead_cell') OR datname ~ '^d_[0-9a-f]{14}$' ORDER BY 1
    """
}
