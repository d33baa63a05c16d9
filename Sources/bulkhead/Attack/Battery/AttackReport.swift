import BulkheadCore
import BulkheadReport

/// What a battery found, in every form in which somebody wants to read it.
struct AttackReport: Sendable {
  let runs: [AttackRun]
  let hasControls: Bool
  let seconds: Double

  var breaches: [AttackRun] { runs.filter { $0.verdict == .breach } }
  var bad: [AttackRun] { runs.filter { !$0.isGood } }
  /// Distinct attacks, whatever the number of tiers.
  var attackCount: Int { Set(runs.map(\.attack.id)).count }

  /// One line.
  var summary: String {
    var parts = ["\(attackCount) attacks, \(runs.count) runs", "\(breaches.count) breaches"]
    for verdict in [Verdict.provesNothing, .broken] {
      let count = runs.filter { $0.verdict == verdict }.count
      parts.append("\(count) \(verdict == .broken ? "could not be made" : "prove nothing")")
    }
    parts.append(
      hasControls ? "every control leaked but those" : "no controls: nothing here proves that an attack is real")
    if hasControls, bad.isEmpty { parts[parts.count - 1] = "every control leaked" }
    return parts.joined(separator: "; ") + ". \(Int(seconds.rounded())) s."
  }

  private var tiers: [String] {
    var names: [String] = []
    for run in runs where !names.contains(run.tierName) { names.append(run.tierName) }
    return names
  }

  /// Verb and layer down, tiers across: `held/made`, and breaches where there are any.
  var matrix: String {
    var table = Table(
      ["LAYER", "VERB"] + tiers.map { $0.uppercased() } + ["BREACHES"],
      [.left, .left] + tiers.map { _ in Table.Alignment.right } + [.right])
    for row in matrixRows { table.add(row) }
    return table.text
  }

  private var matrixRows: [[String]] {
    Layer.allCases.flatMap { layer in
      Verb.allCases.compactMap { verb -> [String]? in
        let cell = runs.filter { $0.attack.layer == layer && $0.attack.verb == verb }
        guard !cell.isEmpty else { return nil }
        let counts = tiers.map { tier -> String in
          let own = cell.filter { $0.tierName == tier }
          return own.isEmpty ? "-" : "\(own.filter(\.isGood).count)/\(own.count)"
        }
        return [layer.rawValue, verb.rawValue] + counts + [String(cell.filter { $0.verdict == .breach }.count)]
      }
    }
  }

  /// What is wrong, attack by attack, with everything that was seen.
  var drillDown: String {
    bad.map { run in
      """
      \(run.verdict.rawValue.uppercased())  \(run.attack.id)  (\(run.tierName), \(run.attack.verb.rawValue), \
      \(run.attack.layer.rawValue))
        \(run.attack.title)
        expected: \(run.attack.expected)
        seen:     \(run.evidence)
        control:  without \(run.attack.wall): \(run.control)
      """
    }.joined(separator: "\n")
  }
}

extension AttackReport {
  var json: JSON {
    [
      "attacks": .int(attackCount), "runs": .int(runs.count), "breaches": .int(breaches.count),
      "failed": .int(bad.count), "controls": .bool(hasControls), "results": .array(runs.map(Self.json)),
    ]
  }

  private static func json(_ run: AttackRun) -> JSON {
    [
      "id": .string(run.attack.id), "title": .string(run.attack.title), "verb": .string(run.attack.verb.rawValue),
      "layer": .string(run.attack.layer.rawValue), "tier": .string(run.tierName),
      "verdict": .string(run.verdict.rawValue), "steps": .array(run.attack.steps.map(JSON.string)),
      "expected": .string(run.attack.expected), "evidence": .string(run.evidence),
      "wall": .string(run.attack.wall), "control": .string(run.control),
    ]
  }

  var junit: String {
    JUnit(
      name: "bulkhead attack",
      cases: runs.map { run in
        JUnit.Case(
          suite: "\(run.attack.layer.rawValue).\(run.tierName)", name: "\(run.attack.id): \(run.attack.title)",
          seconds: run.seconds,
          outcome: run.isGood
            ? .passed
            : .failed(
              "\(run.verdict.rawValue): \(run.evidence)\nexpected: \(run.attack.expected)\n"
                + "control without \(run.attack.wall): \(run.control)"))
      }
    ).xml
  }

  var sarif: JSON {
    var rules: [String: SARIF.Rule] = [:]
    for run in bad {
      rules[run.attack.id] = SARIF.Rule(
        id: run.attack.id, title: run.attack.title,
        help: "\(run.attack.steps.joined(separator: " ")) Expected: \(run.attack.expected)", severity: run.severity,
        tags: ["security", run.attack.verb.rawValue, run.attack.layer.rawValue])
    }
    return SARIF(
      tool: "bulkhead attack", version: "0.1.0", rules: rules.values.sorted { $0.id < $1.id },
      results: bad.map { run in
        SARIF.Result(
          ruleID: run.attack.id, message: "\(run.verdict.rawValue): \(run.evidence)",
          subject: "\(run.tierName).\(run.attack.layer.rawValue)", kind: "module",
          fingerprint: "\(run.attack.id)/\(run.tierName)/\(run.verdict.rawValue)", severity: run.severity)
      }
    ).json
  }

  var html: String {
    var page = HTMLPage(title: "Attacks on the wall", lead: summary)
    page.heading("Matrix")
    page.paragraph("Each cell: attacks that held, of attacks made, by tier.")
    page.table(
      ["Layer", "Verb"] + tiers + ["Breaches"],
      matrixRows.map { row in
        row.enumerated().map { index, text in
          HTMLPage.Cell(
            text, style: index == row.count - 1 ? (text == "0" ? "good" : "bad") : index > 1 ? "number" : "")
        }
      })
    page.heading("Attacks")
    for layer in Layer.allCases {
      for run in runs where run.attack.layer == layer {
        page.details(
          "\(run.isGood ? "✓" : "✗") \(run.attack.id) (\(run.tierName)): \(run.attack.title)",
          style: run.isGood ? "good" : "bad"
        ) { inner in Self.write(run, into: &inner) }
      }
    }
    return page.text
  }

  private static func write(_ run: AttackRun, into page: inout HTMLPage) {
    page.table(
      ["", ""],
      [
        ("Verdict", run.verdict.rawValue), ("Verb", run.attack.verb.rawValue),
        ("Steps", run.attack.steps.joined(separator: " ")), ("Expected", run.attack.expected), ("Seen", run.evidence),
        ("Control: without", run.attack.wall), ("Control: seen", run.control),
      ].map { [HTMLPage.Cell($0.0, style: "quiet"), HTMLPage.Cell($0.1)] })
  }
}

extension AttackRun {
  var severity: Severity {
    switch verdict {
    case .held, .unproven: .note
    case .provesNothing, .broken: .medium
    case .breach: attack.verb == .access || attack.verb == .corrupt ? .critical : .high
    }
  }
}
