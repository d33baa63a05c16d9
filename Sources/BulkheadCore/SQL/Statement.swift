/// The text of one SQL statement, fixed when the program was compiled.
///
/// It can only be made from a string literal, so no value that anyone sent can become part of SQL. Tables are named
/// without a schema and without a tenant: the guard adds both. Parameters are `$1`, `$2`, ….
public struct Statement: Hashable, Sendable {
  package let text: String
  /// Computed once, so that looking the statement up costs no hashing of its text.
  private let fingerprint: Int

  public init(_ text: StaticString) {
    self.init(unchecked: text.description)
  }

  /// For the platform's own tests and tools, whose text is not a literal.
  package init(unchecked text: String) {
    self.text = text
    self.fingerprint = text.hashValue
  }

  public static func == (left: Statement, right: Statement) -> Bool {
    left.fingerprint == right.fingerprint && left.text == right.text
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

extension Statement: ExpressibleByStringLiteral {
  /// `StaticString` as the literal type refuses interpolation.
  public init(stringLiteral text: StaticString) { self.init(text) }
}

/// A statement and the values of its parameters.
public struct Query: Sendable {
  package let statement: Statement
  package let parameters: [SQLValue]

  public init(_ statement: Statement, _ parameters: SQLValue...) {
    self.init(statement, parameters)
  }

  public init(_ statement: Statement, _ parameters: [SQLValue]) {
    self.statement = statement
    self.parameters = parameters
  }
}
