import ArgumentParser
import BulkheadCore
import BulkheadReport
import Foundation

struct AttackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Attack the walls between tenants, and show that each attack is real.",
    discussion: """
      Starts two private PostgreSQL servers in temporary folders, puts two tenants of each tier on both, and lets one
      attack the other: by HTTP, through the guard, in the queue, and in bare SQL sessions under stolen passwords. Each
      attack is also made on the second server with its wall taken away, where it must get through: an attack that
      fails there too proves nothing and counts as a failure. Nothing outside of the two folders is touched, and no
      variable of the environment leads to another database.

      With --live URL it sends only GET requests to a running system, with the tokens of two of its tenants, and looks
      for anything of B that A can reach or tell from what nobody has.

      Exit status: 0 everything held and every control leaked, 2 a breach or an attack that proves nothing, 1 the
      attacks could not be made, 64 wrong usage.
      """)

  @OptionGroup var choice: AttackChoice
  @OptionGroup var output: AttackOutput
  @OptionGroup var live: LiveOptions
  @Flag(help: "List the attacks and make none.") var list = false
  @Flag(name: .customLong("no-controls"), help: "Skip the controls: faster, and proves less. The report says so.")
  var noControls = false

  func run() async throws {
    if list { return listAttacks() }
    let report = try await explained { try await live.url == nil ? privateReport() : liveReport() }
    try explainedWriting { try output.write(report) }
    if !report.bad.isEmpty { throw ExitCode(2) }
  }

  func validate() throws {
    if live.url == nil, choice.attacks.isEmpty { throw ValidationError("No attack matches these options; see --list.") }
    try live.check()
  }

  private func listAttacks() {
    var table = Table(["ID", "VERB", "LAYER", "TIERS", "ATTACK"])
    let attacks = choice.attacks
    for attack in attacks {
      if output.json {
        Console.result([
          "id": .string(attack.id), "title": .string(attack.title), "verb": .string(attack.verb.rawValue),
          "layer": .string(attack.layer.rawValue), "tiers": .array(attack.tiers.map { .string($0.rawValue) }),
          "steps": .array(attack.steps.map(JSON.string)), "expected": .string(attack.expected),
          "wall": .string(attack.wall.name),
        ])
      }
      table.add([
        attack.id, attack.verb.rawValue, attack.layer.rawValue,
        attack.tiers == Tier.allCases ? "all" : attack.tiers.map(\.rawValue).joined(separator: ","), attack.title,
      ])
    }
    if !output.json { Console.result(table.text + "\n\n\(attacks.count) attacks") }
  }

  private func privateReport() async throws -> AttackReport {
    let battery = Battery(attacks: choice.attacks, tiers: choice.tiers, hasControls: !noControls)
    let bar = ProgressLine("attacking")
    Console.step("starting two private PostgreSQL servers")
    return try await Interruption.watching {
      let start = ContinuousClock.now
      let runs = try await battery.run { done, total, what in bar.show(done, of: total, what) }
      return AttackReport(
        runs: runs, hasControls: !noControls,
        seconds: Double((ContinuousClock.now - start).microseconds) / 1_000_000)
    }
  }

  private func liveReport() async throws -> AttackReport {
    let start = ContinuousClock.now
    let bar = ProgressLine("looking")
    let runs = try await live.run { done, total, what in bar.show(done, of: total, what) }
    return AttackReport(
      runs: runs, hasControls: true, seconds: Double((ContinuousClock.now - start).microseconds) / 1_000_000)
  }

  /// A file that cannot be written is the caller's mistake and said in one sentence.
  private func explainedWriting(_ body: () throws -> Void) throws {
    do { try body() } catch let error as CocoaError {
      Console.failure("The report could not be written: \(error.localizedDescription)")
      throw ExitCode.failure
    }
  }
}

/// Which attacks are made.
struct AttackChoice: ParsableArguments {
  @Option(help: "Only attacks whose id or title contains this.") var filter: String?
  @Option(help: "Only attacks that want to: access, infer, corrupt or degrade. May be repeated.") var verb: [Verb] = []
  @Option(help: "Only attacks in this layer: request, application, data, … May be repeated.") var layer: [Layer] = []
  @Option(help: "Only in this tier: pooled, schema or dedicated. May be repeated.") var tier: [Tier] = []

  var tiers: [Tier] { tier.isEmpty ? Tier.allCases : Tier.allCases.filter(tier.contains) }

  var attacks: [any Attack] {
    Catalogue.all.filter { attack in
      (filter.map { attack.id.contains($0) || attack.title.contains($0) } ?? true)
        && (verb.isEmpty || verb.contains(attack.verb)) && (layer.isEmpty || layer.contains(attack.layer))
        && attack.tiers.contains(where: tiers.contains)
    }
  }
}

extension Verb: ExpressibleByArgument {}
extension Layer: ExpressibleByArgument {}
extension Tier: ExpressibleByArgument {}

/// Where the report goes.
struct AttackOutput: ParsableArguments {
  @Flag(help: "Print the report as JSON instead of tables.") var json = false
  @Option(help: "Write a page that stands alone to this file.") var html: String?
  @Option(help: "Write JUnit XML to this file.") var junit: String?
  @Option(help: "Write SARIF 2.1.0 to this file.") var sarif: String?

  func write(_ report: AttackReport) throws {
    let files = [(html, report.html), (junit, report.junit), (sarif, report.sarif.text)]
    for (file, text) in files {
      if let file { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
    }
    if json { return Console.result(report.json) }
    Console.result(report.matrix + "\n")
    if !report.bad.isEmpty { Console.result(report.drillDown + "\n") }
    Console.result(report.summary)
  }
}
