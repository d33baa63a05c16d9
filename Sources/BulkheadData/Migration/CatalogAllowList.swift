import BulkheadGuard

/// Which functions of PostgreSQL's own PUBLIC may keep: one list for the migration that closes the others and for the
/// check that they are closed.
package enum CatalogAllowList {
  /// A query for the oids: the names that the guard lets through, and what operators, casts and the comparisons of
  /// indexes and hash tables are made of; functions of their arguments alone. Casts that look names up are not in it.
  package static var query: String {
    """
    SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY (\(names))
    UNION SELECT oprcode FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprcode <> 0
    UNION SELECT castfunc FROM pg_cast WHERE castfunc <> 0
      AND casttarget NOT IN (SELECT oid FROM pg_type WHERE typname LIKE 'reg%' OR typname = 'xml')
    UNION SELECT amproc FROM pg_amproc f JOIN pg_opfamily o ON o.oid = f.amprocfamily
      JOIN pg_am a ON a.oid = o.opfmethod AND a.amname IN ('btree', 'hash')
     WHERE o.opfnamespace = 'pg_catalog'::regnamespace
    """
  }

  private static var names: String {
    quote("{\(GuardCatalog.harmlessFunctions.sorted().joined(separator: ","))}") + "::name[]"
  }
}
