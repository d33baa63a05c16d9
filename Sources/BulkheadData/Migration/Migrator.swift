import BulkheadCore
import BulkheadPostgres

/// Applies migration files through an administrator's connection: each file in its own transaction together with its
/// record, so that a run that was cut short goes on where it stopped.
package struct Migrator: Sendable {
  package let catalog: MigrationCatalog

  package init(catalog: MigrationCatalog) { self.catalog = catalog }

  /// Called before each file that is about to run.
  package typealias Progress = @Sendable (_ file: String, _ index: Int, _ count: Int) -> Void

  /// Roles of the cluster. The file is safe to run again and does.
  package func migrateCluster(_ connection: PostgresConnection) async throws {
    for file in try catalog.files(.cluster) { try await execute(file, on: connection, before: "", after: "") }
  }

  package func migrateControl(_ connection: PostgresConnection, progress: Progress = { _, _, _ in }) async throws {
    try await alone(connection) {
      let applied = try await records(
        connection, table: "control.migration", query: "SELECT file_name, checksum FROM control.migration")
      try await apply(catalog.files(.control), applied, connection, progress: progress) { file in
        (
          "",
          "INSERT INTO control.migration (file_name, checksum) VALUES (\(quote(file.name)), \(quote(file.checksum)));"
        )
      }
      try await lockDown(connection)
    }
  }

  /// The wall itself, in a database that holds tenants.
  package func migrateCell(_ connection: PostgresConnection, progress: Progress = { _, _, _ in }) async throws {
    try await alone(connection) {
      let applied = try await records(
        connection, table: "bulkhead.migration",
        query: "SELECT file_name, checksum FROM bulkhead.migration WHERE schema_name = '-'")
      try await apply(catalog.files(.cell), applied, connection, progress: progress) { file in
        ("", record(file, schema: "-"))
      }
      try await lockDown(connection)
    }
  }

  /// Takes from PUBLIC what PostgreSQL gives to everyone, in the database of `connection`. Safe to run again, and run
  /// again by every migration: a later version of PostgreSQL brings new functions, each open until it is closed.
  package func lockDown(_ connection: PostgresConnection) async throws {
    for file in try catalog.files(.database) {
      let sql = file.sql.replacing("$allowed$", with: CatalogAllowList.query)
      try await execute(MigrationFile(name: file.name, sql: sql), on: connection, before: "", after: "")
    }
  }

  /// The tenant tables of one schema. The schema rules are checked inside each file's transaction: a file that breaks
  /// one never takes effect.
  package func migrateSchema(
    _ schema: String, _ connection: PostgresConnection, progress: Progress = { _, _, _ in }
  ) async throws {
    try await alone(connection) {
      let applied = try await records(
        connection, table: "bulkhead.migration",
        query: "SELECT file_name, checksum FROM bulkhead.migration WHERE schema_name = \(quote(schema))")
      try await apply(catalog.files(.tenant), applied, connection, progress: progress) { file in
        (
          "SET LOCAL client_min_messages = warning; SET LOCAL ROLE bulkhead_owner; SET LOCAL search_path = \(schema);",
          "RESET ROLE; \(SchemaRules.check(schema: schema)) " + record(file, schema: schema)
        )
      }
      try await connection.simple(
        "BEGIN; SELECT pg_advisory_xact_lock(4711); SELECT bulkhead.allow_logins(\(quote(schema))); COMMIT",
        deadline: nil)
    }
  }

  /// Runs `body` while no other migrator works on this database, so that what it read of applied files stays true.
  private func alone(_ connection: PostgresConnection, _ body: () async throws -> Void) async throws {
    try await connection.simple("SELECT pg_advisory_lock(4712)", deadline: nil)
    do {
      try await body()
    } catch {
      _ = try? await connection.simple("SELECT pg_advisory_unlock(4712)", deadline: nil)
      throw error
    }
    try await connection.simple("SELECT pg_advisory_unlock(4712)", deadline: nil)
  }

  private func apply(
    _ files: [MigrationFile], _ applied: [String: String], _ connection: PostgresConnection, progress: Progress,
    frame: (MigrationFile) -> (before: String, after: String)
  ) async throws {
    for file in files {
      if let checksum = applied[file.name], checksum != file.checksum {
        throw MigrationError(
          .changedAfterwards, file: file.name,
          detail: "It was applied with another text. Restore the file and put the change into a new one.")
      }
    }
    let waiting = files.filter { applied[$0.name] == nil }
    for (index, file) in waiting.enumerated() {
      progress(file.name, index, waiting.count)
      let (before, after) = frame(file)
      try await execute(file, on: connection, before: before, after: after)
    }
  }

  private func execute(
    _ file: MigrationFile, on connection: PostgresConnection, before: String, after: String
  ) async throws {
    do {
      // The lock that opening a schema takes too.
      try await connection.simple(
        """
        BEGIN;
        SET LOCAL statement_timeout = 0;
        SELECT pg_advisory_xact_lock(4711);
        \(before)
        \(file.sql)
        ;
        \(after)
        COMMIT;
        """,
        deadline: nil)
    } catch {
      _ = try? await connection.simple("ROLLBACK", deadline: nil)
      let reason: MigrationError.Reason = error.sqlState == SchemaRules.sqlState ? .ruleBroken : .statementFailed
      throw MigrationError(reason, file: file.name, detail: error.debugDescription)
    }
  }

  private func records(
    _ connection: PostgresConnection, table: String, query: String
  ) async throws -> [String: String] {
    let exists = try await connection.roundTrip(
      [.once(text: "SELECT to_regclass($1) IS NOT NULL", parameters: [.text(table)])], deadline: nil)
    guard try exists[0][0].bool(0) else { return [:] }
    let rows = try await connection.roundTrip([.once(text: query, parameters: [])], deadline: nil)[0]
    return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.text(0), try $0.text(1)) })
  }

  private func record(_ file: MigrationFile, schema: String) -> String {
    """
    INSERT INTO bulkhead.migration (schema_name, file_name, checksum)
    VALUES (\(quote(schema)), \(quote(file.name)), \(quote(file.checksum)));
    """
  }
}

/// A literal of trusted text: names and checksums of our own files.
func quote(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}
