import BulkheadCore
import CPgQuery

typealias Pointer = UnsafeMutablePointer
typealias Node = UnsafeMutablePointer<PgQuery__Node>
typealias NodeKind = PgQuery__Node__NodeCase

/// The tree of a text, in C memory that is freed with it.
struct ParsedTree: ~Copyable {
  let root: Pointer<PgQuery__ParseResult>

  /// Refuses with `statement.syntax` what PostgreSQL's grammar refuses. `text` must have passed `StatementBounds`, and
  /// the thread must have a deep stack.
  init(parsing text: String) throws(Refusal) {
    let result = pg_query_parse_protobuf(text)
    defer { pg_query_free_protobuf_parse_result(result) }
    if let error = result.error {
      throw refusal(.statementSyntax, error.pointee.message.map { String(cString: $0) } ?? "unreadable")
    }
    let data = UnsafeRawPointer(result.parse_tree.data)?.assumingMemoryBound(to: UInt8.self)
    guard let root = pg_query__parse_result__unpack(nil, result.parse_tree.len, data) else {
      throw refusal(.statementSyntax, "the parser's answer cannot be read")
    }
    self.root = root
  }

  /// The text of the tree as it stands now.
  func deparsed() throws(Refusal) -> String {
    let size = pg_query__parse_result__get_packed_size(root)
    let buffer = Pointer<UInt8>.allocate(capacity: max(size, 1))
    defer { buffer.deallocate() }
    let written = pg_query__parse_result__pack(root, buffer)
    let packed = UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: CChar.self)
    let result = pg_query_deparse_protobuf(PgQueryProtobuf(len: written, data: packed))
    defer { pg_query_free_deparse_result(result) }
    guard result.error == nil, let query = result.query else {
      let message = result.error.flatMap { $0.pointee.message.map { String(cString: $0) } }
      throw refusal(.statementUnclaimed, "cannot be written back: \(message ?? "no text")")
    }
    return String(cString: query)
  }

  deinit { pg_query__parse_result__free_unpacked(root, nil) }
}

/// The nodes of a repeated field. An empty list has no memory.
func nodes(_ count: Int, _ list: Pointer<Node?>?) -> UnsafeMutableBufferPointer<Node?> {
  UnsafeMutableBufferPointer(start: list, count: list == nil ? 0 : count)
}

/// A string field, empty when unset.
func string(_ field: Pointer<CChar>?) -> String { field.map { String(cString: $0) } ?? "" }
