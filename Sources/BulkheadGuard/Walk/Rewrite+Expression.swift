import BulkheadCore
import CPgQuery

extension Rewrite {
  func expressions(_ count: Int, _ list: Pointer<Node?>?) throws(Refusal) {
    for node in nodes(count, list) { try expression(node) }
  }

  /// Any expression. nil and the empty node are absent parts.
  func expression(_ node: Node?) throws(Refusal) {
    guard let node, let message = Message(of: node) else { return try absent(node) }
    guard NodeClaim(of: node.pointee.node_case) == .expression else {
      throw unclaimed(node.pointee.node_case, in: "an expression")
    }
    try MessageRule.check(message, rules: rules)
    try deeper { () throws(Refusal) in
      switch node.pointee.node_case {
      case PG_QUERY__NODE__NODE_A_CONST: break
      case PG_QUERY__NODE__NODE_COLUMN_REF: try column(node.pointee.column_ref)
      case PG_QUERY__NODE__NODE_PARAM_REF: try parameter(node.pointee.param_ref)
      case PG_QUERY__NODE__NODE_FUNC_CALL: try function(node.pointee.func_call)
      case PG_QUERY__NODE__NODE_A_EXPR: try operation(node.pointee.a_expr)
      case PG_QUERY__NODE__NODE_SUB_LINK: try subLink(node.pointee.sub_link)
      case PG_QUERY__NODE__NODE_TYPE_CAST: try cast(node.pointee.type_cast)
      case PG_QUERY__NODE__NODE_A_INDIRECTION: try indirection(node.pointee.a_indirection)
      case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION: try valueFunction(node.pointee.sqlvalue_function)
      default: try parts(of: message)
      }
    }
  }

  /// An empty node may stand in a list; one with fields of a later grammar may not.
  private func absent(_ node: Node?) throws(Refusal) {
    guard let node else { return }
    guard node.pointee.base.n_unknown_fields == 0 else { throw refusal(.statementUnclaimed, "node of a later grammar") }
  }

  /// A node that is no more than the sum of its parts, all of which are expressions.
  private func parts(of message: Message) throws(Refusal) {
    for field in message.fields {
      switch message.value(field) {
      case .message(let part): try self.part(part)
      case .messages(let list): for case .some(let item) in list { try part(Message(item)) }
      case .scalar, .text, nil: break
      }
    }
  }

  private func part(_ message: Message) throws(Refusal) {
    guard UInt(bitPattern: message.descriptor) == MessageRule.nodeDescriptor else {
      throw refusal(.statementUnclaimed, "\(message.name) in an expression")
    }
    try expression(UnsafeMutableRawPointer(message.base).assumingMemoryBound(to: PgQuery__Node.self))
  }

  private func parameter(_ reference: Pointer<PgQuery__ParamRef>?) throws(Refusal) {
    guard let number = reference?.pointee.number, number > 0, number <= StatementBounds.parametersMax else {
      throw refusal(.statementUnclaimed, "parameter number")
    }
    parameterCount = max(parameterCount, Int(number))
  }

  private func subLink(_ link: Pointer<PgQuery__SubLink>?) throws(Refusal) {
    guard let link else { return }
    try expression(link.pointee.testexpr)
    try operatorName(link.pointee.n_oper_name, link.pointee.oper_name, mayBeAbsent: true)
    try query(link.pointee.subselect)
  }

  /// `a[1]` and `a[1:2]`. `(a).name` is refused: PostgreSQL runs `(0.1).pg_sleep` as a call, whatever the type of `a`.
  private func indirection(_ indirection: Pointer<PgQuery__AIndirection>?) throws(Refusal) {
    guard let indirection else { return }
    try expression(indirection.pointee.arg)
    for node in nodes(indirection.pointee.n_indirection, indirection.pointee.indirection) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_A_INDICES, let indices = node.pointee.a_indices
      else { throw refusal(.statementUnclaimed, "field of an expression") }
      try claim(indices)
      try expression(indices.pointee.lidx)
      try expression(indices.pointee.uidx)
    }
  }

  /// The clock only: the others tell the role, the database and the search path.
  private func valueFunction(_ function: Pointer<PgQuery__SQLValueFunction>?) throws(Refusal) {
    guard let function else { return }
    switch function.pointee.op {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N, PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP,
      PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      break
    default:
      guard !rules.contains(.functions) else {
        throw refusal(.statementFunction, "SQL value function \(function.pointee.op.rawValue)")
      }
    }
  }
}
