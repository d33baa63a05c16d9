import Testing

@Suite("A difference is shrunk to the steps that make it")
struct ShrinkerTests {
  private static func step(_ number: Int) -> Step {
    Step(
      number: number, route: "GET /x", method: "GET", path: "/x/\(number)?limit=2",
      fields: [.init(name: "x-tenant-id", value: "a")])
  }

  private static func difference(_ step: Step) -> Difference {
    Difference(step: step, alone: "200\n{\"a\":1,\"b\":2}", crowded: "200\n{\"a\":1,\"b\":3}")
  }

  @Test("two steps of a hundred that only together make it are what is left, without what they do not need")
  func twoOfAHundred() async throws {
    let script = (1...100).map(Self.step)
    let shrinker = Shrinker { steps in
      guard steps.contains(where: { $0.number == 17 }), let last = steps.first(where: { $0.number == 91 }),
        steps.first(where: { $0.number == 17 })?.path.contains("limit") == true
      else { return nil }
      return Self.difference(last)
    }
    let (least, difference) = try await shrinker.shrink(script, Self.difference(Self.step(91)))
    #expect(least.map(\.number) == [17, 91])
    #expect(least.allSatisfy { $0.fields.isEmpty })
    #expect(least[0].path == "/x/17?limit=2" && least[1].path == "/x/91")
    let report = Shrinker.report(least, difference, seed: 5, tier: "pooled")
    #expect(report.contains("curl -s -X GET \"$BASE/x/17?limit=2\" -H 'Authorization: Bearer $TOKEN'"))
    #expect(report.contains("alone:   \"b\":2}") && report.contains("crowded: \"b\":3}"))
    #expect(!report.contains("\"a\":1"))
  }

  @Test("what shows itself once and never again is reported as it was")
  func notAgain() async throws {
    let script = (1...10).map(Self.step)
    let (least, _) = try await Shrinker { _ in nil }.shrink(script, Self.difference(Self.step(6)))
    #expect(least.map(\.number) == Array(1...6))
  }
}
