import ArgumentParser
import Dispatch
import Foundation

/// "One tenant's flood is nobody else's problem", measured.
struct NeighbourCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbour", abstract: "What 179 tenants feel of one that floods.",
    discussion: """
      Starts a private PostgreSQL with 180 tenants and a server for each control, all with the same handlers. In rounds
      of quiet, burst, quiet, 179 tenants pick, pack and ship in an open loop (latency counts from when a transaction
      was due), and one updates its order lines as fast as it is let. Prints what that did to the others and to the
      one, and writes figures and a plot to bench-results/. Rounds go forward and back: only ratios of one run mean
      something.
      """)

  @Option(help: "Rounds.") var rounds = 5
  @Option(help: "Lines that a flood over HTTP updates.") var lines = 300_000
  @Option(help: "Lines of one document, separated by commas.") var shapes = "1,100,1000"
  @Option(help: "Where the flood comes in: http, queue.") var entries = "http,queue"
  @Option(help: "What is compared: \(Control.allCases.map(\.rawValue).joined(separator: ", ")).")
  var controls = Control.allCases.map(\.rawValue).joined(separator: ",")
  @Option(help: "Transactions a second of all quiet tenants together.") var rate = 150.0
  @Option(help: "Seconds of quiet before a burst.") var quiet = 10.0
  @Option(help: "Seconds of quiet after it.") var after = 6.0
  @Option(name: .customLong("burst-seconds"), help: "The least that a burst lasts.") var burstSeconds = 10.0
  @Option(name: .customLong("flood-connections"), help: "Connections that flood with documents of one line.")
  var floodConnections = 64
  @Option(name: .customLong("queue-seconds"), help: "The most that a flood by the queue lasts.")
  var queueSeconds = 20.0
  @Option(help: "Makes the schedule of arrivals.") var seed: UInt64 = 180
  @Flag(help: "A short look: one round, short bursts. Its figures mean little.") var quick = false
  @Flag(name: .customLong("no-sharing"), help: "Leave out what tenants get that all want more than there is.")
  var noSharing = false
  @Flag(help: "Print a JSON object instead of the tables.") var json = false

  private var plan: RoundPlan {
    RoundPlan(
      quietSeconds: quick ? 4 : quiet, afterSeconds: quick ? 3 : after, burstSeconds: quick ? 5 : burstSeconds,
      lines: quick ? 0 : lines, rate: rate, seed: seed, floodConnections: floodConnections,
      queueSeconds: quick ? 5 : queueSeconds)
  }

  func validate() throws {
    guard rounds >= 1, rate > 0, quiet >= 2, after >= 2, burstSeconds >= 1, (1...90).contains(floodConnections) else {
      throw ValidationError("Rounds, seconds and connections are to be sensible.")
    }
    _ = try scenarios()
    _ = try chosen()
  }

  func run() async throws {
    let work = Task { try await measured() }
    // Who interrupts it leaves no PostgreSQL behind.
    let signals = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { work.cancel() }
      source.resume()
      return source
    }
    defer { for source in signals { source.cancel() } }
    let outcome = try await work.value
    let files = try outcome.save()
    print(json ? outcome.json.text : outcome.text)
    for file in files { step("written: \(file)") }
  }

  private func measured() async throws -> NeighbourOutcome {
    let (scenarios, controls) = (try scenarios(), try chosen())
    step("seed \(seed); starting PostgreSQL with \(NeighbourTables.tenants) tenants, and \(controls.count) servers")
    let place = try await Neighbourhood(controls)
    var outcome = NeighbourOutcome(plan: plan)
    do {
      for scenario in scenarios { try await measure(scenario, controls, place, &outcome) }
      if !noSharing { try await share(controls, place, &outcome) }
    } catch {
      step(place.logs)
      try place.destroy()
      throw error
    }
    try place.destroy()
    return outcome
  }

  private func measure(
    _ scenario: Scenario, _ all: [Control], _ place: Neighbourhood, _ outcome: inout NeighbourOutcome
  ) async throws {
    // Only a queue has an order in which jobs are claimed.
    let controls = all.filter { $0 != .fifo || scenario.entry == .queue }
    let warmup = RoundRunner(
      place: place,
      plan: RoundPlan(
        quietSeconds: 2, afterSeconds: 0.5, burstSeconds: 2, lines: 0, rate: rate, seed: seed &- 1,
        floodConnections: floodConnections, queueSeconds: 2))
    for control in controls {
      step("\(scenario.name): \(control.name), warming up")
      _ = try await warmup.round(control, scenario, number: 0)
    }
    let runner = RoundRunner(place: place, plan: plan)
    let count = quick ? 1 : rounds
    for number in 1...count {
      for control in number.isMultiple(of: 2) ? controls.reversed() : controls {
        let round = try await runner.round(control, scenario, number: number)
        outcome.add(round, control, scenario)
        step(
          "\(scenario.name): \(control.name), round \(number) of \(count): burst of "
            + String(
              format: "%.1f s, %.0f lines/s, p99 %.1f -> %.1f ms", round.flood.seconds,
              round.flood.linesPerSecond, round.p99(round.quiet), round.p99(round.loaded)))
        if [.bulkhead, .arrival, .uncontrolled].contains(control), scenario.entry == .http {
          outcome.add(alone: try await runner.alone(control, scenario), control, scenario)
        }
      }
    }
  }

  private func share(_ all: [Control], _ place: Neighbourhood, _ outcome: inout NeighbourOutcome) async throws {
    for contest in Contest.all {
      for control in all where contest.controls.contains(control) {
        step("\(contest.name): \(control.name)")
        try await contest.prepare(place)
        for _ in 1...(quick ? 1 : rounds) {
          outcome.add(try await contest.run(control, place, seconds: plan.burstSeconds), control, contest)
        }
      }
    }
  }

  private func scenarios() throws -> [Scenario] {
    let shapes = try shapes.split(separator: ",").map { text in
      guard let shape = Int(text), (1...1_000).contains(shape), NeighbourTables.flooderLines.isMultiple(of: shape)
      else { throw ValidationError("--shapes are divisors of \(NeighbourTables.flooderLines) up to 1000") }
      return shape
    }
    let entries = try entries.split(separator: ",").map { text in
      guard let entry = Entry(rawValue: String(text)) else { throw ValidationError("--entries: http, queue") }
      return entry
    }
    return entries.flatMap { entry in shapes.map { Scenario(entry: entry, shape: $0) } }
  }

  private func chosen() throws -> [Control] {
    let named = try controls.split(separator: ",").map { text in
      guard let control = Control(rawValue: String(text)) else { throw ValidationError("no control \(text)") }
      return control
    }
    return Control.allCases.filter { named.contains($0) }
  }

  private func step(_ text: String) { FileHandle.standardError.write(Data("> \(text)\n".utf8)) }
}
