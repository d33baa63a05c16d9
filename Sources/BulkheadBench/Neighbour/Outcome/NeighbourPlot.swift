import BulkheadReport
import Foundation

/// How long the quiet tenants' transactions took, over time, before, during and after the flood: a row for each
/// scenario, a column for each control, latency on a logarithmic scale. Of each, the last round.
struct NeighbourPlot {
  private static let panel = (width: 250.0, height: 150.0)
  private static let margin = (left: 56.0, top: 76.0, gapX: 40.0, gapY: 64.0, bottom: 0.0)
  /// Milliseconds at the bottom and at the top.
  private static let bounds = (low: 0.3, high: 1000.0)
  private static let windows = Recovery(window: 1, step: 0.25)

  private let outcome: NeighbourOutcome
  private let controls: [Control]

  init(_ outcome: NeighbourOutcome) {
    self.outcome = outcome
    controls = Control.allCases.filter { control in
      outcome.rounds.values.contains { $0[control] != nil }
    }
  }

  var svg: String {
    let (panel, margin) = (Self.panel, Self.margin)
    let width = margin.left + Double(controls.count) * (panel.width + margin.gapX)
    let height = margin.top + Double(outcome.scenarios.count) * (panel.height + margin.gapY) + margin.bottom
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      font-family="sans-serif" font-size="11" fill="#333">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(margin.left)" y="18" font-size="14">One tenant's flood and the latency of 179 others \
      (milliseconds from when each transaction was due; the flood is shaded)</text>
      <text x="\(margin.left)" y="34">lines: \
      <tspan fill="#c0392b">99th percentile</tspan> and <tspan fill="#1f4e8c">median</tspan> \
      of windows of one second; dashed: 99th percentile of the quiet part</text>
      """
    ]
    for (row, scenario) in outcome.scenarios.enumerated() {
      let top = margin.top + Double(row) * (panel.height + margin.gapY)
      parts.append(
        "<text x=\"\(margin.left)\" y=\"\(Self.number(top - 20))\" font-weight=\"bold\">"
          + "\(Markup.escaped(scenario.name))</text>")
      for (column, control) in controls.enumerated() {
        guard let round = outcome.rounds[scenario]?[control]?.last else { continue }
        let left = margin.left + Double(column) * (panel.width + margin.gapX)
        parts.append(Self.draw(round, title: control.name, left: left, top: top))
      }
    }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private static func draw(_ round: BurstRound, title: String, left: Double, top: Double) -> String {
    let from = round.seconds(round.start)
    let to = round.seconds(round.end)
    func x(_ seconds: Double) -> String { number(left + (seconds - from) / (to - from) * panel.width) }
    func y(_ milliseconds: Double) -> String {
      let inside = min(max(milliseconds, bounds.low), bounds.high)
      return number(top + panel.height * (1 - log(inside / bounds.low) / log(bounds.high / bounds.low)))
    }
    let burstEnd = round.seconds(round.burst.upperBound)
    var parts = [
      "<text x=\"\(number(left))\" y=\"\(number(top - 6))\">\(Markup.escaped(title))</text>",
      "<rect x=\"\(x(0))\" y=\"\(number(top))\" width=\"\(number((burstEnd / (to - from)) * panel.width))\" "
        + "height=\"\(number(panel.height))\" fill=\"#fdf1e3\"/>",
    ]
    for mark in [1.0, 10, 100, 1000] {
      parts.append(
        "<line x1=\"\(number(left))\" x2=\"\(number(left + panel.width))\" y1=\"\(y(mark))\" y2=\"\(y(mark))\" "
          + "stroke=\"#e3e3e3\"/><text x=\"\(number(left - 4))\" y=\"\(y(mark))\" text-anchor=\"end\" "
          + "dominant-baseline=\"middle\" fill=\"#777\">\(Int(mark))</text>")
    }
    let quiet99 = Quantile.of(round.quiet.milliseconds.sorted(), 0.99)
    parts.append(
      "<line x1=\"\(number(left))\" x2=\"\(number(left + panel.width))\" y1=\"\(y(quiet99))\" y2=\"\(y(quiet99))\" "
        + "stroke=\"#c0392b\" stroke-dasharray=\"3 3\" stroke-opacity=\"0.6\"/>")
    let found = windows.windows(round.timeline, in: from..<to)
    let curves: [(KeyPath<Recovery.Window, Double>, String)] = [
      (\.p99, "#c0392b"), (\.median, "#1f4e8c"),
    ]
    for (figure, color) in curves {
      let points = found.map { "\(x($0.start + windows.window / 2)),\(y($0[keyPath: figure]))" }
      parts.append(
        "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" "
          + "stroke-width=\"1.2\"/>")
    }
    for second in [0.0, burstEnd] {
      parts.append(
        "<text x=\"\(x(second))\" y=\"\(number(top + panel.height + 13))\" text-anchor=\"middle\" fill=\"#777\">"
          + "\(Int(second.rounded())) s</text>")
    }
    return parts.joined(separator: "\n")
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
