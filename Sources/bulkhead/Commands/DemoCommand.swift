import ArgumentParser
import BulkheadCore
import BulkheadReport
import Foundation

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Tell what the system does, with figures that anyone can work out by hand.",
    subcommands: [OrderToCash.self])

  struct OrderToCash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "order-to-cash",
      abstract: "One order and everything it triggers, in three tenants at once.",
      discussion: """
        Starts a private PostgreSQL in a temporary folder with one tenant in each tier, all with the same product,
        customer and document numbers, and has them live through the same chain at the same time: an order for more
        than there is, allocation, picking, packing, labels, shipping, tax, invoice, replenishment, a purchase with
        freight and a dear invoice, the backorder, a return, payment, and the month's end. A customer and a supplier of
        each tenant exchange X12 documents with it over HTTP, and a shop is told by webhook. One tenant's story is told;
        every figure of all three is compared with the one worked out by hand. Nothing is left behind.

        Exit status: 0 every figure and every invariant is right, 2 one is not, 1 the chain could not go on.
        """)

    @Option(help: "Whose story is told: pooled, schema or dedicated.") var tier: Tier = .pooled
    @Flag(help: "Print one JSON object a figure instead of the story.") var json = false

    func run() async throws {
      let outcomes = try await explained { try await Interruption.watching { try await play() } }
      if !json { Console.result("\n" + Self.table(outcomes)) }
      for outcome in outcomes {
        for figure in outcome.off {
          Console.failure("\(outcome.tenant.slug): \(figure.what) is \(figure.found) and should be \(figure.expected)")
        }
        for check in outcome.broken { Console.failure("\(outcome.tenant.slug): invariant \(check) findings") }
      }
      if !outcomes.allSatisfy(\.isRight) { throw ExitCode(2) }
    }

    private func play() async throws -> [OrderToCashStage.Outcome] {
      Console.step("starting a private PostgreSQL with one tenant in each tier")
      let deployment = try await Deployment.start("demo")
      let outcomes: Result<[OrderToCashStage.Outcome], any Error>
      do {
        let stand = try await deployment.workingStand()
        var tenants: [FieldTenant] = []
        for tier in Tier.allCases { tenants.append(try await deployment.tenant(tier, on: stand)) }
        outcomes = .success(
          try await OrderToCashStage.play(
            tenants, on: stand.platform,
            call: { method, path, token, body in
              try await stand.call(
                method, path, token: token, json: body.json, bytes: body.interchange, headers: body.headers)
            },
            hears: { [tier, json] tenant, line in
              if json { return Self.write(line, of: tenant) }
              if tenant.tier == tier { Console.result(Self.text(line)) }
            }))
      } catch {
        outcomes = .failure(error)
      }
      await deployment.stop()
      return try outcomes.get()
    }

    private static func text(_ line: Story.Line) -> String {
      switch line {
      case .chapter(let number, let title): "\n\(number). \(title)"
      case .text(let text): "   \(text)"
      case .figure(let figure): text(figure)
      }
    }

    private static func text(_ figure: Story.Figure) -> String {
      let name = figure.what.padding(toLength: 32, withPad: " ", startingAt: 0)
      return figure.holds
        ? "   ✓ \(name) \(figure.found)" : "   ✗ \(name) \(figure.found)   (by hand: \(figure.expected))"
    }

    private static func write(_ line: Story.Line, of tenant: FieldTenant) {
      guard case .figure(let figure) = line else { return }
      Console.result([
        "tenant": .string(tenant.slug), "tier": .string(tenant.tier.rawValue), "chapter": .int(figure.chapter),
        "figure": .string(figure.what), "expected": .string(figure.expected), "found": .string(figure.found),
        "holds": .bool(figure.holds),
      ])
    }

    private static func table(_ outcomes: [OrderToCashStage.Outcome]) -> String {
      var table = Table(
        ["TENANT", "TIER", "FIGURES", "OFF", "INVARIANTS BROKEN"], [.left, .left, .right, .right, .right])
      for outcome in outcomes {
        table.add([
          outcome.tenant.slug, outcome.tenant.tier.rawValue, String(outcome.figures.count), String(outcome.off.count),
          String(outcome.broken.count),
        ])
      }
      return table.text
    }
  }
}
