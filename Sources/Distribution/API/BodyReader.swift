import BulkheadCore

/// Reads the members of a body that its route's schema has accepted. What is still wrong (a currency that does not
/// exist, a check digit) is refused with the pointer of its place. An absent member and JSON null are the same.
struct BodyReader {
  let json: JSON
  let pointer: String

  init(_ json: JSON, at pointer: String = "") {
    self.json = json
    self.pointer = pointer
  }

  func has(_ name: String) -> Bool { json[name] != nil }

  func text(_ name: String) -> String? { json[name]?.string }
  func id(_ name: String) -> EntityID? { json[name]?.id }
  func int(_ name: String) -> Int64? { json[name]?.numberText.flatMap { Int64($0) } }
  func bool(_ name: String) -> Bool? { json[name]?.bool }

  func requiredText(_ name: String) throws(Refusal) -> String { try required(text(name), name) }
  func requiredID(_ name: String) throws(Refusal) -> EntityID { try required(id(name), name) }
  func requiredInt(_ name: String) throws(Refusal) -> Int64 { try required(int(name), name) }

  func quantity(_ name: String) throws(Refusal) -> Quantity? {
    try convert(name) { text throws(Refusal) in try Quantity(text) }
  }

  func requiredQuantity(_ name: String) throws(Refusal) -> Quantity { try required(try quantity(name), name) }

  func price(_ name: String) throws(Refusal) -> UnitPrice? {
    try convert(name) { text throws(Refusal) in try UnitPrice(text) }
  }

  func date(_ name: String) throws(Refusal) -> CivilDate? {
    try convert(name) { text throws(Refusal) in try CivilDate(text) }
  }

  func currency(_ name: String) throws(Refusal) -> Currency? {
    try convert(name) { text throws(Refusal) in try Currency(text) }
  }

  func requiredCurrency(_ name: String) throws(Refusal) -> Currency { try required(try currency(name), name) }

  /// A decimal amount of `currency` in minor units. Refuses more places than the currency has.
  func money(_ name: String, _ currency: Currency) throws(Refusal) -> Money? {
    try convert(name) { text throws(Refusal) in
      do throws(DecimalText.Failure) {
        let scaled = try DecimalText.scaled(text, scale: currency.exponent, digits: 18)
        return Money(minor: Int64(scaled), currency)
      } catch {
        throw Refusal(.moneyMalformed, "An amount in \(currency.code) has \(currency.exponent) decimal places.")
      }
    }
  }

  /// A 13-digit GLN with a good check digit.
  func gln(_ name: String) throws(Refusal) -> String? {
    try convert(name) { text throws(Refusal) in
      guard text.utf8.count == 13 else { throw Refusal(.inputInvalid, "A GLN has 13 digits.") }
      _ = try GTIN.normalize(text)
      return text
    }
  }

  /// The elements of a list, each with its own place.
  func items(_ name: String) -> [BodyReader] {
    (json[name]?.array ?? []).enumerated().map { BodyReader($1, at: "\(pointer)/\(name)/\($0)") }
  }

  func refusal(_ code: RefusalCode, _ detail: String, _ name: String) -> Refusal {
    Refusal(code, detail, at: "\(pointer)/\(name)")
  }

  private func required<Value>(_ value: Value?, _ name: String) throws(Refusal) -> Value {
    guard let value else { throw refusal(.inputInvalid, "This is required.", name) }
    return value
  }

  private func convert<Value>(
    _ name: String, _ make: (String) throws(Refusal) -> Value
  ) throws(Refusal) -> Value? {
    guard let member = json[name], let text = member.string ?? member.numberText else { return nil }
    do throws(Refusal) { return try make(text) } catch { throw refusal(error.code, error.detail, name) }
  }
}
