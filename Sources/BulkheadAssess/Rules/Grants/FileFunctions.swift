extension Rule {
  /// Functions that read or write the server's files may be called.
  static let fileFunctions = Rule(
    "G23", "Functions that read or write the server's files may be called",
    .grants, .access, .critical, kind: "function", stage: .grants,
    leak: "The files below hold every tenant's rows; writing them is running programs as the server.",
    remedy: "Revoke them: by default only superusers may call them.",
    query: #"""
      SELECT 'functions on files to ' || b.grantee_name, string_agg(DISTINCT b.proname, ', ' ORDER BY b.proname),
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b WHERE b.proname ~ '^pg_(read_|ls_|file_)' AND b.proname <> 'pg_read_file_old'
        OR b.proname IN ('pg_stat_file', 'lo_import', 'lo_export')
      GROUP BY b.grantee_name
      """#)
}
