/// Outcomes as JUnit XML, the form every CI reads.
package struct JUnit: Sendable {
  package enum Outcome: Sendable {
    case passed
    case failed(String)
    case skipped(String)
  }

  package struct Case: Sendable {
    package let suite: String
    package let name: String
    package let seconds: Double
    package let outcome: Outcome

    package init(suite: String, name: String, seconds: Double, outcome: Outcome) {
      self.suite = suite
      self.name = name
      self.seconds = seconds
      self.outcome = outcome
    }
  }

  package let name: String
  package let cases: [Case]

  package init(name: String, cases: [Case]) {
    self.name = name
    self.cases = cases
  }

  /// The document: suites in the order of their first case.
  package var xml: String {
    var order: [String] = []
    for one in cases where !order.contains(one.suite) { order.append(one.suite) }
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites \(Self.attributes(name, cases))>"]
    for suite in order {
      let own = cases.filter { $0.suite == suite }
      lines.append("  <testsuite \(Self.attributes(suite, own))>")
      lines += own.flatMap(Self.lines)
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>", ""]).joined(separator: "\n")
  }

  private static func attributes(_ name: String, _ cases: [Case]) -> String {
    let failed = cases.filter { if case .failed = $0.outcome { true } else { false } }.count
    let skipped = cases.filter { if case .skipped = $0.outcome { true } else { false } }.count
    return "name=\"\(Markup.escaped(name))\" tests=\"\(cases.count)\" failures=\"\(failed)\" skipped=\"\(skipped)\""
      + " time=\"\(time(cases.reduce(0) { $0 + $1.seconds }))\""
  }

  private static func lines(_ one: Case) -> [String] {
    let head =
      "    <testcase classname=\"\(Markup.escaped(one.suite))\" name=\"\(Markup.escaped(one.name))\""
      + " time=\"\(time(one.seconds))\""
    switch one.outcome {
    case .passed: return [head + "/>"]
    case .failed(let why):
      return [
        head + ">", "      <failure message=\"\(Markup.escaped(why.firstLine))\">\(Markup.escaped(why))</failure>",
        "    </testcase>",
      ]
    case .skipped(let why):
      return [head + ">", "      <skipped message=\"\(Markup.escaped(why))\"/>", "    </testcase>"]
    }
  }

  /// Seconds with three decimals, whatever the locale.
  private static func time(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1000).rounded())
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}

extension String {
  fileprivate var firstLine: String { String(prefix { $0 != "\n" }) }
}
