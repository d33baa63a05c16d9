import BulkheadCore
import Foundation

/// What one run of wrk against one server showed.
struct LoadRun {
  let requestsPerSecond: Double
  /// Milliseconds.
  let p50: Double
  let p99: Double
  /// Microseconds of CPU for one request, of the server and of PostgreSQL.
  let serverCPU: Double
  let postgresCPU: Double

  var cpu: Double { serverCPU + postgresCPU }

  static let connections = 16

  /// Runs wrk with one thread and 16 connections. Throws when a single request was refused or broke.
  static func measure(
    _ workload: Workload, _ variant: SystemUnderTest.Variant, _ system: SystemUnderTest, orders: [EntityID],
    run: String,
    seconds: Int
  ) throws -> LoadRun {
    let script = system.folder.appendingPathComponent("\(run).lua")
    let text = workload.script(run: run, orders: orders, token: variant == .naive ? nil : system.token)
    try Data(text.utf8).write(to: script)
    let clock = CPUClock(postmaster: system.postmaster)
    let before = clock.read(server: system.processID(of: variant))
    let wrk = try ChildProcess(
      "/usr/bin/env",
      [
        "wrk", "-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "10s", "-s", script.path,
        system.url(of: variant),
      ], log: system.folder.appendingPathComponent("wrk.log"))
    let output = wrk.outputToEnd()
    let after = clock.read(server: system.processID(of: variant))
    guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("BENCH ") }),
      let json = try? JSONParser.parse(String(line.dropFirst(6))), let requests = json["requests"]?.int, requests > 0,
      let microseconds = json["microseconds"]?.int
    else { throw BenchFailure("wrk said: \(output)") }
    guard json["refused"]?.int == 0, json["broken"]?.int == 0 else {
      throw BenchFailure("\(workload.rawValue) at \(variant.rawValue): not every request succeeded: \(line)")
    }
    return LoadRun(
      requestsPerSecond: Double(requests) / Double(microseconds) * 1e6, p50: Double(json["p50"]?.int ?? 0) / 1000,
      p99: Double(json["p99"]?.int ?? 0) / 1000,
      serverCPU: Double(after.server - before.server) / Double(requests),
      postgresCPU: Double(after.postgres - before.postgres) / Double(requests))
  }
}
