/// A JSON value (RFC 8259) that keeps what other models lose: numbers stay the text they were sent as, so that a
/// quantity of `0.1` is a tenth and not its nearest binary fraction, and members keep their order.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number's own text, for example `12.50` or `1e3`.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])

  public struct Member: Hashable, Sendable {
    public let name: String
    public let value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(nilLiteral: ()) { self = .null }

  /// Members in the order written. Names are not checked for repetition here; the parser refuses repeated names.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }

  public static func int(_ value: some BinaryInteger) -> JSON { .number(String(value)) }
  public static func id(_ value: EntityID) -> JSON { .string(value.description) }
  public static func instant(_ value: Instant) -> JSON { .string(value.description) }
  public static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
}

extension JSON {
  /// The member called `name`, when this is an object that has it.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  public subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The text of a number.
  public var numberText: String? {
    if case .number(let text) = self { text } else { nil }
  }

  public var int: Int? { numberText.flatMap { Int($0) } }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  public var array: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  public var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  public var id: EntityID? { string.flatMap { EntityID($0) } }

  public var isNull: Bool { self == .null }
}
