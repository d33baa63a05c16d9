import BulkheadCore

/// Functions and files: what PostgreSQL gives everyone, or an administrator, and a tenant's session must not reach.
extension Catalogue {
  static let functions: [any Attack] = [
    call(
      "advisoryLock", "Take advisory locks until there is no room for anyone's", .degrade,
      "pg_advisory_lock(4711)", "pg_advisory_lock(bigint)"),
    call(
      "advisoryLockShared", "Take a shared advisory lock", .degrade, "pg_advisory_lock_shared(4711)",
      "pg_advisory_lock_shared(bigint)"),
    call(
      "advisoryTransaction", "Take an advisory lock for a transaction", .degrade, "pg_advisory_xact_lock(1, 2)",
      "pg_advisory_xact_lock(integer, integer)"),
    call(
      "advisoryTry", "Try advisory locks, to learn who holds them", .infer, "pg_try_advisory_lock(4713)",
      "pg_try_advisory_lock(bigint)"),
    call(
      "advisoryUnlockAll", "Free advisory locks of a shared connection", .degrade, "pg_advisory_unlock_all()",
      "pg_advisory_unlock_all()"),
    call("sleep", "Sleep on a shared connection", .degrade, "pg_sleep(0)", "pg_sleep(double precision)"),
    call(
      "sleepFor", "Sleep for an interval", .degrade, "pg_sleep_for('0 s')", "pg_sleep_for(interval)",
      "pg_sleep(double precision)"),
    call(
      "terminate", "Terminate another session", .degrade, "pg_terminate_backend(0)",
      "pg_terminate_backend(integer, bigint)"),
    call(
      "cancel", "Cancel another session's statement", .degrade, "pg_cancel_backend(0)",
      "pg_cancel_backend(integer)"),
    call(
      "notify", "Send notifications into everyone's queue", .degrade, "pg_notify('attack', 'x')",
      "pg_notify(text, text)"),
    call(
      "walMessage", "Write into the log of all tenants", .degrade,
      "pg_logical_emit_message(true, 'attack', 'x')", "pg_logical_emit_message(boolean, text, text)"),
    call("transactionID", "Count everyone's transactions", .infer, "txid_current()", "txid_current()"),
    call(
      "transactionID8", "Count everyone's transactions, the new way", .infer, "pg_current_xact_id()",
      "pg_current_xact_id()"),
    call(
      "snapshot", "See which transactions are under way", .infer, "pg_current_snapshot()",
      "pg_current_snapshot()"),
    call(
      "exportSnapshot", "Hold back everyone's vacuum with an exported snapshot", .degrade, "pg_export_snapshot()",
      "pg_export_snapshot()"),
    call("walPosition", "Measure how much everyone writes", .infer, "pg_current_wal_lsn()", "pg_current_wal_lsn()"),
    call(
      "relationSize", "Measure a table of all tenants", .infer, "pg_relation_size('{schema}.product'::regclass)",
      "pg_relation_size(regclass, text)", "pg_relation_size(regclass)"),
    call(
      "totalSize", "Measure a table and its indexes", .infer,
      "pg_total_relation_size('{schema}.product'::regclass)", "pg_total_relation_size(regclass)"),
    call("databaseSize", "Measure the database", .infer, "pg_database_size('{database}')", "pg_database_size(name)"),
    call(
      "liveTuples", "Count rows of all tenants by statistics", .infer,
      "pg_stat_get_live_tuples('{schema}.product'::regclass)", "pg_stat_get_live_tuples(oid)"),
    call(
      "inserted", "Count inserts of all tenants by statistics", .infer,
      "pg_stat_get_tuples_inserted('{schema}.sales_order'::regclass)", "pg_stat_get_tuples_inserted(oid)"),
    call(
      "activity", "Read the statements of other sessions", .infer,
      "count(*) FROM pg_stat_get_activity(NULL)", "pg_stat_get_activity(integer)"),
    call("locks", "Read the locks of other sessions", .infer, "count(*) FROM pg_lock_status()", "pg_lock_status()"),
    call("blocking", "Ask who waits for whom", .infer, "pg_blocking_pids(1)", "pg_blocking_pids(integer)"),
    call(
      "queryToXML", "Run SQL from text through query_to_xml", .access,
      "query_to_xml('SELECT 1', true, true, '')", "query_to_xml(text, boolean, boolean, text)"),
    call(
      "tableToXML", "Read a table through table_to_xml", .access,
      "table_to_xml('{schema}.uom'::regclass, true, true, '')", "table_to_xml(regclass, boolean, boolean, text)"),
    call(
      "schemaToXML", "Read a schema's shape through schema_to_xmlschema", .infer,
      "schema_to_xmlschema('bulkhead', true, true, '')", "schema_to_xmlschema(name, boolean, boolean, text)"),
    call(
      "textStatistics", "Run SQL from text through ts_stat", .access,
      "count(*) FROM ts_stat('SELECT to_tsvector(''simple'', ''a'')')", "ts_stat(text)"),
    call(
      "textRewrite", "Run SQL from text through ts_rewrite", .access,
      "ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, ''b''::tsquery')", "ts_rewrite(tsquery, text)"),
    call(
      "describe", "Ask the catalog what an object is", .infer, "pg_describe_object(1259, 1259, 0)",
      "pg_describe_object(oid, oid, integer)"),
    call(
      "settings", "Read every setting of the server", .infer, "count(*) FROM pg_show_all_settings()",
      "pg_show_all_settings()"),
    call("largeObject", "Store bytes outside of all tables", .degrade, "lo_create(0)", "lo_create(oid)"),
    call(
      "largeObjectBytes", "Store bytes as a large object", .corrupt, "lo_from_bytea(0, 'x')",
      "lo_from_bytea(oid, bytea)"),
    call(
      "readFile", "Read a file of the server", .access, "length(pg_read_file('PG_VERSION'))",
      "pg_read_file(text)"),
    call("listFiles", "List the server's files", .infer, "count(*) FROM pg_ls_dir('.')", "pg_ls_dir(text)"),
    call(
      "statFile", "Look at a file of the server", .infer, "(pg_stat_file('PG_VERSION')).size",
      "pg_stat_file(text)"),
    call("logFiles", "List the server's logs", .infer, "count(*) FROM pg_ls_waldir()", "pg_ls_waldir()"),
    call("reload", "Have the server read its settings again", .degrade, "pg_reload_conf()", "pg_reload_conf()"),
    call("switchWAL", "Have the server switch its log", .degrade, "pg_switch_wal()", "pg_switch_wal()"),
    call("resetStatistics", "Reset everyone's statistics", .degrade, "pg_stat_reset()", "pg_stat_reset()"),
    SQLAttack(
      "sql.call.protect", "Call the platform's own protect(), with other columns", .corrupt,
      "SET LOCAL search_path = {schema}, pg_catalog; SELECT bulkhead.protect('product', '{sku}')", .ordinaryRole),
    SQLAttack(
      "sql.call.slot", "Make a replication slot, which keeps the log for ever", .degrade,
      "SELECT pg_create_physical_replication_slot('attack', true, true)", .ordinaryRole),
    SQLAttack(
      "sql.call.replay", "Read the log of all tenants", .access,
      "SELECT pg_replication_origin_create('attack')", .ordinaryRole),
    SQLAttack(
      "sql.call.load", "Load a library into the server", .access, "LOAD 'auto_explain'", .ordinaryRole),
    SQLAttack(
      "sql.call.extension", "Install an extension that reaches other servers", .access,
      "CREATE EXTENSION dblink SCHEMA public",
      .ordinaryRole),
    SQLAttack(
      "sql.call.copyOut", "COPY a table into a file of the server", .access,
      "COPY {schema}.uom (code) TO '/dev/null'", .ordinaryRole),
    SQLAttack(
      "sql.call.copyIn", "COPY a file of the server into a table", .corrupt,
      "COPY {schema}.uom (code) FROM '/dev/null'", .ordinaryRole),
    SQLAttack(
      "sql.call.copyProgram", "COPY a table into a program", .access,
      "COPY {schema}.uom (code) TO PROGRAM 'cat > /dev/null'", .ordinaryRole),
    SQLAttack(
      "sql.call.copyFromProgram", "COPY a program's output into a table", .access,
      "COPY {schema}.uom (code) FROM PROGRAM 'true'", .ordinaryRole),
    SQLAttack(
      "sql.call.import", "Import a file as a large object", .access, "SELECT lo_import('PG_VERSION')", .ordinaryRole),
  ]

  private static func call(
    _ id: String, _ title: String, _ verb: Verb, _ expression: String, _ signatures: String...
  ) -> any Attack {
    let wall = signatures.dropFirst().reduce(SQLWall.function(signatures[0])) { $0.and(.function($1)) }
    return SQLAttack("sql.call.\(id)", title, verb, "SELECT \(expression)", wall)
  }
}
