import BulkheadCore

/// The query of a request, read against what the route declares.
enum QueryInput {
  /// Longest query accepted, in bytes.
  static let bytesMax = 8192
  /// Pairs beyond this are refused.
  static let pairsMax = 64

  /// The declared parameters by name. Refuses with `query.malformed` what cannot be read, and with `input.invalid`
  /// (`query.unknown`, `query.repeated`, `field.missing` and the schema's codes at `?name`) what is wrong.
  /// Where links are taken, the credential of one is passed over.
  static func read(
    _ query: Substring, _ declared: [QueryParameter], takesLinks: Bool = false
  ) throws(Refusal) -> [String: String] {
    if query.isEmpty, declared.isEmpty { return [:] }
    var values: [String: String] = [:]
    var violations: [Violation] = []
    for (name, value) in try pairs(query) where !takesLinks || name != Exchange.linkParameter {
      guard let parameter = declared.first(where: { $0.name == name }) else {
        let shown = String(String.UnicodeScalarView(name.unicodeScalars.prefix(SchemaValidation.nameScalarsMax)))
        violations.append(Violation(at: "?\(shown)", "query.unknown", "is not known here"))
        continue
      }
      guard values.updateValue(value, forKey: name) == nil else {
        violations.append(Violation(at: "?\(name)", "query.repeated", "must be sent once"))
        continue
      }
      violations += parameter.schema.validate(json(value, parameter.schema), base: "?\(name)")
    }
    for parameter in declared where parameter.isRequired && values[parameter.name] == nil {
      violations.append(Violation(at: "?\(parameter.name)", "field.missing", "is required"))
    }
    guard violations.isEmpty else {
      throw Refusal(
        .inputInvalid, "The query is not what this route takes.",
        violations: Array(violations.prefix(Schema.violationsMax)))
    }
    return values
  }

  /// The first value of each name, whatever is declared; what cannot be read is left out.
  static func unchecked(_ query: Substring) -> [String: String] {
    guard let pairs = try? pairs(query) else { return [:] }
    return Dictionary(pairs) { first, _ in first }
  }

  private static func pairs(_ query: Substring) throws(Refusal) -> [(String, String)] {
    if query.isEmpty { return [] }
    guard query.utf8.count <= bytesMax else { throw malformed }
    let parts = query.split(separator: "&", maxSplits: pairsMax)
    guard parts.count <= pairsMax else { throw malformed }
    var pairs: [(String, String)] = []
    for part in parts {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = sides.first.flatMap({ PercentDecoding.decode($0, plusIsSpace: true) }),
        let value = PercentDecoding.decode(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
      else { throw malformed }
      pairs.append((name, value))
    }
    return pairs
  }

  private static let malformed = Refusal(.queryMalformed, "The query cannot be read.")

  /// A query value as the JSON that its schema would see in a body.
  private static func json(_ text: String, _ schema: Schema) -> JSON {
    switch schema {
    case .integer: .number(text)
    case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
    case .nullable(let inner): json(text, inner)
    case .string, .decimal, .id, .date, .dateTime, .oneOf, .array, .object, .any: .string(text)
    }
  }
}
