import BulkheadCore
import BulkheadPostgres

/// Assesses one database: reads what a tenant is there, then asks every rule.
package struct Assessor: Sendable {
  private let conninfo: String
  private let schemas: [String]
  private let columns: [String]
  private let reactor: PostgresReactor
  private let version: Int32?

  /// - Parameters:
  ///   - conninfo: a URL or keywords of libpq; what it leaves out comes from the `PG*` variables.
  ///   - schemas: those to look at; all but the system's when empty.
  ///   - columns: names of the tenant column, the first that a table has; found by itself when empty.
  ///   - version: stands in for the server's own, in tests.
  package init(
    conninfo: String, schemas: [String] = [], columns: [String] = [], reactor: PostgresReactor, version: Int32? = nil
  ) {
    self.conninfo = conninfo
    self.schemas = schemas
    self.columns = columns
    self.reactor = reactor
    self.version = version
  }

  /// Reads only, in one transaction on one snapshot.
  ///
  /// - Throws: `assess.*`.
  package func run(progress: @Sendable (_ done: Int, _ total: Int, _ what: String) -> Void = { _, _, _ in })
    async throws -> Assessment
  {
    let start = ContinuousClock.now
    if let version, version < CatalogSession.oldestVersion { throw CatalogSession.unsupported(version) }
    let session = try await CatalogSession.open(conninfo, reactor: reactor)
    defer { session.close() }
    progress(0, Rule.all.count, "reading the catalogs")
    let model = try await model(session)
    let parameters = Self.parameters(model, version: version ?? session.serverVersion)
    var findings: [Finding] = []
    var unseen: [Unseen] = []
    for (index, rule) in Rule.all.enumerated() {
      progress(index, Rule.all.count, rule.title)
      guard (version ?? session.serverVersion) >= rule.since else { continue }
      do {
        let rows = try await session.rows(RulePrelude.sql + rule.query, parameters)
        findings += try Self.findings(rule, rows)
      } catch let error as PostgresError {
        guard error.kind == .server else { throw Self.lost(error) }
        unseen.append(Self.unseen(rule, error))
      }
    }
    progress(Rule.all.count, Rule.all.count, "")
    return Assessment(
      model: model, findings: findings, unseen: unseen, stale: [], duration: ContinuousClock.now - start)
  }

  private func model(_ session: CatalogSession) async throws -> Model {
    do {
      return try await Discovery(session: session, schemas: schemas, columns: columns).model()
    } catch let error as PostgresError {
      guard error.kind == .server, error.sqlState == "42501" else { throw Self.lost(error) }
      throw Refusal(
        .assessUnreadable,
        """
        This login may not read the catalogs that tell tables, roles and policies apart. Use an administrator, or a \
        login that is granted SELECT on the catalog named below. Nothing was changed.
        """, diagnostic: error.message)
    }
  }

  /// The values that `RulePrelude.sql` names by number.
  private static func parameters(_ model: Model, version: Int32) -> [SQLValue] {
    func oids(_ standing: Model.Standing) -> SQLValue { .oids(model.tables(standing).map(\.oid)) }
    let tenant = model.tables(.tenant)
    let root = model.tables(.root)
    return [
      .oids(tenant.map(\.oid)), .texts(tenant.map(\.tenantColumn)), oids(.child), oids(.reference),
      .oids(root.map(\.oid)), .oids(root.map { _ in model.rootKey }), .oids(["0"] + model.roles.acting),
      .oids(model.roles.serving.map(\.oid)), .oids(model.schemas.map(\.oid)), .oids(model.policies.map(\.oid)),
      .texts(model.policies.map(\.trusts)), .texts(model.policies.map(\.calls)), .optional(model.binding),
      .int(Int64(version)), .optional(SecurityFloor.objection(to: version)), .bool(model.isAssumed),
      .texts(model.carriers), .texts(model.policies.map(\.namesUser)),
    ]
  }

  private static func findings(_ rule: Rule, _ rows: Rows) throws -> [Finding] {
    let hasPreparation = rows.columnCount > 3
    return try rows.map { row in
      Finding(
        rule: rule, subject: try row.text(0), evidence: row.textOrNil(1) ?? "", fix: row.textOrNil(2),
        preparation: hasPreparation ? row.textOrNil(3) : nil)
    }.sorted { $0.subject < $1.subject }
  }

  private static func unseen(_ rule: Rule, _ error: PostgresError) -> Unseen {
    let said = error.message ?? error.description
    return switch error.sqlState {
    case "42501": Unseen(rule: rule, reason: "this login may not see it: \(said)", isPrivilege: true)
    case "57014": Unseen(rule: rule, reason: "it took too long: \(said)", isPrivilege: false)
    default: Unseen(rule: rule, reason: "the check failed: \(said)", isPrivilege: false)
    }
  }

  private static func lost(_ error: PostgresError) -> Refusal {
    Refusal(
      .assessUnreachable, "The connection failed while reading the catalogs. Nothing was changed.",
      diagnostic: error.debugDescription)
  }
}
