import BulkheadCore

/// How the values of this module travel to and from PostgreSQL: as decimal text, exactly.
extension SQLValue {
  static func quantity(_ value: Quantity) -> SQLValue { .text(value.description) }
  static func price(_ value: UnitPrice) -> SQLValue { .text(value.description) }
  static func price(_ value: UnitPrice?) -> SQLValue { .optional(value?.description) }
  static func date(_ value: CivilDate?) -> SQLValue { .optional(value?.description) }
  static func quantities(_ values: [Quantity]) -> SQLValue { .texts(values.map(\.description)) }
  static func prices(_ values: [UnitPrice]) -> SQLValue { .texts(values.map(\.description)) }
}

extension EntityID {
  /// Stands in keys for "no lot", "no package", "ours": a key with it is still one key, which NULL is not.
  static let zero = EntityID(high: 0, low: 0)
  /// Above every id: where a list that shows the newest first begins.
  static let greatest = EntityID(high: .max, low: .max)
  /// `nil` for the zero id.
  var nonZero: EntityID? { self == .zero ? nil : self }
}

extension Row {
  func quantity(_ column: Int) throws(Refusal) -> Quantity { try Quantity(try text(column)) }
  func price(_ column: Int) throws(Refusal) -> UnitPrice { try UnitPrice(try text(column)) }
  func priceOrNil(_ column: Int) throws(Refusal) -> UnitPrice? {
    guard let text = textOrNil(column) else { return nil }
    return try UnitPrice(text)
  }
  func dateOrNil(_ column: Int) throws(Refusal) -> CivilDate? {
    guard let text = textOrNil(column) else { return nil }
    return try CivilDate(text)
  }
  func currency(_ column: Int) throws(Refusal) -> Currency { try Currency(try text(column)) }
  func money(_ column: Int, _ currency: Currency) throws(Refusal) -> Money { Money(minor: try int(column), currency) }

  /// A `uuid[]` cell; empty when NULL.
  func ids(_ column: Int) -> [EntityID] {
    guard let text = textOrNil(column) else { return [] }
    return text.dropFirst().dropLast().split(separator: ",").compactMap { EntityID($0) }
  }

  /// The cell as JSON text, or JSON null.
  func jsonText(_ column: Int) -> JSON { .optional(textOrNil(column)) }
}

extension Row {
  /// A cell whose texts a CHECK constraint limits to the cases of `Known`.
  func known<Known: RawRepresentable<String>>(_ column: Int) throws(Refusal) -> Known {
    let text = try text(column)
    guard let value = Known(rawValue: text) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "no \(Known.self) is called \(text)")
    }
    return value
  }
}
