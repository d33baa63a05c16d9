/// Text in columns that line up, for people.
package struct Table {
  package enum Alignment { case left, right }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  package init(_ headings: [String], _ alignments: [Alignment] = []) {
    self.headings = headings
    self.alignments = headings.indices.map { $0 < alignments.count ? alignments[$0] : .left }
  }

  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table, a heading line first, two spaces between columns, no space at line ends.
  package var text: String {
    let widths = headings.indices.map { column in
      ([headings] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return ([headings] + rows).map { line(of: $0, widths) }.joined(separator: "\n")
  }

  private func line(of cells: [String], _ widths: [Int]) -> String {
    let padded = widths.indices.map { column in
      let cell = column < cells.count ? cells[column] : ""
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return alignments[column] == .right ? space + cell : cell + space
    }
    var line = padded.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}
