import BulkheadCore

extension Schema {
  /// No more places than this are named in one refusal, so that a hostile body cannot make a long answer.
  public static let violationsMax = 20

  /// Every place where `json` is not what the schema describes, in document order and at most `violationsMax`.
  ///
  /// Pointers are RFC 6901 below `base`. Members that the schema does not name are refused, so that a mistyped or
  /// smuggled member (`tenant_id`) can never be silently dropped. Codes: `field.missing`, `field.unknown`,
  /// `field.type`, `field.length`, `field.pattern`, `field.format`, `field.value`, `field.range`, `number.exponent`,
  /// `number.scale`.
  public func validate(_ json: JSON, base: String = "") -> [Violation] {
    var validation = SchemaValidation(base: base)
    validation.check(json, self)
    return validation.violations
  }
}

/// One walk over a value. The path is kept as steps and becomes text only where something is wrong.
struct SchemaValidation {
  private enum Step {
    case member(String)
    case index(Int)
  }

  private let base: String
  private var path: [Step] = []
  private(set) var violations: [Violation] = []

  init(base: String) { self.base = base }

  private var isFull: Bool { violations.count >= Schema.violationsMax }

  mutating func check(_ json: JSON, _ schema: Schema) {
    if isFull { return }
    switch schema {
    case .string(let minLength, let maxLength, let pattern):
      checkText(json, minLength, maxLength, pattern)
    case .integer(let range): checkInteger(json, range)
    case .decimal(let digits, let scale, let minimum): checkDecimal(json, digits, scale, minimum)
    case .boolean: if json.bool == nil { refuseType(json, "true or false") }
    case .id: checkFormat(json, "an id such as 01890a5d-ac96-774b-bcce-b302099a8057") { EntityID($0) != nil }
    case .date: checkFormat(json, "a date that exists, YYYY-MM-DD") { CalendarForm.isDate($0) }
    case .dateTime:
      checkFormat(json, "an RFC 3339 time with an offset, such as 2026-01-31T23:59:59Z") {
        CalendarForm.isDateTime($0)
      }
    case .oneOf(let values): checkChoice(json, values)
    case .array(let element, let minItems, let maxItems): checkArray(json, element, minItems, maxItems)
    case .object(let fields): checkObject(json, fields)
    case .any: break
    case .nullable(let inner): if !json.isNull { check(json, inner) }
    }
  }

  private mutating func checkText(_ json: JSON, _ minLength: Int, _ maxLength: Int, _ pattern: Schema.Pattern?) {
    guard case .string(let text) = json else { return refuseType(json, "text") }
    // Lengths are counted in Unicode scalars, as JSON Schema does; bytes are an upper bound of that.
    let bytes = text.utf8.count
    if bytes > maxLength, text.unicodeScalars.count > maxLength {
      return refuse("field.length", "must have at most \(maxLength) characters")
    }
    if minLength > 0, bytes < minLength || text.unicodeScalars.count < minLength {
      return refuse("field.length", minLength == 1 ? "must not be empty" : "must have at least \(minLength) characters")
    }
    if let pattern, !pattern.matches(text) { refuse("field.pattern", "must be \(pattern.meaning)") }
  }

  private mutating func checkInteger(_ json: JSON, _ range: ClosedRange<Int64>) {
    guard case .number(let text) = json, text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || isDigit($0) }) else {
      return refuseType(json, "a whole number without fraction or exponent")
    }
    guard let value = Int64(text), range.contains(value) else {
      return refuse("field.range", "must be between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  private mutating func checkDecimal(_ json: JSON, _ digits: Int, _ scale: Int, _ minimum: Schema.DecimalBound) {
    guard let text = json.numberText ?? json.string else {
      return refuseType(json, "a decimal, as a number or as text")
    }
    guard let form = DecimalForm(text) else {
      let isExponent = json.numberText != nil
      return isExponent
        ? refuse("number.exponent", "must be written without an exponent")
        : refuse("field.type", "must be a decimal such as 12.50")
    }
    if form.fractionDigits > scale {
      return refuse("number.scale", "must have at most \(scale) digits after the point")
    }
    if form.integerDigits > digits - scale {
      return refuse("field.range", "must have at most \(digits - scale) digits before the point")
    }
    switch minimum {
    case .none: break
    case .nonNegative: if form.sign < 0 { refuse("field.range", "must not be negative") }
    case .positive: if form.sign <= 0 { refuse("field.range", "must be greater than zero") }
    }
  }

  private mutating func checkFormat(_ json: JSON, _ expected: String, _ matches: (String) -> Bool) {
    guard case .string(let text) = json else { return refuseType(json, expected) }
    if !matches(text) { refuse("field.format", "must be \(expected)") }
  }

  private mutating func checkChoice(_ json: JSON, _ values: [String]) {
    guard case .string(let text) = json else { return refuseType(json, "text") }
    if !values.contains(text) { refuse("field.value", "must be one of \(values.joined(separator: ", "))") }
  }

  private mutating func checkArray(_ json: JSON, _ element: Schema, _ minItems: Int, _ maxItems: Int) {
    guard case .array(let elements) = json else { return refuseType(json, "a list") }
    guard elements.count <= maxItems else {
      return refuse("field.length", "must have at most \(maxItems) items")
    }
    if elements.count < minItems { refuse("field.length", "must have at least \(minItems) items") }
    for (index, value) in elements.enumerated() {
      if isFull { return }
      path.append(.index(index))
      check(value, element)
      path.removeLast()
    }
  }

  private mutating func checkObject(_ json: JSON, _ fields: [Schema.Field]) {
    guard case .object(let members) = json else { return refuseType(json, "an object") }
    var known = 0
    for field in fields {
      if let member = members.first(where: { $0.name == field.name }) {
        known += 1
        path.append(.member(field.name))
        check(member.value, field.schema)
        path.removeLast()
      } else if field.isRequired {
        refuse("field.missing", "is required", below: field.name)
      }
    }
    // The parser refuses repeated names, so equal counts mean that every member is known.
    guard known < members.count else { return }
    for member in members where !fields.contains(where: { $0.name == member.name }) {
      refuse("field.unknown", "is not known here", below: member.name)
    }
  }

  private mutating func refuseType(_ json: JSON, _ expected: String) {
    refuse("field.type", "must be \(expected), not \(kind(of: json))")
  }

  private mutating func refuse(_ code: String, _ message: String, below name: String? = nil) {
    if isFull { return }
    violations.append(Violation(at: pointer(below: name), code, message))
  }

  private func kind(of json: JSON) -> String {
    switch json {
    case .null: "null"
    case .bool: "true or false"
    case .number: "this number"
    case .string: "text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  private func pointer(below name: String?) -> String {
    var text = base
    for step in path + (name.map { [.member($0)] } ?? []) {
      switch step {
      case .index(let index): text += "/\(index)"
      case .member(let name):
        text += "/"
        // RFC 6901 section 3. Names come from the peer, so they are cut: the pointer must not echo a megabyte.
        for character in name.unicodeScalars.prefix(Self.nameScalarsMax) {
          switch character {
          case "~": text += "~0"
          case "/": text += "~1"
          default: text.unicodeScalars.append(character)
          }
        }
      }
    }
    return text
  }

  /// A member name longer than this is cut in a pointer.
  static let nameScalarsMax = 100
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
