extension GuardCatalog {
  /// Operators of `pg_catalog` on the types below. All of them only read their operands.
  static let operators: Set<String> = [
    "=", "<>", "<", ">", "<=", ">=",
    "+", "-", "*", "/", "%", "^", "@", "|/", "&", "|", "#", "<<", ">>",
    "||", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*", "^@",
    "->", "->>", "#>", "#>>", "@>", "<@", "?", "?|", "?&", "#-", "&&",
  ]

  /// Types that a cast, a typed literal or a column definition may name, unqualified or in `pg_catalog`. Absent are
  /// `reg*`, `oid`, `aclitem`, `name`, `xml`, row types: their input functions look into the catalogs.
  static let types: Set<String> = [
    "bool", "bpchar", "bytea", "date", "float4", "float8", "int2", "int4", "int8", "interval", "json", "jsonb",
    "numeric", "text", "time", "timestamp", "timestamptz", "timetz", "uuid", "varchar",
  ]
}
