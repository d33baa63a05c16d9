import ArgumentParser
import BulkheadCore
import Foundation

/// A running system and the tokens of two of its tenants.
struct LiveOptions: ParsableArguments {
  static let variableA = "BULKHEAD_TOKEN_A"
  static let variableB = "BULKHEAD_TOKEN_B"

  @Option(
    name: .customLong("live"),
    help: "Base URL of a running system to look at instead. Only GET requests are sent; nothing is changed.")
  var url: String?
  @Option(help: "Token of the tenant that attacks, or @FILE. Default: BULKHEAD_TOKEN_A.") var tokenA: String?
  @Option(help: "Token of the tenant that is looked for, or @FILE. Default: BULKHEAD_TOKEN_B.") var tokenB: String?

  func check() throws {
    guard let url else {
      guard tokenA == nil, tokenB == nil else { throw ValidationError("Tokens are for --live.") }
      return
    }
    guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host != nil else {
      throw ValidationError("--live takes a URL such as https://api.example.com.")
    }
    _ = try token(tokenA, Self.variableA, "--token-a")
    _ = try token(tokenB, Self.variableB, "--token-b")
  }

  private func token(_ option: String?, _ variable: String, _ name: String) throws -> String {
    let given = option ?? ProcessInfo.processInfo.environment[variable] ?? ""
    guard given.hasPrefix("@") else {
      let text = given.trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else { throw ValidationError("--live needs \(name), or \(variable).") }
      return text
    }
    guard let text = try? String(contentsOfFile: String(given.dropFirst()), encoding: .utf8) else {
      throw ValidationError("\(name): the file \(given.dropFirst()) cannot be read.")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func run(progress: @escaping @Sendable (Int, Int, String) -> Void) async throws -> [AttackRun] {
    let client = HTTPTransport.makeClient()
    let base = (url ?? "").last == "/" ? String((url ?? "").dropLast()) : url ?? ""
    let target = LiveTarget(url: base, client: client)
    let outcome: Result<[AttackRun], any Error>
    do {
      let scout = try await LiveScout.look(
        target, tokenA: token(tokenA, Self.variableA, "--token-a"), tokenB: token(tokenB, Self.variableB, "--token-b"))
      outcome = .success(try await LiveBattery(scout: scout).run(progress: progress))
    } catch {
      outcome = .failure(error)
    }
    try? await client.shutdown()
    return try outcome.get()
  }
}
