import BulkheadCore
import CPgQuery

/// One statement on its way through the rules: walks the tree once, checks every node and adds the tenant.
final class Rewrite {
  let catalog: GuardCatalog
  let rules: GuardRules
  var scopes = Scopes()
  var depth = 0
  var parameterCount = 0
  var isReadOnly = true
  var tables: Set<String> = []
  /// How often the placeholder of the schema was written into the tree.
  var qualifications = 0
  /// The tenant's parameters; their number is known when every parameter of the original has been seen.
  var tenantParameters: [Pointer<PgQuery__ParamRef>] = []
  var lockedRanges = LockedRangeNames()

  init(catalog: GuardCatalog, rules: GuardRules) {
    self.catalog = catalog
    self.rules = rules
  }

  /// Parses, checks and rewrites `text`. Needs a deep stack and a text that has passed `StatementBounds`.
  static func template(of text: String, catalog: GuardCatalog, rules: GuardRules) throws(Refusal) -> StatementTemplate {
    let tree = try ParsedTree(parsing: text)
    let statement = try only(tree.root)
    let rewrite = Rewrite(catalog: catalog, rules: rules)
    if rules.contains(.utility) || NodeClaim(of: statement.pointee.node_case) == .statement {
      try rewrite.statement(statement)
    }
    rewrite.numberTenantParameters()
    return try rewrite.template(from: tree)
  }

  private static func only(_ root: Pointer<PgQuery__ParseResult>) throws(Refusal) -> Node {
    guard root.pointee.n_stmts == 1, let raw = root.pointee.stmts?[0], let statement = raw.pointee.stmt else {
      throw refusal(.statementMultiple, "\(root.pointee.n_stmts) statements")
    }
    return statement
  }

  private func numberTenantParameters() {
    for parameter in tenantParameters { parameter.pointee.number = Int32(parameterCount + 1) }
  }

  private func template(from tree: borrowing ParsedTree) throws(Refusal) -> StatementTemplate {
    let text = try lockedRanges.deparsed(tree)
    if let place = difference(tree, text) {
      throw refusal(.statementUnclaimed, "reads differently when written back: \(place)")
    }
    let pieces = pieces(of: text)
    guard pieces.count == qualifications + 1 else {
      throw refusal(.statementUnclaimed, "the schema's placeholder is in the statement")
    }
    return StatementTemplate(
      pieces: pieces, tenantParameter: tenantParameters.isEmpty ? nil : parameterCount + 1,
      parameterCount: parameterCount, isReadOnly: isReadOnly, tables: tables.sorted())
  }

  /// Where `text` does not say what `tree` says, or nil.
  private func difference(_ tree: borrowing ParsedTree, _ text: String) -> String? {
    do throws(Refusal) {
      let again = try ParsedTree(parsing: text)
      return TreeComparison.difference(Message(tree.root), Message(again.root))
    } catch {
      return error.diagnostic ?? "unreadable"
    }
  }

  /// `text` cut at each placeholder.
  private func pieces(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    let mark = Array(StatementTemplate.placeholder.utf8)
    var pieces: [String] = []
    var start = 0
    var index = 0
    while index + mark.count <= bytes.count {
      if bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) {
        pieces.append(String(decoding: bytes[start..<index], as: UTF8.self))
        index += mark.count
        start = index
      } else {
        index += 1
      }
    }
    pieces.append(String(decoding: bytes[start...], as: UTF8.self))
    return pieces
  }

  // MARK: - What every rule uses

  /// Refuses unless every set field of the message at `pointer` is claimed.
  func claim<Value>(_ pointer: Pointer<Value>) throws(Refusal) {
    try MessageRule.check(Message(UnsafeMutableRawPointer(pointer)), rules: rules)
  }

  /// Walks one level deeper. Refuses with `statement.tooLarge` beyond `StatementBounds.depthMax`.
  func deeper(_ body: () throws(Refusal) -> Void) throws(Refusal) {
    guard depth < StatementBounds.depthMax else { throw refusal(.statementTooLarge, "nested too deeply") }
    depth += 1
    defer { depth -= 1 }
    try body()
  }

  /// Walks a query level of its own.
  func level(_ body: () throws(Refusal) -> Void) throws(Refusal) {
    try deeper { () throws(Refusal) in
      scopes.enter()
      defer { scopes.leave() }
      try body()
    }
  }

  /// `name.tenant_id = $N`, or nil when the rule is taken away by a test.
  func tenantPredicate(_ name: String) throws(Refusal) -> Node? {
    guard rules.contains(.tenantPredicate) else { return nil }
    let (node, reference) = try TreeBuilder.parameter()
    tenantParameters.append(reference)
    let column = try TreeBuilder.column(name, TreeBuilder.name(GuardCatalog.tenantColumn))
    return try TreeBuilder.equality(column, node)
  }

  /// Writes the placement's schema into `table`.
  func qualify(_ table: Pointer<PgQuery__RangeVar>) throws(Refusal) {
    table.pointee.schemaname = try TreeBuilder.text(StatementTemplate.placeholder)
    qualifications += 1
  }

  func unclaimed(_ kind: NodeKind, in place: String) -> Refusal {
    refusal(.statementUnclaimed, "\(NodeKind.name(kind)) in \(place)")
  }
}

extension PgQuery__Node__NodeCase {
  /// The name in the grammar's protobuf definition, for diagnostics.
  static func name(_ kind: NodeKind) -> String {
    guard let node = UnsafePointer<ProtobufCMessageDescriptor>(bitPattern: MessageRule.nodeDescriptor) else {
      return ""
    }
    return Message.fields(of: node).first { $0.id == kind.rawValue }.map { String(cString: $0.name) } ?? "nothing"
  }
}
