import BulkheadCore
import BulkheadServer
import Synchronization

/// A place in a body: members by name, and the one element of a list.
enum Step: Hashable, Sendable {
  case member(String)
  case element
}

/// A place in a body that holds the id of a thing.
struct Reference: Hashable, Sendable, CustomStringConvertible {
  let steps: [Step]
  let kind: String

  var description: String {
    steps.map { if case .member(let name) = $0 { "/" + name } else { "/0" } }.joined()
  }
}

/// Makes values that a schema accepts, and puts ids where a schema says that ids go.
struct Maker {
  /// The id that a required reference to a thing of a kind gets.
  let id: (String) -> EntityID?

  private static let counter = Mutex(0)

  /// A different number at each call: codes, names and addresses that collide with nothing made before.
  static func fresh() -> Int {
    counter.withLock {
      $0 += 1
      return $0
    }
  }

  /// Texts for patterns: the first that a pattern takes is used.
  private static let texts = [
    "X", "EA", "US", "USD", "ZZ", "00614141123452", "4006381333931", "http://partner.test/edi", "UN1203",
    "correct horse battery",
  ]

  /// A minimal value, or `nil` when this maker does not know how.
  func value(_ schema: Schema, named name: String = "") -> JSON? {
    switch schema {
    case .string(let minLength, let maxLength, let pattern): text(name, minLength, maxLength, pattern)
    case .integer(let range): .int(min(max(1, range.lowerBound), range.upperBound))
    case .decimal: "1"
    case .boolean: false
    case .id(let kind): id(kind).map { .id($0) }
    case .date: "2030-01-01"
    case .dateTime: "2030-01-01T00:00:00Z"
    case .oneOf(let values): values.first.map { .string($0) }
    case .array(let element, let minItems, _): array(element, minItems)
    case .object(let fields): object(fields)
    case .any, .nullable: .null
    }
  }

  private func text(_ name: String, _ minLength: Int, _ maxLength: Int, _ pattern: Schema.Pattern?) -> JSON? {
    // A unit that the demonstration company has.
    if ["unit", "baseUnit"].contains(name) { return "EA" }
    if pattern == nil, ["code", "sku", "name", "slug"].contains(name) { return .string("t\(Self.fresh())") }
    if name == "email" { return .string("u\(Self.fresh())@example.test") }
    if name == "code" { return .string("T\(Self.fresh())") }
    let found = Self.texts.first { text in
      (minLength...maxLength).contains(text.unicodeScalars.count) && pattern?.matches(text) ?? true
    }
    return found.map { .string($0) }
  }

  private func array(_ element: Schema, _ minItems: Int) -> JSON? {
    let items = (0..<minItems).compactMap { _ in value(element) }
    return items.count == minItems ? .array(items) : nil
  }

  private func object(_ fields: [Schema.Field]) -> JSON? {
    var members: [JSON.Member] = []
    for field in fields where field.isRequired {
      guard let made = value(field.schema, named: field.name) else { return nil }
      members.append(.init(field.name, made))
    }
    return .object(members)
  }

  /// Every place in `schema` that takes an id.
  static func references(_ schema: Schema, at steps: [Step] = []) -> [Reference] {
    switch schema {
    case .id(let kind): [Reference(steps: steps, kind: kind)]
    case .nullable(let inner): references(inner, at: steps)
    case .array(let element, _, _): references(element, at: steps + [.element])
    case .object(let fields): fields.flatMap { references($0.schema, at: steps + [.member($0.name)]) }
    case .string, .integer, .decimal, .boolean, .date, .dateTime, .oneOf, .any: []
    }
  }

  /// Members that cannot stand beside a member that names the same thing.
  private static let rivals: [String: [String]] = [
    "productId": ["sku", "gtin", "customerSku", "categoryId"], "categoryId": ["productId"],
    "customerId": ["customer", "priceListId", "customerGroupId", "contractId"],
    "customerGroupId": ["priceListId", "customerId", "contractId"],
    "priceListId": ["customerGroupId", "customerId", "contractId"],
    "contractId": ["priceListId", "customerId", "customerGroupId"],
    "orderId": ["customer", "customerId", "lines"],
  ]

  /// `json` with `id` at the place of `steps`; what is missing on the way is made.
  func put(_ id: EntityID, at steps: ArraySlice<Step>, of schema: Schema, in json: JSON?) -> JSON? {
    guard let step = steps.first else { return .id(id) }
    let rest = steps.dropFirst()
    switch (schema, step) {
    case (.nullable(let inner), _): return put(id, at: steps, of: inner, in: json)
    case (.array(let element, _, _), .element):
      let first = json?.array?.first ?? value(element)
      guard let made = put(id, at: rest, of: element, in: first) else { return nil }
      return .array([made] + (json?.array?.dropFirst() ?? []))
    case (.object(let fields), .member(let name)):
      guard let field = fields.first(where: { $0.name == name }),
        let made = put(id, at: rest, of: field.schema, in: json?[name]), let base = json ?? value(schema)
      else { return nil }
      let rivals = Self.rivals[name] ?? []
      var members = (base.members ?? []).filter { $0.name != name && !rivals.contains($0.name) }
      // Only a customer's or supplier's own number has a party.
      if name == "partyId", fields.contains(where: { $0.name == "scheme" }) {
        members = members.filter { $0.name != "scheme" } + [.init("scheme", "customer_sku")]
      }
      return .object(members + [.init(name, made)])
    case (_, _): return nil
    }
  }
}
