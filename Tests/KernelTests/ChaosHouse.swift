import AsyncHTTPClient
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import Foundation
import Synchronization

@testable import bulkhead

/// An installation of its own whose processes and whose PostgreSQL may be killed. Removed when the test process ends.
final class ChaosHouse: Sendable {
  let options: DatabaseOptions
  let folder: URL
  let tenants: [TestTenant]
  let client: HTTPClient

  private static let opening = Task { try await ChaosHouse(named: "chaos") }
  private static let doomed = Mutex<[URL]>([])

  static func shared() async throws -> ChaosHouse { try await opening.value }

  /// Runs `body` in a house that nobody else uses.
  static func own(named name: String, _ body: (ChaosHouse) async throws -> Void) async throws {
    let house = try await ChaosHouse(named: name)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(house)) } catch { outcome = .failure(error) }
    try await house.client.shutdown()
    try outcome.get()
  }

  private init(named name: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-\(name)-\(getpid())")
    self.folder = folder
    options = try DatabaseOptions.parse(["--data", folder.path])
    let isFirst = Self.doomed.withLock { doomed in
      doomed.append(folder)
      return doomed.count == 1
    }
    if isFirst {
      atexit {
        for folder in ChaosHouse.doomed.withLock({ $0 }) { try? PrivateCluster(folder: folder).destroy() }
      }
    }
    // One after the other: each takes the first port that is free at the moment.
    _ = try await TestCluster.shared.cluster()
    // The demonstration: a tenant in each tier, and tokens that are good for a day.
    let up = try ChaosProcess(["up", "--data", folder.path, "--port", "0", "--json"])
    let shown = try await up.ready()
    up.kill()
    let platform = try await Platform.open(Cluster.open(options, creates: false), logger: .test)
    defer { platform.close() }
    var tenants: [TestTenant] = []
    for entry in shown["tenants"]?.array ?? [] {
      let record = try await platform.tenant(named: entry["slug"]?.string ?? "")
      tenants.append(TestTenant(record: record, token: entry["token"]?.string ?? ""))
    }
    self.tenants = tenants
    client = HTTPTransport.makeClient()
  }

  /// A process of the command on this installation.
  func start(_ command: String, _ arguments: [String] = []) throws -> ChaosProcess {
    try ChaosProcess([command, "--data", folder.path, "--json"] + arguments)
  }

  /// Starts PostgreSQL again after it was killed, and asks it something: a killed server counts as running until its
  /// parent has taken note, and its children may hold its memory for a moment longer.
  func startPostgres() async throws {
    _ = try await ChaosProcess.poll("PostgreSQL") {
      try? await self.number("SELECT 1", in: "postgres")
    }
  }

  /// `kill -9` of PostgreSQL's first process; its children end when they see it.
  func killPostgres() throws {
    guard let pid = try PrivateCluster(folder: folder).processID, pid > 1 else {
      throw ChaosFailure(description: "PostgreSQL does not run")
    }
    kill(pid, SIGKILL)
  }

  /// One number, read by the administrator.
  func number(_ sql: String, in database: String) async throws -> Int64 {
    let cluster = try Cluster.open(options, creates: false)
    return try await cluster.cells.main.connected(to: database) {
      try await $0.simple(sql, deadline: nil).last?.first?.int(0) ?? -1
    }
  }

  /// Waits until no event waits for the relay and no job for a worker.
  func workedOff() async throws {
    for tenant in tenants {
      let place = tenant.record.placement
      _ = try await ChaosProcess.poll("the outbox of \(tenant.slug)") {
        let waiting = try await number(
          "SELECT count(*) FROM \(place.schema).outbox WHERE tenant_id = '\(tenant.id)' AND dispatched_at IS NULL",
          in: place.database)
        return waiting == 0 ? true : nil
      }
    }
    _ = try await ChaosProcess.poll("the jobs") {
      let open = try await number(
        "SELECT count(*) FROM control.job_status WHERE state NOT IN ('done', 'dead')", in: ControlDatabase.databaseName)
      return open == 0 ? true : nil
    }
  }

  /// What `bulkhead check` says of the whole installation.
  func check() async throws -> (status: Int32, text: String) {
    let process = try start("check")
    let status = try await process.exitStatus()
    return (status, process.text + process.errors)
  }
}
