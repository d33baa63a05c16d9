import BulkheadCore
import BulkheadData

/// The chain of acts that belong to no tenant, in the control database: a tenant created, an operator logged in.
package struct PlatformAuditTrail: Sendable {
  private let control: any ControlQueries
  private let ambient: Ambient

  package init(control: any ControlQueries, ambient: Ambient) {
    self.control = control
    self.ambient = ambient
  }

  /// A statement for `ControlQueries.runAll`, so that the entry stands or falls with the act. Send it last: it locks
  /// the end of the chain until the transaction ends. Bounds as in `AuditTrail.query`.
  package func statement(
    _ act: AuditAct, subject: String, detail: JSON, actor: Actor, credential: EntityID? = nil
  ) -> (sql: String, parameters: [SQLValue]) {
    (
      """
      INSERT INTO control.audit_entry (occurred_at, actor, act, subject, detail, credential)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .instant(ambient.now), .text(actor.description),
        .text(AuditText.fitted(act.name, bytesMax: AuditText.actBytesMax)),
        .text(AuditText.fitted(subject, bytesMax: AuditText.subjectBytesMax)), .text(AuditText.fitted(detail)),
        .optional(credential),
      ]
    )
  }

  /// Runs `statement`, which writes and ends in `RETURNING`, and records `act` when it wrote something: both or
  /// neither.
  /// Returns what `statement` returned.
  package func run(
    _ statement: String, _ parameters: [SQLValue], _ act: AuditAct, subject: String, detail: JSON, actor: Actor
  ) async throws -> Rows {
    let own: [SQLValue] = [
      .instant(ambient.now), .text(actor.description),
      .text(AuditText.fitted(act.name, bytesMax: AuditText.actBytesMax)),
      .text(AuditText.fitted(subject, bytesMax: AuditText.subjectBytesMax)), .text(AuditText.fitted(detail)),
    ]
    let types = ["timestamptz", "text", "text", "text", "json"]
    let places = types.enumerated().map { "$\(parameters.count + $0.offset + 1)::\($0.element)" }
    return try await control.run(
      """
      WITH act AS (\(statement)), entry AS (
        INSERT INTO control.audit_entry (occurred_at, actor, act, subject, detail)
        SELECT \(places.joined(separator: ", ")) WHERE EXISTS (SELECT FROM act))
      SELECT * FROM act
      """, parameters + own)
  }

  /// Records an act that has no transaction of its own.
  package func record(
    _ act: AuditAct, subject: String, detail: JSON, actor: Actor, credential: EntityID? = nil
  ) async throws {
    let (sql, parameters) = statement(act, subject: subject, detail: detail, actor: actor, credential: credential)
    _ = try await control.run(sql, parameters)
  }
}
