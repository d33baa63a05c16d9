import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Distribution
import Foundation
import Logging
import Synchronization

@testable import bulkhead

/// A tenant of a house: its record and the address that trading partners know it by.
struct Resident: Sendable {
  let record: TenantRecord
  /// X12 interchange id, qualifier `ZZ`.
  let address: String
  let home: Snapshot

  var slug: String { record.slug }
  var id: TenantID { record.id }
}

/// One installation with a PostgreSQL of its own, and the tenants that live in it.
///
/// An alone house holds one tenant and has never held another. Tenants are made once and put back to how they were
/// before each script (`Snapshot`): making one in tier schema or dedicated runs every migration, which takes longer
/// than the script. What is put back is everything that the database keeps of the tenant; what the process remembers of
/// it stays, in both worlds alike, and that too is something a neighbour must not show through.
final class House: Sendable {
  let name: String
  let cluster: Cluster
  let options: DatabaseOptions
  let residents: [Resident]
  /// When its tenants were made.
  let furnished: ClosedRange<Instant>

  private init(
    name: String, cluster: Cluster, options: DatabaseOptions, residents: [Resident], since opened: Instant
  ) {
    self.name = name
    furnished = opened...SystemClock().now()
    self.cluster = cluster
    self.options = options
    self.residents = residents
  }

  static func open(_ name: String, _ tenants: [(slug: String, tier: Tier, address: String)]) async throws -> House {
    let opened = SystemClock().now()
    for name in ["BULKHEAD_DATABASE_URL", "PGHOST", "PGSERVICE", "PGHOSTADDR"] { unsetenv(name) }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-\(name)-\(getpid())")
    // Parsed from nothing but the folder: no variable of the environment leads to another database.
    let options = try DatabaseOptions.parse(["--data", folder.path])
    let cluster = try Cluster.open(options, creates: true)
    removeAtExit(folder)
    // Nothing here outlives the test, so nothing needs to reach the disk.
    try await cluster.cells.main.connected { connection in
      for setting in ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = '4GB'"] {
        try await connection.simple("ALTER SYSTEM SET \(setting)", deadline: nil)
      }
      try await connection.simple("SELECT pg_reload_conf()", deadline: nil)
    }
    try await cluster.install(options) { _ in }
    let empty = House(name: name, cluster: cluster, options: options, residents: [], since: opened)
    let world = try await World.open(empty)
    defer { world.close() }
    var residents: [Resident] = []
    for (index, tenant) in tenants.enumerated() {
      residents.append(
        try await world.admit(slug: tenant.slug, tier: tenant.tier, address: tenant.address, number: index))
    }
    return House(name: name, cluster: cluster, options: options, residents: residents, since: opened)
  }

  func resident(_ slug: String) throws -> Resident {
    guard let found = residents.first(where: { $0.slug == slug }) else { throw Unknown(name: slug) }
    return found
  }

  struct Unknown: Error { let name: String }

  /// Runs SQL as the administrator: how a fault is planted, and how a tenant is put back.
  func administer(_ database: String, _ sql: String) async throws {
    try await cluster.cells.main.connected(to: database) { connection in
      _ = try await connection.simple(sql, deadline: nil)
    }
  }

  private static let doomed = Mutex<[URL]>([])

  private static func removeAtExit(_ folder: URL) {
    let isFirst = doomed.withLock { doomed in
      doomed.append(folder)
      return doomed.count == 1
    }
    guard isFirst else { return }
    atexit {
      for folder in House.doomed.withLock({ $0 }) { try? PrivateCluster(folder: folder).destroy() }
    }
  }
}

extension Logger {
  static let silent: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()
}
