import BulkheadCore
import Testing

@testable import bulkhead

@Suite("Looking at a running system", .serialized)
struct LiveTests {
  private func options(_ url: String, _ a: String, _ b: String) throws -> LiveOptions {
    try LiveOptions.parse(["--live", url, "--token-a", a, "--token-b", b])
  }

  @Test("a whole system holds, one without its walls does not, and nothing changes in either")
  func running() async throws {
    let deployment = try await Deployment.start("live")
    do {
      let duel = try await deployment.duel(.pooled)
      for without in [Without(), Without(request: .agreement), Without(token: .signature)] {
        let stand = try await deployment.stand(without)
        for side in [duel.attacker, duel.victim] { _ = try await stand.get("/v1/units", side.tenant) }
        let before = try await stand.everything(of: duel.victim)
        let runs = try await options(stand.url, duel.attacker.tenant.token, duel.victim.tenant.token).run { _, _, _ in }
        let bad = runs.filter { !$0.isGood }
        #expect(runs.count > 60)
        #expect(bad.isEmpty == (without == Without()), "\(bad.map { "\($0.attack.id): \($0.evidence)" })")
        #expect(try await stand.everything(of: duel.victim) == before)
      }
      try await excuses(deployment, duel)
    } catch {
      await deployment.stop()
      throw error
    }
    await deployment.stop()
  }

  /// What is no target explains itself.
  private func excuses(_ deployment: Deployment, _ duel: Duel) async throws {
    let stand = try await deployment.stand()
    let (a, b) = (duel.attacker.tenant.token, duel.victim.tenant.token)
    for (url, first, second, words) in [
      ("http://127.0.0.1:9", a, b, "cannot be reached"), (stand.url + "/elsewhere", a, b, "no Bulkhead server"),
      (stand.url, "garbage", b, "tenant A is not taken"), (stand.url, a, "garbage", "tenant B is not taken"),
      (stand.url, a, a, "Name two tenants"),
    ] {
      let refusal = await #expect(throws: Refusal.self, "\(words)") {
        _ = try await options(url, first, second).run { _, _, _ in }
      }
      #expect(refusal?.detail.contains(words) == true, "\(refusal.debugDescription)")
      #expect(refusal?.detail.contains("Nothing was changed") == true)
    }
  }
}
