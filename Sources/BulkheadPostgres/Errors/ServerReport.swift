import CLibpq

/// An error result of libpq, read field by field (PostgreSQL manual 34.3.1, `PQresultErrorField`).
struct ServerReport {
  /// The server's function that raised the error: unlike the message, it is never translated.
  let sourceFunction: String?
  let error: PostgresError

  init(_ result: OpaquePointer, commandIndex: Int?) {
    func field(_ code: Field) -> String? {
      PQresultErrorField(result, Int32(code.rawValue)).map { String(cString: $0) }
    }
    sourceFunction = field(.sourceFunction)
    // libpq's own complaints have no fields, only a message.
    let message = field(.messagePrimary) ?? PQresultErrorMessage(result).map { String(cString: $0) }
    error = PostgresError(
      .server, sqlState: field(.sqlState), message: message, detail: field(.messageDetail),
      hint: field(.messageHint), constraint: field(.constraintName), table: field(.tableName),
      column: field(.columnName), commandIndex: commandIndex)
  }

  /// Whether the server speaks of itself rather than of the statement: connection (08), resources (53), system (58),
  /// configuration file (F0), internal error (XX), or nothing that it gives a state for.
  var isFault: Bool {
    guard let state = error.sqlState else { return true }
    return ["08", "53", "58", "F0", "XX"].contains(state.prefix(2))
  }

  /// Whether the prepared statement is of no more use: the server does not know its name (26000), or its result type
  /// changed under it ("cached plan must not change result type", which only `RevalidateCachedQuery` raises).
  var invalidatesStatement: Bool {
    error.sqlState == "26000" || (error.sqlState == "0A000" && sourceFunction == "RevalidateCachedQuery")
  }
}

/// The field codes of the error response (PostgreSQL manual 55.8). libpq's macros for them are not visible to Swift.
private enum Field: UInt8 {
  case sqlState = 0x43  // C
  case messagePrimary = 0x4D  // M
  case messageDetail = 0x44  // D
  case messageHint = 0x48  // H
  case constraintName = 0x6E  // n
  case tableName = 0x74  // t
  case columnName = 0x63  // c
  case sourceFunction = 0x52  // R
}
