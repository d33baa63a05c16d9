import BulkheadCore

/// The statements of notifications.
enum NotificationStatements {
  static let brand = Statement("SELECT brand, version FROM notification_setting WHERE key = 'main'")

  static let setBrand = Statement(
    """
    INSERT INTO notification_setting AS s (key, brand) VALUES ('main', $1)
    ON CONFLICT (key) DO UPDATE SET brand = excluded.brand, version = s.version + 1
    """)

  static let insertEndpoint = Statement(
    "INSERT INTO notification_endpoint (id, name, url, sealed_secret) VALUES ($1, $2, $3, $4)")

  static let updateEndpoint = Statement(
    """
    UPDATE notification_endpoint SET name = coalesce($3, name), url = coalesce($4, url),
           sealed_secret = coalesce($5::bytea, sealed_secret), is_active = coalesce($6::boolean, is_active),
           version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let endpointExists = Statement("SELECT 1 FROM notification_endpoint WHERE id = $1")

  static let endpoint = Statement(
    "SELECT id, name, url, is_active, version FROM notification_endpoint WHERE id = $1")

  static let endpoints = Statement(
    "SELECT id, name, url, is_active, version FROM notification_endpoint WHERE id > $1 ORDER BY id LIMIT $2")

  static let insertSubscription = Statement(
    """
    INSERT INTO notification_subscription (id, endpoint_id, event, subject_template, text_template)
    VALUES ($1, $2, $3, $4, $5)
    """)

  static let subscription = Statement(
    """
    SELECT id, endpoint_id, event, subject_template, text_template, is_active, version
      FROM notification_subscription WHERE id = $1
    """)

  static let allSubscriptions = Statement(
    """
    SELECT id, endpoint_id, event, subject_template, text_template, is_active, version
      FROM notification_subscription WHERE id > $1 ORDER BY id LIMIT $2
    """)

  static let updateSubscription = Statement(
    """
    UPDATE notification_subscription SET subject_template = coalesce($3, subject_template),
           text_template = coalesce($4, text_template), is_active = coalesce($5::boolean, is_active),
           version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let subscriptionExists = Statement("SELECT 1 FROM notification_subscription WHERE id = $1")

  /// Who wants to hear of event `$1`.
  static let subscriptions = Statement(
    """
    SELECT s.id, s.endpoint_id, s.subject_template, s.text_template
      FROM notification_subscription AS s JOIN notification_endpoint AS e ON e.id = s.endpoint_id
     WHERE s.event = $1 AND s.is_active AND e.is_active ORDER BY s.id LIMIT 100
    """)

  static let forTrial = Statement(
    """
    SELECT id, endpoint_id, subject_template, text_template, event FROM notification_subscription WHERE id = $1
    """)

  static let insert = Statement(
    """
    INSERT INTO notification (id, subscription_id, endpoint_id, event_id, event, subject, body, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (subscription_id, event_id) DO NOTHING
    """)

  static let pending = Statement(
    """
    SELECT e.id, e.url, e.sealed_secret, n.body, e.is_active, n.created_at
      FROM notification AS n JOIN notification_endpoint AS e ON e.id = n.endpoint_id
     WHERE n.id = $1 AND n.state = 'queued'
    """)

  static let settle = Statement(
    """
    UPDATE notification SET state = $2, attempts = $3, error = $4, settled_at = $5
     WHERE id = $1 AND state = 'queued'
    """)

  /// Newest first. `$2` state, `$3` event, each NULL for any.
  static let list = Statement(
    """
    SELECT id, subscription_id, endpoint_id, event, subject, body, state, attempts, error, created_at, settled_at
      FROM notification
     WHERE id < $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR event = $3)
     ORDER BY id DESC LIMIT $4
    """)

  static let one = Statement(
    """
    SELECT id, subscription_id, endpoint_id, event, subject, body, state, attempts, error, created_at, settled_at
      FROM notification WHERE id = $1
    """)

  static let lock = Statement("SELECT state FROM notification WHERE id = $1 FOR UPDATE")

  static let requeue = Statement(
    "UPDATE notification SET state = 'queued', error = NULL, settled_at = NULL WHERE id = $1 AND state = 'failed'")

  static func endpoint(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "name": .string(try row.text(1)), "url": .string(try row.text(2)),
      "isActive": .bool(try row.bool(3)), "version": .int(try row.int(4)),
    ]
  }

  static func subscription(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "endpointId": .id(try row.id(1)), "event": .string(try row.text(2)),
      "subject": .string(try row.text(3)), "text": .string(try row.text(4)), "isActive": .bool(try row.bool(5)),
      "version": .int(try row.int(6)),
    ]
  }

  static func notification(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "subscriptionId": .id(try row.id(1)), "endpointId": .id(try row.id(2)),
      "event": .string(try row.text(3)), "subject": .string(try row.text(4)),
      "body": try row.json(5), "state": .string(try row.text(6)), "attempts": .int(try row.int(7)),
      "error": row.jsonText(8), "createdAt": .instant(try row.instant(9)),
      "settledAt": .optional(row.instantOrNil(10).map(\.description)),
    ]
  }
}
