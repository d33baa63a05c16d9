import BulkheadCore
import CLibpq

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Rows {
  /// Bytes that the rows of `result` took on the wire: each row has 7 of framing and each cell 4.
  static func wireSize(of result: OpaquePointer) -> Int {
    let rows = PQntuples(result)
    let columns = PQnfields(result)
    var size = Int(rows) * (7 + 4 * Int(columns))
    for row in 0..<rows {
      for column in 0..<columns { size += Int(PQgetlength(result, row, column)) }
    }
    return size
  }

  /// Copies a result of libpq. `wireSize` is its size as measured above and fits 32 bits.
  init(copying result: OpaquePointer, wireSize: Int) {
    let rows = PQntuples(result)
    let columns = PQnfields(result)
    let cells = Int(rows) * Int(columns)
    guard cells > 0 else {
      self.init(
        columnCount: Int(columns), starts: [], ends: [], bytes: [], affected: Rows.affected(result, rows: Int(rows)))
      return
    }
    var starts: [Int32] = []
    var ends: [Int32] = []
    starts.reserveCapacity(cells)
    ends.reserveCapacity(cells)
    let cellBytes = wireSize - Int(rows) * (7 + 4 * Int(columns))
    let bytes = [UInt8](unsafeUninitializedCapacity: cellBytes) { buffer, initialized in
      for row in 0..<rows {
        for column in 0..<columns {
          let length = Int(PQgetlength(result, row, column))
          let start = Int32(truncatingIfNeeded: initialized)
          if length > 0, let base = buffer.baseAddress, let value = PQgetvalue(result, row, column) {
            memcpy(base + initialized, value, length)
            initialized += length
          }
          let isNull = length == 0 && PQgetisnull(result, row, column) != 0
          starts.append(isNull ? -1 : start)
          ends.append(Int32(truncatingIfNeeded: initialized))
        }
      }
    }
    self.init(columnCount: Int(columns), starts: starts, ends: ends, bytes: bytes, affected: Int(rows))
  }

  /// `PQcmdTuples` is empty for commands that touch no rows; rows that were returned are counted as such.
  private static func affected(_ result: OpaquePointer, rows: Int) -> Int {
    guard PQresultStatus(result) == PGRES_COMMAND_OK, let digits = PQcmdTuples(result) else { return rows }
    return Int(strtoll(digits, nil, 10))
  }
}
