/// The text form of a `text[]` without NULLs (PostgreSQL manual, 8.15.6).
package enum PostgresTextArray {
  package static func parse(_ text: String) -> [String] {
    var elements: [String] = []
    var current = ""
    var isQuoted = false
    var isEscaped = false
    var hasElement = false
    for character in text.dropFirst().dropLast() {
      if isEscaped {
        current.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
        hasElement = true
      } else if character == ",", !isQuoted {
        elements.append(current)
        current = ""
        hasElement = true
      } else {
        current.append(character)
        hasElement = true
      }
    }
    if hasElement { elements.append(current) }
    return elements
  }
}
