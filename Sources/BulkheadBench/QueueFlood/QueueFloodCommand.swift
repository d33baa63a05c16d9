import ArgumentParser
import Foundation

/// A queue under a flood.
struct QueueFloodCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue-flood", abstract: "How long others' jobs wait while one tenant floods the queue.",
    discussion: """
      Starts a private system and fills an empty queue with the jobs of one tenant. Workers claim them and end them at
      once, while other tenants send one job at a time. Runs in turns with every tenant in its own line, and with all
      in one (first in, first out), and prints jobs a second and how long the others' jobs waited. Then floods again and
      again with a snapshot held, as a backup holds one.
      """)

  @Option(help: "Jobs of the flood.") var jobs = 300_000
  @Option(help: "Tenants that send one job now and then.") var tenants = 999
  @Option(help: "Jobs that they send in a second, all together.") var rate = 200
  @Option(help: "Workers, each with a connection.") var workers = 4
  @Option(help: "Jobs of one claim.") var batch = 100
  @Option(help: "Rounds; at least 1.") var rounds = 3
  @Option(name: .customLong("held-seconds"), help: "How long the snapshot is held; 0 for not at all.") var held = 60
  @Option(help: "The program bulkhead; the one beside this program by default.") var bulkhead: String?
  @Option(name: .customLong("naive-port"), help: "Where the naive server listens.") var naivePort = 18_974

  func validate() throws {
    guard jobs >= batch, tenants > 0, rate > 0, workers > 0, batch > 0, rounds > 0, held >= 0 else {
      throw ValidationError("At least one of each, and as many jobs as a claim takes.")
    }
  }

  func run() async throws {
    let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let program = bulkhead ?? own.deletingLastPathComponent().appendingPathComponent("bulkhead").path
    let system = try await SystemUnderTest(bulkhead: program, naivePort: naivePort)
    do {
      try await measure(FloodedQueue(system.database))
    } catch {
      try system.destroy()
      throw error
    }
    try system.destroy()
  }

  private func measure(_ queue: FloodedQueue) async throws {
    try await queue.prepare()
    let load = QueueFloodLoad(jobs: jobs, tenants: tenants, rate: rate, workers: workers, batch: batch)
    print("\(jobs) jobs of one tenant, \(tenants) others with \(rate) jobs/s, \(workers) workers, batch \(batch)")
    print("order               jobs/s   others' jobs   wait p50 ms     p99 ms     max ms")
    var fair: [Double] = []
    var unfair: [Double] = []
    // Round 0 warms; it is not counted.
    for round in 0...rounds {
      for isFair in round.isMultiple(of: 2) ? [true, false] : [false, true] {
        let run = try await queue.flood(load, isFair: isFair)
        guard round > 0 else { continue }
        if isFair { fair.append(run.jobsPerSecond) } else { unfair.append(run.jobsPerSecond) }
        print(row(isFair ? "fair" : "first in, first out", run))
      }
    }
    let ratio = Series(fair).median / Series(unfair).median
    print(String(format: "fair over first in, first out: %.2f", ratio))
    guard held > 0 else { return }
    for isHeld in [false, true] {
      let rates = try await queue.floodForLong(load, seconds: held, isHeld: isHeld)
      let told = rates.map { String(format: "%.0f", $0 / 1000) }.joined(separator: " ")
      print("\(isHeld ? "snapshot held" : "no snapshot"), thousand jobs/s of each flood in \(held) s: \(told)")
    }
  }

  private func row(_ name: String, _ run: FloodRun) -> String {
    let figures = String(
      format: "%10.0f %14d %13.1f %10.1f %10.1f", run.jobsPerSecond, run.waits.values.count, run.waits.median,
      run.waits.p99, run.waits.greatest)
    return name.padding(toLength: 16, withPad: " ", startingAt: 0) + figures
  }
}
