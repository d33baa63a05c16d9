import BulkheadCore
import CPgQuery

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes the nodes that the guard adds to a tree. They are taken from `malloc`, as protobuf-c takes its own, so that
/// the tree frees them with itself.
enum TreeBuilder {
  /// Zeroed memory. Refuses with `service.unavailable` when there is none.
  static func allocated<Value>(_ type: Value.Type, count: Int = 1) throws(Refusal) -> Pointer<Value> {
    guard let memory = calloc(count, MemoryLayout<Value>.stride) else { throw exhausted }
    return memory.bindMemory(to: Value.self, capacity: count)
  }

  static func text(_ value: String) throws(Refusal) -> Pointer<CChar> {
    guard let copy = strdup(value) else { throw exhausted }
    return copy
  }

  private static var exhausted: Refusal {
    Refusal(.serviceUnavailable, "The service is busy.", diagnostic: "out of memory for a statement's tree")
  }

  /// A new array of nodes for a repeated field.
  static func list(_ items: Node...) throws(Refusal) -> Pointer<Node?> {
    let list = try allocated(Node?.self, count: items.count)
    for (index, item) in items.enumerated() { list[index] = item }
    return list
  }

  /// `list` with `item` before everything else. Takes over the memory of `list`.
  static func prepending(_ item: Node, to list: Pointer<Node?>?, count: Int) throws(Refusal) -> Pointer<Node?> {
    let longer = try allocated(Node?.self, count: count + 1)
    longer[0] = item
    for (index, old) in nodes(count, list).enumerated() { longer[index + 1] = old }
    free(list)
    return longer
  }

  /// `list` with `item` after everything else. Takes over the memory of `list`.
  static func appending(_ item: Node, to list: Pointer<Node?>?, count: Int) throws(Refusal) -> Pointer<Node?> {
    let longer = try allocated(Node?.self, count: count + 1)
    for (index, old) in nodes(count, list).enumerated() { longer[index] = old }
    longer[count] = item
    free(list)
    return longer
  }

  static func node(_ kind: NodeKind) throws(Refusal) -> Node {
    let node = try allocated(PgQuery__Node.self)
    pg_query__node__init(node)
    node.pointee.node_case = kind
    return node
  }

  static func name(_ value: String) throws(Refusal) -> Node {
    let name = try allocated(PgQuery__String.self)
    pg_query__string__init(name)
    name.pointee.sval = try text(value)
    let node = try node(PG_QUERY__NODE__NODE_STRING)
    node.pointee.string = name
    return node
  }

  /// `table.column`
  static func column(_ table: String, _ column: Node) throws(Refusal) -> Node {
    let reference = try allocated(PgQuery__ColumnRef.self)
    pg_query__column_ref__init(reference)
    reference.pointee.fields = try list(name(table), column)
    reference.pointee.n_fields = 2
    let node = try node(PG_QUERY__NODE__NODE_COLUMN_REF)
    node.pointee.column_ref = reference
    return node
  }

  /// `left = right`
  static func equality(_ left: Node, _ right: Node) throws(Refusal) -> Node {
    let expression = try allocated(PgQuery__AExpr.self)
    pg_query__a__expr__init(expression)
    expression.pointee.kind = PG_QUERY__A__EXPR__KIND__AEXPR_OP
    expression.pointee.name = try list(name("="))
    expression.pointee.n_name = 1
    expression.pointee.lexpr = left
    expression.pointee.rexpr = right
    let node = try node(PG_QUERY__NODE__NODE_A_EXPR)
    node.pointee.a_expr = expression
    return node
  }

  /// `existing AND added`, flat as the grammar builds it.
  static func conjunction(_ existing: Node?, _ added: Node) throws(Refusal) -> Node {
    guard let existing else { return added }
    if existing.pointee.node_case == PG_QUERY__NODE__NODE_BOOL_EXPR, let and = existing.pointee.bool_expr,
      and.pointee.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR
    {
      and.pointee.args = try appending(added, to: and.pointee.args, count: and.pointee.n_args)
      and.pointee.n_args += 1
      return existing
    }
    let and = try allocated(PgQuery__BoolExpr.self)
    pg_query__bool_expr__init(and)
    and.pointee.boolop = PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR
    and.pointee.args = try list(existing, added)
    and.pointee.n_args = 2
    let node = try node(PG_QUERY__NODE__NODE_BOOL_EXPR)
    node.pointee.bool_expr = and
    return node
  }

  static func parameter() throws(Refusal) -> (node: Node, reference: Pointer<PgQuery__ParamRef>) {
    let reference = try allocated(PgQuery__ParamRef.self)
    pg_query__param_ref__init(reference)
    let node = try node(PG_QUERY__NODE__NODE_PARAM_REF)
    node.pointee.param_ref = reference
    return (node, reference)
  }

  /// `column` of a conflict target.
  static func indexElement(_ column: String) throws(Refusal) -> Node {
    let element = try allocated(PgQuery__IndexElem.self)
    pg_query__index_elem__init(element)
    element.pointee.name = try text(column)
    element.pointee.ordering = PG_QUERY__SORT_BY_DIR__SORTBY_DEFAULT
    element.pointee.nulls_ordering = PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT
    let node = try node(PG_QUERY__NODE__NODE_INDEX_ELEM)
    node.pointee.index_elem = element
    return node
  }
}
