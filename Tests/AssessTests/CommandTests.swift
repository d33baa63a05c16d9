import ArgumentParser
import BulkheadAssess
import BulkheadCore
import Foundation
import Testing

@testable import bulkhead

@Suite("bulkhead assess", .serialized)
struct CommandTests {
  /// Exit status of a run.
  private func status(_ arguments: [String]) async throws -> Int32 {
    do {
      let command = try AssessCommand.parse(arguments)
      try await command.run()
      return 0
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return AssessCommand.exitCode(for: error).rawValue
    }
  }

  @Test("exit status: 0 below the bar, 2 at it, 1 when not assessed, 64 for wrong usage")
  func statuses() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "command", on: server, ["CREATE TABLE t (tenant_id int, id int, PRIMARY KEY (tenant_id, id))"])
    let url = FixtureServer.conninfo("command", on: server)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-assess-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    #expect(try await status(["--json", url]) == 2)
    #expect(
      try await status([
        "--json", "--write-baseline", path("accepted.json"), "--reason", "a test", "--html", path("a.html"), "--sarif",
        path("a.sarif"), "--fix", path("a.sql"), url,
      ]) == 2)
    for name in ["accepted.json", "a.html", "a.sarif", "a.sql"] {
      #expect(try !String(contentsOfFile: path(name), encoding: .utf8).isEmpty, "\(name)")
    }
    #expect(try await status(["--json", "--baseline", path("accepted.json"), url]) == 0)
    #expect(try await status(["--json", "--baseline", path("absent.json"), url]) == 1)
    #expect(try await status(["--json", "--html", path("absent/a.html"), url]) == 1)
    #expect(try await status(["--json", "host=/nonexistent dbname=x"]) == 1)
    #expect(try await status(["--json", "--schema", "absent", url]) == 1)
    #expect(try await status(["--fail-on", "terrible", url]) == 64)
    #expect(try await status(["--write-baseline", path("b.json"), url]) == 64)
    #expect(try await status(["--explain", "X1"]) == 64)
    #expect(try await status(["--rules"]) == 0)
    #expect(try await status(["--explain", "r01"]) == 0)
  }
}
