/// What the text of a policy's expression, or of a function that it calls, rests on.
enum PolicyText {
  /// Names in `current_setting('…')`, and `*` for one that is computed.
  static func settings(in source: String) -> [String] {
    var names: [String] = []
    for match in source.matches(of: /(?i)\bcurrent_setting\s*\(\s*(?:E?'([^']*)')?/) {
      names.append(match.output.1.map { $0.lowercased() } ?? "*")
    }
    return names
  }

  /// Whether the role that a session acts as, which SET ROLE changes, is looked at.
  static func namesCurrentUser(_ source: String) -> Bool {
    source.contains(/(?i)\b(current_user|current_role)\b/)
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

  /// `source` without comments, so that what a comment speaks of is not taken for code.
  static func withoutComments(_ source: String) -> String {
    source.replacing(/(?s)\/\*.*?\*\//, with: " ").replacing(/--[^\n]*/, with: " ")
  }

  /// `expression` as PostgreSQL prints it, without string constants and without what stands in sub-selects: what is
  /// left is evaluated for each row.
  static func perRowPart(of expression: String) -> String {
    var out = ""
    var depth = 0
    var subselectDepths: [Int] = []
    var isInString = false
    var rest = expression[...]
    while let character = rest.first {
      rest.removeFirst()
      if isInString {
        if character == "'" { isInString = false }
        continue
      }
      switch character {
      case "'": isInString = true
      case "(":
        depth += 1
        if rest.drop(while: { $0 == " " || $0 == "\n" }).hasPrefix("SELECT ") { subselectDepths.append(depth) }
        if subselectDepths.isEmpty { out.append(character) }
      case ")":
        if subselectDepths.isEmpty { out.append(character) }
        if subselectDepths.last == depth { subselectDepths.removeLast() }
        depth -= 1
      default: if subselectDepths.isEmpty { out.append(character) }
      }
    }
    return out
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
