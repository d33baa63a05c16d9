extension GuardCatalog {
  /// Functions of `pg_catalog` that read their arguments and nothing else: no settings, no catalogs, no locks, no text
  /// that is run as SQL, no large objects, no sequences, no waiting, no chance (ids and randomness are passed in).
  package static let harmlessFunctions: Set<String> =
    aggregates.union(windows).union(texts).union(numbers).union(times).union(jsons).union(arrays).union(syntax)

  private static let aggregates: Set<String> = [
    "array_agg", "avg", "bit_and", "bit_or", "bool_and", "bool_or", "corr", "count", "covar_pop", "covar_samp", "every",
    "json_agg", "json_object_agg", "jsonb_agg", "jsonb_object_agg", "max", "min", "mode", "percentile_cont",
    "percentile_disc", "regr_intercept", "regr_r2", "regr_slope", "stddev", "stddev_pop", "stddev_samp", "string_agg",
    "sum", "var_pop", "var_samp", "variance",
  ]

  private static let windows: Set<String> = [
    "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value", "ntile", "percent_rank", "rank",
    "row_number",
  ]

  private static let texts: Set<String> = [
    "ascii", "btrim", "char_length", "character_length", "chr", "concat", "concat_ws", "decode", "encode", "format",
    "initcap", "left", "length", "lower", "lpad", "ltrim", "md5", "octet_length", "overlay", "position", "regexp_match",
    "regexp_replace", "regexp_split_to_array", "regexp_split_to_table", "replace", "reverse", "right", "rpad", "rtrim",
    "sha256", "split_part", "starts_with", "string_to_array", "string_to_table", "strpos", "substr", "substring",
    "to_char", "to_hex", "to_number", "translate", "upper",
  ]

  private static let numbers: Set<String> = [
    "abs", "ceil", "ceiling", "div", "exp", "floor", "generate_series", "ln", "log", "mod", "num_nonnulls", "num_nulls",
    "power", "round", "scale", "sign", "sqrt", "trim_scale", "trunc", "width_bucket",
  ]

  private static let times: Set<String> = [
    "age", "clock_timestamp", "date", "date_bin", "date_part", "date_trunc", "isfinite", "justify_days",
    "justify_hours", "justify_interval", "make_date", "make_interval", "make_time", "make_timestamp",
    "make_timestamptz", "now", "statement_timestamp", "to_date", "to_timestamp", "transaction_timestamp",
  ]

  private static let jsons: Set<String> = [
    "json_array_elements", "json_array_elements_text", "json_array_length", "json_build_array", "json_build_object",
    "json_each", "json_each_text", "json_object_keys", "json_to_record", "json_to_recordset", "json_typeof",
    "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_array_length", "jsonb_build_array",
    "jsonb_build_object", "jsonb_each", "jsonb_each_text", "jsonb_extract_path", "jsonb_extract_path_text",
    "jsonb_insert", "jsonb_object", "jsonb_object_keys", "jsonb_pretty", "jsonb_set", "jsonb_strip_nulls",
    "jsonb_to_record", "jsonb_to_recordset", "jsonb_typeof", "to_json", "to_jsonb",
  ]

  private static let arrays: Set<String> = [
    "array_append", "array_cat", "array_length", "array_lower", "array_position", "array_positions", "array_prepend",
    "array_remove", "array_replace", "array_to_string", "array_upper", "cardinality", "generate_subscripts", "unnest",
  ]

  /// What the grammar itself writes for `EXTRACT`, `AT TIME ZONE`, `LIKE … ESCAPE`, `SIMILAR TO`, `OVERLAPS`.
  private static let syntax: Set<String> = [
    "extract", "like_escape", "overlaps", "similar_to_escape", "timezone",
  ]

  /// How the columns of a function in FROM are called.
  enum RangeColumns: Sendable {
    /// One column, which takes the range's name.
    case alias
    case named([String])
    /// The statement lists them: `AS x (sku text, quantity int)`.
    case listed
  }

  /// Functions that may stand in FROM.
  static let rangeFunctions: [String: RangeColumns] = [
    "generate_series": .alias, "generate_subscripts": .alias, "json_array_elements": .named(["value"]),
    "json_array_elements_text": .named(["value"]), "json_each": .named(["key", "value"]),
    "json_each_text": .named(["key", "value"]), "json_object_keys": .alias, "json_to_record": .listed,
    "json_to_recordset": .listed, "jsonb_array_elements": .named(["value"]),
    "jsonb_array_elements_text": .named(["value"]), "jsonb_each": .named(["key", "value"]),
    "jsonb_each_text": .named(["key", "value"]), "jsonb_object_keys": .alias, "jsonb_to_record": .listed,
    "jsonb_to_recordset": .listed, "regexp_split_to_table": .alias, "string_to_table": .alias, "unnest": .alias,
  ]

  /// Functions of one argument of any or record type. PostgreSQL reads `alias.name` as `name(alias)` when the range has
  /// no such column (manual 4.2.6, 38.4.3), so these would take a whole row, tenant's column and all. Found in
  /// `pg_proc` of 15; what a later version adds still meets the EXECUTE revocations. Left out are those that give
  /// nothing away and are likely names of columns: `count`, `rank`, `mode` and the window functions.
  static let rowFunctions: Set<String> = [
    "any_out", "any_value", "anycompatible_out", "anycompatiblenonarray_out", "anyelement_out", "anynonarray_out",
    "array_agg", "concat", "hash_record", "json_agg", "json_array", "json_build_array", "json_build_object",
    "json_scalar", "json_serialize", "jsonb_agg", "jsonb_build_array", "jsonb_build_object", "num_nonnulls",
    "num_nulls", "pg_collation_for", "pg_column_compression", "pg_column_size", "pg_column_toast_chunk_id",
    "pg_typeof", "quote_literal", "quote_nullable", "record_out", "record_send", "row_to_json", "to_json", "to_jsonb",
  ]
}
