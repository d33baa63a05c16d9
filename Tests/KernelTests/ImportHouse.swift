import BulkheadCore
import BulkheadData
import BulkheadWork
import Distribution
import Testing

@testable import bulkhead

/// Files of one tenant of a test. Its jobs are run by hand, or by the system's worker.
struct ImportHouse: Sendable {
  let system: TestSystem
  let tenant: TestTenant

  static func of(_ system: TestSystem, _ tier: Tier) async throws -> ImportHouse {
    ImportHouse(system: system, tenant: try await system.tenant(tier))
  }

  /// Sends a file in parts of `partBytes` and begins its check. The path of the import.
  func upload(
    _ kind: String, _ csv: String, columns: JSON = [], partBytes: Int = 1 << 20
  ) async throws -> String {
    let body: JSON = ["kind": .string(kind), "fileName": .string("\(kind).csv"), "columns": columns]
    let made = try await system.post("/v1/imports", tenant, body)
    try #require(made.status == 201, "\(made.text)")
    let path = "/v1/imports/\(try #require(made.json["id"]?.string))"
    var rest = Array(csv.utf8)[...]
    var part = 0
    while !rest.isEmpty {
      part += 1
      let sent = try await put(path, part, Array(rest.prefix(partBytes)))
      try #require(sent.status == 200, "\(sent.text)")
      rest = rest.dropFirst(partBytes)
    }
    let checking = try await system.post("\(path)/check", tenant, ["parts": .int(part)])
    try #require(checking.status == 202 && checking.json["state"] == "checking", "\(checking.text)")
    return path
  }

  func put(_ path: String, _ part: Int, _ bytes: [UInt8]) async throws -> TestAnswer {
    try await system.call(
      "PUT", "\(path)/parts/\(part)", token: tenant.token, bytes: bytes, headers: ["Content-Type": "text/csv"])
  }

  /// Goes through the file until the pass under way has ended, as jobs would.
  func settle(_ path: String) async throws -> JSON {
    for _ in 0..<50 {
      let now = try await read(path)
      guard ["checking", "running"].contains(now["state"]?.string ?? "") else { return now }
      try await go(path)
    }
    throw Failure(path: path)
  }

  struct Failure: Error { let path: String }

  /// One job for the turn that the file is in.
  func go(_ path: String) async throws {
    let id = try #require(EntityID(path.split(separator: "/").last ?? ""))
    let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
    let rows = try await scoped.read(Query(Statement("SELECT turn FROM import_job WHERE id = $1"), .id(id)))
    let turn = try #require(try rows[0].first?.int(0))
    let handler = try #require(system.application.modules.jobHandlers.first { $0.topic == "import.step" })
    let job = Job(
      id: system.platform.ambient.makeID(), topic: "import.step", key: id.description,
      payload: ["import": .id(id), "turn": .int(turn)], cause: scoped.context.actor, attempt: 1, attemptsMax: 12,
      createdAt: system.platform.ambient.now)
    try await handler.run(job, scoped)
  }

  func read(_ path: String) async throws -> JSON { try await system.get(path, tenant).json }

  /// Uploads, checks, runs; what the import then says.
  @discardableResult
  func take(_ kind: String, _ csv: String, columns: JSON = [], partBytes: Int = 1 << 20) async throws -> JSON {
    let path = try await upload(kind, csv, columns: columns, partBytes: partBytes)
    let checked = try await settle(path)
    try #require(checked["state"] == "checked", "\(checked.text)")
    let running = try await system.post("\(path)/run", tenant, [:])
    try #require(running.status == 202, "\(running.text)")
    return try await settle(path)
  }

  func refused(_ path: String, pass: String? = nil) async throws -> [String] {
    let answer = try await system.get("\(path)/refused\(pass.map { "?pass=\($0)" } ?? "")", tenant)
    try #require(answer.status == 200 && answer.headers["content-type"] == "text/csv; charset=utf-8")
    return answer.text.split(whereSeparator: \.isNewline).map(String.init)
  }

  func path(_ json: JSON) -> String { "/v1/imports/\(json["id"]?.string ?? "")" }
}
