/// Changes statements at random, as text and as a row of words, so that many of them still parse.
package struct StatementMutator {
  private let statements: [String]

  /// `statements` is what pieces are taken from.
  package init(statements: [String]) { self.statements = statements }

  /// What attacks are made of, and what the grammar is made of.
  package static let scraps = [
    "tenant_id", "*", "pg_class", "set_config('a','b',true)", "::regclass", ";", "--", "/*", "'", "\"", "$$", "$1", "(",
    ")", " FROM product ", " UNION SELECT ", " INTO t ", "ctid", "p.*", " FOR UPDATE ", "U&\"tenant\\005fid\"", "E'\\'",
    ",", " WHERE ", "app.", " product ", "NULL", " OR true ", " RETURNING * ", "\\", "é", "[1]", ".x", "OVER ()",
    " MERGE INTO product p USING stock s ON true WHEN MATCHED THEN DELETE ", " WHEN NOT MATCHED THEN DO NOTHING ",
    " LATERAL ", " NATURAL JOIN ", " FULL JOIN ", " USING (id) ", " ON CONFLICT DO NOTHING ", " AS ", " ONLY ",
    " WITH a AS (DELETE FROM stock RETURNING id) ", " TABLESAMPLE SYSTEM (1) ", " ORDER BY 1 ", " FILTER (WHERE true) ",
    "::oid", " COLLATE \"C\" ", " IS DISTINCT FROM ", " AT TIME ZONE 'UTC' ", "current_user", "excluded.", "$65535",
    "\u{0}", "\u{FFFD}", " OPERATOR(pg_catalog.=) ", " GROUPING SETS ((), (1)) ", " ROWS FROM (", " $2 ",
  ]

  /// `text` after one to three changes.
  package func mutated(_ text: String, using random: inout some RandomNumberGenerator) -> String {
    var text = text
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      text = Bool.random(using: &random) ? changedWords(text, &random) : changedCharacters(text, &random)
    }
    return text
  }

  private func scrap(_ random: inout some RandomNumberGenerator) -> String {
    Self.scraps.randomElement(using: &random) ?? ""
  }

  private func other(_ random: inout some RandomNumberGenerator) -> String {
    statements.randomElement(using: &random) ?? ""
  }

  private func changedCharacters(_ text: String, _ random: inout some RandomNumberGenerator) -> String {
    var characters = Array(text)
    let place = Int.random(in: 0...characters.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: characters.removeSubrange(place...)
    case 1:
      let end = min(characters.count, place + Int.random(in: 1...8, using: &random))
      characters.removeSubrange(place..<end)
    case 2: characters.insert(contentsOf: Array(scrap(&random)), at: place)
    case 3:
      let end = min(characters.count, place + Int.random(in: 1...20, using: &random))
      let piece = Array(characters[place..<end])
      characters.insert(contentsOf: piece, at: Int.random(in: 0...characters.count, using: &random))
    default:
      let other = Array(other(&random))
      let cut = Int.random(in: 0...other.count, using: &random)
      characters = Array(characters[..<place]) + Array(other[cut...])
    }
    return String(characters)
  }

  private func changedWords(_ text: String, _ random: inout some RandomNumberGenerator) -> String {
    var words = text.split(separator: " ").map(String.init)
    let others = other(&random).split(separator: " ").map(String.init)
    let place = Int.random(in: 0...words.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0 where place < words.count: words.remove(at: place)
    case 1 where place < words.count: words[place] = others.randomElement(using: &random) ?? scrap(&random)
    case 2 where place < words.count: words.swapAt(place, Int.random(in: 0..<words.count, using: &random))
    case 3 where !others.isEmpty:
      let start = Int.random(in: 0..<others.count, using: &random)
      let end = min(others.count, start + Int.random(in: 1...6, using: &random))
      words.insert(contentsOf: others[start..<end], at: place)
    default: words.insert("(\(other(&random)))", at: place)
    }
    return words.joined(separator: " ")
  }
}
