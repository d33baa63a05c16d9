import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Logging

/// How long the platform remembers what nobody asks for any more.
package struct RetentionLimits: Sendable {
  /// Answers kept for a repeated `Idempotency-Key`: a client that tries again after a week has given up long ago.
  package var answers: Duration = .seconds(7 * 86_400)
  /// Which consumer has taken which event: longer than any event can come a second time.
  package var consumedEvents: Duration = .seconds(90 * 86_400)
  /// Dispatched outbox rows, sealed: time to look into what was sent.
  package var dispatchedEvents: Duration = .seconds(30 * 86_400)
  /// Revocations after the last credential they could concern has expired by itself.
  package var revocations: Duration = .seconds(86_400)
  /// The longest life of a credential, which a revoked subject may hold.
  package var credentialMax: Duration = .seconds(400 * 86_400)
  /// Rows that one statement removes, and statements for one table of one tenant or home in one sweep: a flood is
  /// worked off over several sweeps, and no lock is held for long.
  package var batchRows = 500
  package var batchesMax = 20

  package init() {}
}

/// What one sweep removed.
package struct RetentionFigures: Hashable, Sendable {
  package var answers = 0
  package var consumedEvents = 0
  package var dispatchedEvents = 0
  package var revocations = 0
  /// Tenants and homes that could not be seen to; the next sweep tries again.
  package var faults = 0

  package init() {}
}

/// Removes by age what would otherwise grow for ever: answers kept for repeated requests, the memory of consumed
/// events,
/// dispatched events, revocations of credentials that have expired.
///
/// Tenants' rows are removed under each tenant's own binding, one tenant after the other, so a fault here can remove
/// too much of one tenant at most and never reach another; dispatched events by the relay's role, which the database
/// lets remove nothing that waits. Several processes may sweep at once: they only find less to do.
package struct Retention: Sendable {
  private static let relayRole = "bulkhead_relay"

  private let control: any ControlQueries
  private let registry: TenantRegistry
  private let path: DataPath
  private let identity: any TenantIdentity
  private let actor: Actor
  private let ambient: Ambient
  private let limits: RetentionLimits
  private let logger: Logger

  package init(
    control: any ControlQueries, registry: TenantRegistry, path: DataPath, identity: any TenantIdentity, actor: Actor,
    ambient: Ambient, limits: RetentionLimits = RetentionLimits(), logger: Logger
  ) {
    self.control = control
    self.registry = registry
    self.path = path
    self.identity = identity
    self.actor = actor
    self.ambient = ambient
    self.limits = limits
    self.logger = logger
  }

  /// One round over everything. Throws only when the control database does not answer.
  package func sweep() async throws -> RetentionFigures {
    var figures = RetentionFigures()
    var after: TenantID?
    while true {
      let page = try await registry.tenants(after: after, limit: 200)
      guard let last = page.last else { break }
      for record in page where record.status != .provisioning {
        try Task.checkCancellation()
        await attempt("tenant \(record.id)", &figures) { figures in try await sweep(record, &figures) }
      }
      after = last.id
    }
    let homes = try await control.run(
      "SELECT DISTINCT cell, database_name, schema_name FROM control.tenant WHERE status <> 'provisioning'", [])
    for row in homes {
      let home = Home(cell: try row.text(0), database: try row.text(1), role: Self.relayRole)
      let schema = try identifier(row.text(2))
      await attempt("outbox of \(schema)", &figures) { figures in
        figures.dispatchedEvents += try await sweepOutbox(home, schema)
      }
    }
    figures.revocations = try await sweepRevocations()
    return figures
  }

  private func attempt(
    _ what: String, _ figures: inout RetentionFigures, _ body: (inout RetentionFigures) async throws -> Void
  ) async {
    do {
      try await body(&figures)
    } catch {
      figures.faults += 1
      logger.warning(
        "upkeep left something for the next sweep",
        metadata: ["what": "\(what)", "error": "\(String(reflecting: error))"])
    }
  }

  // MARK: One tenant, bound

  private static let answers = Statement(
    """
    DELETE FROM idempotency_key WHERE (actor, key) IN (
      SELECT old.actor, old.key FROM idempotency_key AS old WHERE old.created_at < $1 ORDER BY old.created_at LIMIT $2)
    """)
  private static let consumedEvents = Statement(
    """
    DELETE FROM consumed_event WHERE (consumer, event_id) IN (
      SELECT old.consumer, old.event_id FROM consumed_event AS old
      WHERE old.consumed_at < $1 ORDER BY old.consumed_at LIMIT $2)
    """)

  private func sweep(_ record: TenantRecord, _ figures: inout RetentionFigures) async throws {
    figures.answers += try await sweep(record, Self.answers, olderThan: limits.answers)
    figures.consumedEvents += try await sweep(record, Self.consumedEvents, olderThan: limits.consumedEvents)
  }

  private func sweep(_ record: TenantRecord, _ statement: Statement, olderThan age: Duration) async throws -> Int {
    let before = ambient.now - age
    return try await inBatches {
      // A context for each batch: it is short-lived, and a sweep may not be.
      let tenant = path.tenant(try await identity.operatorContext(for: record.id, actor: actor))
      return try await tenant.transaction { transaction in
        try await transaction.run(statement, .instant(before), .int(Int64(limits.batchRows))).affected
      }
    }
  }

  // MARK: One home, as the relay

  private func sweepOutbox(_ home: Home, _ schema: String) async throws -> Int {
    let before = ambient.now - limits.dispatchedEvents
    return try await inBatches {
      try await path.withoutTenantIsolation(reason: "outbox upkeep", in: home, for: .proved) { connection in
        try await connection.roundTrip(
          [
            .once(
              text: """
                DELETE FROM \(schema).outbox WHERE (tenant_id, id) IN (
                  SELECT tenant_id, id FROM \(schema).outbox
                  WHERE dispatched_at < $1 AND created_at < $1 LIMIT $2)
                """, parameters: [.instant(before), .int(Int64(limits.batchRows))])
          ], deadline: .now + .seconds(10))[0].affected
      }
    }
  }

  // MARK: The control database

  /// `until` is when a revoked credential expires; of a subject or a tenant, before when its credentials are refused,
  /// the youngest of which lives for the longest life of a credential more.
  private func sweepRevocations() async throws -> Int {
    let expired = ambient.now - limits.revocations
    return try await inBatches {
      try await control.run(
        """
        DELETE FROM control.revocation WHERE seq IN (
          SELECT seq FROM control.revocation
          WHERE until < CASE kind WHEN 'credential' THEN $1::timestamptz ELSE $2::timestamptz END ORDER BY seq LIMIT $3)
        """,
        [.instant(expired), .instant(expired - limits.credentialMax), .int(Int64(limits.batchRows))]
      ).affected
    }
  }

  /// Until a batch is not full, at most `batchesMax` times.
  private func inBatches(_ remove: () async throws -> Int) async throws -> Int {
    var removed = 0
    for _ in 0..<limits.batchesMax {
      let count = try await remove()
      removed += count
      if count < limits.batchRows { break }
    }
    return removed
  }
}
