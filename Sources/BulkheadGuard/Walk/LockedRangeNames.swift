import BulkheadCore
import CPgQuery

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Works around a fault of libpg_query 15-4.0.0: its deparser writes no space between the last name of `OF` and
/// `NOWAIT` or `SKIP LOCKED`. For the time of the writing those names are marks, which are then replaced in the text by
/// the quoted name and a space. The comparison of the result with the tree proves it.
struct LockedRangeNames {
  private var ranges: [Pointer<PgQuery__RangeVar>] = []

  /// Notes the last range of a clause that has both names and a wait policy.
  mutating func note(_ clause: Pointer<PgQuery__LockingClause>) {
    guard clause.pointee.wait_policy != PG_QUERY__LOCK_WAIT_POLICY__LockWaitBlock,
      let last = nodes(clause.pointee.n_locked_rels, clause.pointee.locked_rels).last,
      let range = last?.pointee.range_var
    else { return }
    ranges.append(range)
  }

  /// The text of `tree`, whose names are as before afterwards.
  func deparsed(_ tree: borrowing ParsedTree) throws(Refusal) -> String {
    guard !ranges.isEmpty else { return try tree.deparsed() }
    let names = ranges.map(\.pointee.relname)
    var marks: [Pointer<CChar>] = []
    defer {
      for (range, name) in zip(ranges, names) { range.pointee.relname = name }
      for mark in marks { free(mark) }
    }
    for (index, range) in ranges.enumerated() {
      let mark = try TreeBuilder.text(Self.mark(index))
      marks.append(mark)
      range.pointee.relname = mark
    }
    var text = try tree.deparsed()
    for (index, name) in names.enumerated() {
      let quoted = string(name).replacing("\"", with: "\"\"")
      text = text.replacing(Self.mark(index), with: "\"\(quoted)\" ")
    }
    return text
  }

  private static func mark(_ index: Int) -> String { "bulkhead_locked_range_\(index)_" }
}
