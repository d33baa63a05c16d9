import BulkheadCore

/// Why a row is not taken.
struct ImportRefusal: Error, Hashable, Sendable {
  /// What the file calls the column, where one is to blame.
  let column: String?
  let code: String
  let reason: String

  init(_ code: RefusalCode, _ reason: String, column: String? = nil) {
    self.column = column
    self.code = code.name
    self.reason = reason
  }

  init(_ refusal: Refusal, column: String? = nil) {
    self.init(refusal.code, refusal.violations.first?.message ?? refusal.detail, column: column)
  }

  init(code: String, reason: String, column: String?) {
    self.column = column
    self.code = code
    self.reason = reason
  }
}

/// A row with the columns that say what is what in it. Reading a field refuses with the field's column named.
struct ImportRow: Sendable {
  let row: CSVRow
  let columns: ImportColumns

  var line: Int { row.line }

  /// Refuses a row that cannot be read, or that has another number of fields than the first row of the file.
  func check() throws(ImportRefusal) {
    if let fault = row.fault {
      let title = columns.header.indices.contains(fault.column - 1) ? columns.header[fault.column - 1] : nil
      throw ImportRefusal(code: fault.cause.rawValue, reason: fault.cause.reason, column: title)
    }
    guard row.fields.count == columns.header.count else {
      throw ImportRefusal(
        .importFieldCount, "The row has \(row.fields.count) fields and the first row \(columns.header.count).")
    }
  }

  func refusal(_ code: RefusalCode, _ reason: String, _ name: String) -> ImportRefusal {
    ImportRefusal(code, reason, column: columns.title(name))
  }

  /// At most `max` characters; no control characters.
  func text(_ name: String, max: Int) throws(ImportRefusal) -> String? {
    guard let text = columns.value(name, in: row) else { return nil }
    guard text.unicodeScalars.count <= max else { throw refusal(.inputInvalid, "At most \(max) characters.", name) }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
      throw refusal(.inputInvalid, "Control characters and line ends cannot stand here.", name)
    }
    return text
  }

  func requiredText(_ name: String, max: Int) throws(ImportRefusal) -> String {
    try required(try text(name, max: max), name)
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ fallback: Choice
  ) throws(ImportRefusal) -> Choice {
    guard let text = columns.value(name, in: row) else { return fallback }
    guard let choice = Choice(rawValue: text.lowercased()) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw refusal(.inputInvalid, "One of \(known).", name)
    }
    return choice
  }

  func oneOf(_ name: String, _ choices: [String]) throws(ImportRefusal) -> String? {
    guard let text = columns.value(name, in: row) else { return nil }
    guard choices.contains(text) else {
      throw refusal(.inputInvalid, "One of \(choices.joined(separator: ", ")).", name)
    }
    return text
  }

  func quantity(_ name: String) throws(ImportRefusal) -> Quantity? {
    try convert(name) { text throws(Refusal) in try Quantity(text) }
  }

  /// More than zero.
  func requiredQuantity(_ name: String) throws(ImportRefusal) -> Quantity {
    let quantity = try required(try quantity(name), name)
    guard quantity.isPositive else {
      throw refusal(.quantityNotPositive, "The quantity must be greater than zero.", name)
    }
    return quantity
  }

  /// Zero or more.
  func measure(_ name: String) throws(ImportRefusal) -> Quantity? {
    guard let quantity = try quantity(name) else { return nil }
    guard quantity.isZero || quantity.isPositive else {
      throw refusal(.inputInvalid, "It cannot be less than zero.", name)
    }
    return quantity
  }

  func price(_ name: String) throws(ImportRefusal) -> UnitPrice? {
    try convert(name) { text throws(Refusal) in try UnitPrice(text) }
  }

  func date(_ name: String) throws(ImportRefusal) -> CivilDate? {
    try convert(name) { text throws(Refusal) in try CivilDate(text) }
  }

  func currency(_ name: String) throws(ImportRefusal) -> Currency? {
    try convert(name) { text throws(Refusal) in try Currency(text) }
  }

  func integer(_ name: String, _ range: ClosedRange<Int64>) throws(ImportRefusal) -> Int64? {
    guard let text = columns.value(name, in: row) else { return nil }
    guard let value = Int64(text), range.contains(value) else {
      throw refusal(.inputInvalid, "A whole number from \(range.lowerBound) to \(range.upperBound).", name)
    }
    return value
  }

  /// What is no id at all is found as little as an id that nobody has.
  func id(_ name: String, _ unknown: String) throws(ImportRefusal) -> EntityID? {
    guard let text = columns.value(name, in: row) else { return nil }
    guard let id = EntityID(text) else { throw refusal(.referenceUnknown, unknown, name) }
    return id
  }

  /// The product that the row names by exactly one of sku, gtin and productId; `nil` when it names none.
  func product() throws(ImportRefusal) -> ProductReference? {
    var found: [(String, ProductReference)] = []
    if let sku = try text("sku", max: 40) { found.append(("sku", .sku(sku))) }
    if let gtin = columns.value("gtin", in: row) {
      found.append(("gtin", .gtin(try gtinDigits(gtin))))
    }
    if let id = try id("productId", "There is no such product.") { found.append(("productId", .id(id))) }
    guard found.count <= 1 else {
      throw refusal(.referenceMissing, "Name the product by exactly one of sku, gtin and productId.", found[1].0)
    }
    return found.first?.1
  }

  func requiredProduct() throws(ImportRefusal) -> ProductReference {
    guard let product = try product() else {
      throw refusal(.referenceMissing, "Name the product by exactly one of sku, gtin and productId.", "sku")
    }
    return product
  }

  /// With 14 digits.
  func gtinDigits(_ text: String) throws(ImportRefusal) -> String {
    do throws(Refusal) { return try GTIN.normalize(text) } catch { throw refusal(error.code, error.detail, "gtin") }
  }

  func required<Value>(_ value: Value?, _ name: String) throws(ImportRefusal) -> Value {
    guard let value else { throw refusal(.inputInvalid, "This is required.", name) }
    return value
  }

  private func convert<Value>(
    _ name: String, _ make: (String) throws(Refusal) -> Value
  ) throws(ImportRefusal) -> Value? {
    guard let text = columns.value(name, in: row) else { return nil }
    do throws(Refusal) { return try make(text) } catch { throw refusal(error.code, error.detail, name) }
  }
}
