import BulkheadCore
import BulkheadReport

extension StatementFigures {
  /// The section for people.
  var table: String {
    var table = Table(
      [
        "single statements, CPU of one backend", "by hand us", "bound, guarded us", "more us", "ratio", "aim", "",
        "plan",
      ],
      [.left, .right, .right, .right, .right, .left, .left, .left])
    for line in lines {
      table.add([
        line.subject.name, Report.text(line.handWritten), Report.text(line.guarded),
        Report.text(line.difference), Report.text(line.ratio), Self.text(line.subject.aim),
        line.isWithinAim.map { $0 ? "met" : "missed" } ?? "",
        line.fallsToSequentialScan ? "FALLS TO A SEQUENTIAL SCAN" : "as by hand",
      ])
    }
    table.add(["bind alone", "", Report.text(bind)])
    return table.text
  }

  private static func text(_ aim: StatementCase.Aim) -> String {
    switch aim {
    case .microseconds(let most): "<= +\(most) us"
    case .ratio(let most): "<= \(most)x"
    case .none: ""
    }
  }

  var json: JSON {
    .object(
      lines.map { line in
        JSON.Member(
          line.subject.name,
          [
            "handWrittenUs": .number(Report.text(line.handWritten)),
            "guardedUs": .number(Report.text(line.guarded)),
            "moreUs": .number(Report.text(line.difference)),
            "ratio": .number(Report.text(line.ratio)),
            "fallsToSequentialScan": .bool(line.fallsToSequentialScan),
          ])
      } + [JSON.Member("bindUs", .number(Report.text(bind)))])
  }
}
