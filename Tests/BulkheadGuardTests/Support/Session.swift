import CLibpq
import Foundation

/// One blocking connection to the private server.
final class Session {
  private let connection: OpaquePointer

  struct Failure: Error, CustomStringConvertible {
    let state: String
    let description: String
  }

  init() throws {
    let server = try PrivatePostgres.shared.get()
    guard let connection = PQconnectdb("host=\(server.folder) user=postgres dbname=postgres client_encoding=UTF8"),
      PQstatus(connection) == CONNECTION_OK
    else { throw Failure(state: "08006", description: "no connection") }
    self.connection = connection
    try run("SET client_min_messages = warning")
    try run("SET search_path = ''")
  }

  deinit { PQfinish(connection) }

  /// Rows as text; nil is NULL.
  @discardableResult
  func run(_ sql: String, _ parameters: [String?] = []) throws -> [[String?]] {
    if parameters.isEmpty { return try rows(PQexec(connection, sql)) }
    let copies = parameters.map { $0.flatMap { strdup($0) } }
    defer { copies.forEach { free($0) } }
    var values = copies.map { UnsafePointer($0) }
    return try rows(PQexecParams(connection, sql, Int32(values.count), nil, &values, nil, nil, 0))
  }

  private func rows(_ result: OpaquePointer?) throws -> [[String?]] {
    defer { PQclear(result) }
    let status = PQresultStatus(result)
    guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else {
      let state = PQresultErrorField(result, 67).map { String(cString: $0) } ?? ""
      throw Failure(state: state, description: String(cString: PQresultErrorMessage(result)))
    }
    return (0..<PQntuples(result)).map { row in
      (0..<PQnfields(result)).map { column in
        PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
      }
    }
  }
}
