import BulkheadCore
import Synchronization

/// A client that imports files for one tenant, as any client would: over HTTP, in parts.
final class Importer: Sendable {
  enum Pass: String, Sendable {
    case check, run
  }

  private static let partBytes = 1 << 20
  /// How often it looks how far the import is, and for how long at most.
  private static let pause = Duration.milliseconds(100)
  private static let looksMax = 36_000

  private let client: TenantClient
  /// Path of the import under way.
  private let path = Mutex("")

  init(_ client: TenantClient) { self.client = client }

  func addCustomer(_ code: String) async throws {
    _ = try await client.send(
      "POST", "/v1/parties",
      ["code": .string(code), "kind": "customer", "legalName": .string("Shop \(code)"), "currency": "USD"])
  }

  /// Uploads and checks a file; how many rows it has.
  func check(_ sheet: Sheet, _ content: [UInt8]) async throws -> Int {
    let made = try await client.send(
      "POST", "/v1/imports",
      ["kind": .string(sheet.kind), "fileName": .string("\(sheet.file).csv"), "columns": sheet.columns])
    guard let id = made["id"]?.string else { throw BenchFailure("no import was made: \(made.text)") }
    let path = "/v1/imports/\(id)"
    self.path.withLock { $0 = path }
    var part = 0
    for begin in stride(from: 0, to: content.count, by: Self.partBytes) {
      part += 1
      let bytes = Array(content[begin..<min(content.count, begin + Self.partBytes)])
      _ = try await client.send("PUT", "\(path)/parts/\(part)", bytes: bytes, contentType: "text/csv")
    }
    _ = try await client.send("POST", "\(path)/check", ["parts": .int(part)])
    let checked = try await wait(path, until: "checked")
    return try Self.rows(checked["checked"], checked)
  }

  /// Runs the file that was checked.
  func run(_ sheet: Sheet) async throws -> Int {
    let path = path.withLock { $0 }
    _ = try await client.send("POST", "\(path)/run", [:])
    let done = try await wait(path, until: "done")
    return try Self.rows(done["run"], done)
  }

  private static func rows(_ counts: JSON?, _ whole: JSON) throws -> Int {
    guard let rows = counts?["rows"]?.int, counts?["refused"]?.int == 0 else {
      throw BenchFailure("rows were refused: \(whole.text)")
    }
    return rows
  }

  private func wait(_ path: String, until state: String) async throws -> JSON {
    for _ in 0..<Self.looksMax {
      let now = try await client.send("GET", path)
      if now["state"]?.string == state { return now }
      if ["failed", "cancelled"].contains(now["state"]?.string ?? "") { throw BenchFailure(now.text) }
      try await Task.sleep(for: Self.pause)
    }
    throw BenchFailure("\(path) never came to \(state)")
  }
}
