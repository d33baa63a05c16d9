/// What the text of a policy's expression, or of a function that it calls, rests on.
enum PolicyText {
  /// Names in `current_setting('…')`, and `*` for one that is computed.
  static func settings(in source: String) -> [String] {
    // Simple boundaries: by Unicode's own there is none between the words of `pg_catalog.current_setting`.
    let call = /(?i)\bcurrent_setting\s*\(\s*(?:E?'([^']*)')?/.wordBoundaryKind(.simple)
    return source.matches(of: call).map { $0.output.1.map { $0.lowercased() } ?? "*" }
  }

  /// Whether the role that a session acts as, which SET ROLE changes, is looked at.
  static func namesCurrentUser(_ source: String) -> Bool {
    source.contains(/(?i)\b(current_user|current_role)\b/.wordBoundaryKind(.simple))
  }

  /// Identifiers that are followed by an opening parenthesis, without schema, in lower case unless quoted.
  static func calls(in source: String) -> Set<String> {
    var names: Set<String> = []
    for match in source.matches(of: /(?:"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_$]*))\s*\(/) {
      if let quoted = match.output.1 { names.insert(String(quoted.replacing("\"\"", with: "\""))) }
      if let plain = match.output.2 { names.insert(plain.lowercased()) }
    }
    return names
  }

  /// `source` without comments, so that what a comment speaks of is not taken for code. Constants are kept: `'--'`
  /// opens no comment. Read by code points, because `\r\n` would be one character and hide the end of a line.
  static func withoutComments(_ source: String) -> String {
    var out = String.UnicodeScalarView()
    var rest = source.unicodeScalars[...]
    while let scalar = rest.first {
      if scalar == "-", rest.dropFirst().first == "-" {
        rest = rest.drop { $0 != "\n" && $0 != "\r" }
      } else if scalar == "/", rest.dropFirst().first == "*" {
        rest = afterBlockComment(rest)
        out.append(" ")
      } else if scalar == "'" || scalar == "\"" {
        let length = quotedLength(rest, by: scalar)
        out.append(contentsOf: rest.prefix(length))
        rest = rest.dropFirst(length)
      } else {
        out.append(scalar)
        rest.removeFirst()
      }
    }
    return String(out)
  }

  private static func afterBlockComment(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    var rest = text.dropFirst(2)
    while let scalar = rest.popFirst() {
      if scalar == "*", rest.first == "/" { return rest.dropFirst() }
    }
    return rest
  }

  /// Code points from an opening quote to its closing one; all that is left when there is none.
  private static func quotedLength(_ text: Substring.UnicodeScalarView, by quote: Unicode.Scalar) -> Int {
    text.dropFirst().firstIndex(of: quote).map { text.distance(from: text.startIndex, to: $0) + 1 } ?? text.count
  }

  /// `expression` as PostgreSQL prints it, without string constants and without what stands in sub-selects: what is
  /// left is evaluated for each row.
  static func perRowPart(of expression: String) -> String {
    var out = String.UnicodeScalarView()
    var depth = 0
    var subselectDepths: [Int] = []
    var rest = expression.unicodeScalars[...]
    while let scalar = rest.first {
      if scalar == "'" || scalar == "\"" {
        let length = quotedLength(rest, by: scalar)
        if scalar == "\"", subselectDepths.isEmpty { out.append(contentsOf: rest.prefix(length)) }
        rest = rest.dropFirst(length)
        continue
      }
      rest.removeFirst()
      if scalar == "(" {
        depth += 1
        if Substring(rest.drop { $0 == " " || $0 == "\n" }).hasPrefix("SELECT ") { subselectDepths.append(depth) }
      }
      if subselectDepths.isEmpty { out.append(scalar) }
      if scalar == ")" {
        if subselectDepths.last == depth { subselectDepths.removeLast() }
        depth -= 1
      }
    }
    return String(out)
  }

  /// The part `inner` of `(column = ( SELECT inner AS alias))`, which can stand in a policy of another table.
  static func binding(in expression: String, column: String) -> String? {
    let quoted = quotedIdentifier(column)
    let head = "(\(quoted) = ( SELECT "
    guard expression.hasPrefix(head), expression.hasSuffix("))") else { return nil }
    let body = expression.dropFirst(head.count).dropLast(2)
    guard let alias = body.ranges(of: " AS ").last else { return nil }
    let inner = body[..<alias.lowerBound]
    guard !inner.contains(" FROM "), !inner.isEmpty else { return nil }
    return String(inner)
  }

  /// As `quote_ident` prints it for names that are no keywords.
  static func quotedIdentifier(_ name: String) -> String {
    let isPlain =
      name.first.map { $0 == "_" || ("a"..."z").contains($0) } ?? false
      && name.allSatisfy { $0 == "_" || ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    return isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
  }
}
