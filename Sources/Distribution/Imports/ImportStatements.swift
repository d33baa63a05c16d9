import BulkheadCore

/// The statements of imports.
enum ImportStatements {
  static let insert = Statement(
    """
    INSERT INTO import_job (id, kind, file_name, mapping, delimiter, created_by, created_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    """)

  static let one = Statement(
    """
    SELECT id, kind, file_name, mapping, delimiter, header, state, size, sha256, next_byte, next_line, turn,
           checked_rows, checked_refused, run_rows, run_refused, made, failure_code, failure_reason, created_by,
           created_at, changed_at, version
      FROM import_job WHERE id = $1
    """)

  static let lock = Statement(
    """
    SELECT id, kind, file_name, mapping, delimiter, header, state, size, sha256, next_byte, next_line, turn,
           checked_rows, checked_refused, run_rows, run_refused, made, failure_code, failure_reason, created_by,
           created_at, changed_at, version
      FROM import_job WHERE id = $1 FOR UPDATE
    """)

  /// `$2` state, NULL for any. The newest first.
  static let list = Statement(
    """
    SELECT id, kind, file_name, mapping, delimiter, header, state, size, sha256, next_byte, next_line, turn,
           checked_rows, checked_refused, run_rows, run_refused, made, failure_code, failure_reason, created_by,
           created_at, changed_at, version
      FROM import_job
     WHERE id < $1 AND ($2::text IS NULL OR state = $2)
     ORDER BY id DESC LIMIT $3
    """)

  static let open = Statement(
    """
    SELECT count(j.id) FROM import_job AS j WHERE j.state IN ('uploading', 'checking', 'checked', 'running')
    """)

  /// Whether the part is there already, and of the same bytes.
  static let part = Statement(
    "SELECT part.content = $3 FROM import_part AS part WHERE part.import_id = $1 AND part.number = $2")

  static let insertPart = Statement(
    "INSERT INTO import_part (import_id, number, content, created_at) VALUES ($1, $2, $3, $4)")

  static let shownPart = Statement(
    """
    SELECT part.number, part.size, part.sha256 FROM import_part AS part WHERE part.import_id = $1 AND part.number = $2
    """)

  static let whole = Statement(
    """
    SELECT count(part.number), max(part.number), sum(part.size),
           sha256(string_agg(part.content, ''::bytea ORDER BY part.number))
      FROM import_part AS part WHERE part.import_id = $1
    """)

  static let seal = Statement(
    """
    UPDATE import_job SET state = 'checking', size = $2, sha256 = $3, changed_at = $4, version = version + 1
     WHERE id = $1
    """)

  static let start = Statement(
    """
    UPDATE import_job SET state = 'running', next_byte = 0, next_line = 1, turn = turn + 1, changed_at = $2,
           version = version + 1
     WHERE id = $1
    """)

  /// Whether the same file of the same kind was taken in before.
  static let repeated = Statement(
    """
    SELECT 1 FROM import_job AS other
     WHERE other.kind = $2 AND other.sha256 = $3 AND other.id <> $1 AND other.state IN ('running', 'done')
     LIMIT 1
    """)

  static let end = Statement(
    """
    UPDATE import_job SET state = $2, failure_code = $3, failure_reason = $4, changed_at = $5, version = version + 1
     WHERE id = $1
    """)

  static let dropParts = Statement("DELETE FROM import_part AS part WHERE part.import_id = $1")
  static let dropClaims = Statement("DELETE FROM import_claim AS claim WHERE claim.import_id = $1")

  static let sizes = Statement(
    "SELECT part.number, part.size FROM import_part AS part WHERE part.import_id = $1 ORDER BY part.number")

  /// `$4` bytes from `$3`, which counts from 1.
  static let piece = Statement(
    """
    SELECT substr(part.content, $3::int, $4::int)
      FROM import_part AS part WHERE part.import_id = $1 AND part.number = $2
    """)

  static let describe = Statement("UPDATE import_job SET delimiter = $2, header = $3 WHERE id = $1")

  static let stepChecked = Statement(
    """
    UPDATE import_job SET next_byte = $2, next_line = $3, turn = turn + $4::bigint,
           checked_rows = checked_rows + $5::bigint, checked_refused = checked_refused + $6::bigint, changed_at = $7
     WHERE id = $1
    """)

  static let stepRun = Statement(
    """
    UPDATE import_job SET next_byte = $2, next_line = $3, turn = turn + $4::bigint, run_rows = run_rows + $5::bigint,
           run_refused = run_refused + $6::bigint, made = made + $8::bigint, changed_at = $7
     WHERE id = $1
    """)

  static let insertRefusals = Statement(
    """
    INSERT INTO import_refusal (import_id, pass, id, line, column_name, code, reason, fields)
    SELECT $1::uuid, $2, r.id, r.line, r.column_name, r.code, r.reason, r.fields::jsonb
      FROM unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
           AS r (id, line, column_name, code, reason, fields)
    """)

  /// The first row to claim a key has it, also when the step is done again.
  static let claim = Statement(
    """
    INSERT INTO import_claim (import_id, key, line)
    SELECT $1::uuid, c.key, c.line FROM unnest($2::text[], $3::bigint[]) AS c (key, line)
    ON CONFLICT (import_id, key) DO NOTHING
    """)

  static let claimed = Statement(
    """
    SELECT claim.key, claim.line FROM import_claim AS claim
     WHERE claim.import_id = $1 AND claim.key = ANY ($2::text[])
    """)

  /// `$2` pass.
  static let refusals = Statement(
    """
    SELECT refusal.line, refusal.column_name, refusal.code, refusal.reason, refusal.fields
      FROM import_refusal AS refusal
     WHERE refusal.import_id = $1 AND refusal.pass = $2
     ORDER BY refusal.line LIMIT 10000
    """)
}
