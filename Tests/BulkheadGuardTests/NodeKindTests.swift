import CPgQuery
import Testing

@testable import BulkheadGuard

@Suite("The grammar is wholly accounted for")
struct NodeKindTests {
  /// Every kind of node of the grammar: number and name of the message.
  static let kinds: [(kind: NodeKind, message: String)] = {
    guard let node = UnsafePointer<ProtobufCMessageDescriptor>(bitPattern: MessageRule.nodeDescriptor) else {
      return []
    }
    return Message.fields(of: node).compactMap { field in
      guard let type = field.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self) else { return nil }
      return (NodeKind(rawValue: field.id), Message.name(of: type))
    }
  }()

  /// Messages that stand in trees without being claimed as nodes of their own.
  static let typedParts: Set<String> = ["Alias", "InferClause", "OnConflictClause", "TypeName", "WithClause"]

  @Test("the union has the 238 kinds that were reviewed, numbered without a gap")
  func count() {
    #expect(Self.kinds.map(\.kind.rawValue) == Array(1...238))
    #expect(PG_QUERY__NODE__NODE_A_CONST.rawValue == 238)
  }

  @Test("a kind is claimed exactly when its fields are")
  func claims() {
    for (kind, message) in Self.kinds {
      let isClaimed = NodeClaim(of: kind) != .refused
      let hasFields = ClaimedFields.byMessage[message] != nil
      #expect(isClaimed == hasFields || (Self.typedParts.contains(message) && hasFields), "\(message)")
    }
    let messages = Set(Self.kinds.map(\.message))
    for message in ClaimedFields.byMessage.keys { #expect(messages.contains(message), "\(message)") }
  }

  @Test("the kinds that are claimed are these 44 and the rest is refused")
  func snapshot() {
    let claimed = Self.kinds.filter { NodeClaim(of: $0.kind) != .refused }.map(\.message).sorted()
    #expect(
      claimed == [
        "AArrayExpr", "AConst", "AExpr", "AIndices", "AIndirection", "BoolExpr", "BooleanTest", "CaseExpr", "CaseWhen",
        "CoalesceExpr", "ColumnDef", "ColumnRef", "CommonTableExpr", "DeleteStmt", "FuncCall", "GroupingFunc",
        "GroupingSet", "IndexElem", "InsertStmt", "Integer", "JoinExpr", "List", "LockingClause", "MergeStmt",
        "MergeWhenClause", "MinMaxExpr",
        "MultiAssignRef", "NamedArgExpr", "NullTest", "ParamRef", "RangeFunction", "RangeSubselect", "RangeVar",
        "ResTarget", "RowExpr", "SQLValueFunction", "SelectStmt", "SetToDefault", "SortBy", "String", "SubLink",
        "TypeCast", "UpdateStmt", "WindowDef",
      ])
  }

  /// Fields of claimed messages that no rule looks at: they must be unset. A field that a later grammar adds is in
  /// neither list and fails here, besides being refused.
  static let unclaimedFields: [String: Set<String>] = [
    "BoolExpr": ["xpr"], "BooleanTest": ["xpr"], "CaseExpr": ["xpr", "casetype", "casecollid"], "CaseWhen": ["xpr"],
    "CoalesceExpr": ["xpr", "coalescetype", "coalescecollid"],
    "ColumnDef": [
      "compression", "inhcount", "is_not_null", "is_from_type", "storage", "raw_default", "cooked_default", "identity",
      "identity_sequence", "generated", "coll_clause", "coll_oid", "constraints", "fdwoptions",
    ],
    "CommonTableExpr": [
      "search_clause", "cycle_clause", "cterecursive", "cterefcount", "ctecolnames", "ctecoltypes", "ctecoltypmods",
      "ctecolcollations",
    ],
    "GroupingFunc": ["xpr", "refs", "cols", "agglevelsup"],
    "IndexElem": ["indexcolname", "collation", "opclass", "opclassopts"],
    "JoinExpr": ["is_natural", "join_using_alias", "alias", "rtindex"],
    "MinMaxExpr": ["xpr", "minmaxtype", "minmaxcollid", "inputcollid"], "NamedArgExpr": ["xpr"],
    "NullTest": ["xpr", "argisrow"], "RangeFunction": ["is_rowsfrom"], "RangeVar": ["catalogname", "schemaname"],
    "ResTarget": ["indirection"], "RowExpr": ["xpr", "row_typeid", "colnames"], "SelectStmt": ["into_clause"],
    "SetToDefault": ["xpr", "type_id", "type_mod", "collation"], "SortBy": ["use_op"],
    "SQLValueFunction": ["xpr", "type"], "SubLink": ["xpr", "sub_link_id"],
    "TypeName": ["type_oid", "setof", "pct_type"],
  ]

  @Test("every field of every claimed message is claimed, a position, or listed as refused")
  func fields() throws {
    let node = try #require(UnsafePointer<ProtobufCMessageDescriptor>(bitPattern: MessageRule.nodeDescriptor))
    for field in Message.fields(of: node) {
      guard let type = field.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
        let claimed = ClaimedFields.byMessage[Message.name(of: type)]
      else { continue }
      let message = Message.name(of: type)
      let fields = Set(Message.fields(of: type).map { String(cString: $0.name) }.filter { !MessageRule.isPosition($0) })
      #expect(fields.subtracting(claimed) == Self.unclaimedFields[message, default: []], "\(message)")
      #expect(claimed.isSubset(of: fields), "\(message) claims what it does not have")
      #expect(fields.count < UInt64.bitWidth)
    }
  }
}
