import BulkheadCore

/// The statements of the table `idempotency_key`. Keys belong to an actor of a tenant: what one user sent is never
/// repeated to another.
enum IdempotencyStatements {
  static let claim = Statement(
    """
    INSERT INTO idempotency_key (actor, key, fingerprint) VALUES ($1, $2, $3)
    ON CONFLICT (actor, key) DO NOTHING
    """)

  static let store = Statement(
    """
    UPDATE idempotency_key SET status = $3, body = $4, content_type = $5, etag = $6, location = $7
    WHERE actor = $1 AND key = $2
    """)

  static let replay = Statement(
    """
    SELECT fingerprint, status, body, content_type, etag, location FROM idempotency_key
    WHERE actor = $1 AND key = $2 AND status IS NOT NULL
    """)
}
