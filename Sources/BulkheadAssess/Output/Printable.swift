/// Names and texts of a database that nobody here wrote, made fit for one line of a terminal.
package enum Printable {
  /// `text` on one line: control characters, line separators and characters that change the direction of text are
  /// written as `\u{…}`.
  package static func line(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format, .privateUse, .surrogate, .unassigned:
        out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// `2 tables`, `1 table`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// `text` in no more than `max` characters.
  static func short(_ text: String, max: Int) -> String {
    let text = line(text)
    return text.count <= max ? text : text.prefix(max - 1) + "…"
  }

  /// `text` as SQL comment lines: whatever it holds, none of it is run.
  static func comment(_ text: String, width: Int = 116) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.flatMap {
      wrapped(line(String($0)), width)
    }
    return lines.map { $0.isEmpty ? "--" : "-- " + $0 }.joined(separator: "\n")
  }

  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !current.isEmpty, current.count + 1 + word.count > width {
        lines.append(current)
        current = String(word)
      } else {
        current += current.isEmpty ? String(word) : " " + word
      }
    }
    return lines + [current]
  }
}
