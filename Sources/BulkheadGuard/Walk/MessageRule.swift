import BulkheadCore
import CPgQuery

/// `ClaimedFields` of one message type, with its fields as bits in the order of the descriptor.
struct MessageRule: Sendable {
  let isClaimed: Bool
  let claimed: UInt64
  /// Fields that say where something stood in the text; they mean nothing.
  let positions: UInt64

  /// For a message type that is not in the grammar's node type.
  static let unknown = MessageRule(isClaimed: false, claimed: 0, positions: 0)

  /// The rule of a message type.
  static func of(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> MessageRule {
    byDescriptor[UInt(bitPattern: descriptor)] ?? unknown
  }

  static func isPosition(_ field: String) -> Bool {
    field == "location" || field == "stmt_location" || field == "stmt_len"
  }

  /// Refuses with `statement.unclaimed` unless all that is set in `message` is claimed, and with
  /// `statement.tenantColumn` when one of its names is the tenant's column: every identifier of a statement is a
  /// string field of some message, after the parser has undone quoting, case and Unicode escapes.
  static func check(_ message: Message, rules: GuardRules) throws(Refusal) {
    let rule = of(message.descriptor)
    guard rule.isClaimed else { throw refusal(.statementUnclaimed, message.name) }
    guard !message.hasUnknownFields else { throw refusal(.statementUnclaimed, "\(message.name) of a later grammar") }
    for (index, field) in message.fields.enumerated() {
      guard !has(rule.positions, index), let value = message.value(field) else { continue }
      guard has(rule.claimed, index) else {
        throw refusal(.statementUnclaimed, "\(message.name).\(String(cString: field.name))")
      }
      if case .text(let text) = value { try checkIdentifier(String(cString: text), rules: rules) }
    }
  }

  /// Whether bit `index` is set. A descriptor with more fields than bits has its last ones unclaimed.
  static func has(_ bits: UInt64, _ index: Int) -> Bool { index < UInt64.bitWidth && bits & (1 << UInt64(index)) != 0 }

  private static func checkIdentifier(_ name: String, rules: GuardRules) throws(Refusal) {
    guard rules.contains(.columns) else { return }
    guard name.lowercased() != GuardCatalog.tenantColumn else {
      throw refusal(.statementTenantColumn, "the tenant's column is named; the guard adds it")
    }
  }

  /// The address of the node type's descriptor, a constant of the library.
  static let nodeDescriptor: UInt = {
    var node = PgQuery__Node()
    pg_query__node__init(&node)
    return UInt(bitPattern: node.base.descriptor)
  }()

  /// Every message type that can be part of a tree, by the address of its descriptor.
  private static let byDescriptor: [UInt: MessageRule] = {
    guard let node = UnsafePointer<ProtobufCMessageDescriptor>(bitPattern: nodeDescriptor) else { return [:] }
    var rules: [UInt: MessageRule] = [:]
    for kind in Message.fields(of: node) {
      guard let type = kind.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self) else { continue }
      rules[UInt(bitPattern: type)] = MessageRule(type)
    }
    return rules
  }()

  private init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    let names = ClaimedFields.byMessage[Message.name(of: descriptor)]
    var claimed: UInt64 = 0
    var positions: UInt64 = 0
    for (index, field) in Message.fields(of: descriptor).prefix(UInt64.bitWidth).enumerated() {
      let name = String(cString: field.name)
      if names?.contains(name) == true { claimed |= 1 << UInt64(index) }
      if MessageRule.isPosition(name) { positions |= 1 << UInt64(index) }
    }
    self.init(isClaimed: names != nil, claimed: claimed, positions: positions)
  }

  private init(isClaimed: Bool, claimed: UInt64, positions: UInt64) {
    self.isClaimed = isClaimed
    self.claimed = claimed
    self.positions = positions
  }
}
