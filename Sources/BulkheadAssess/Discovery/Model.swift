/// What a database is made of, seen from the tenants: the ground that every rule stands on.
package struct Model: Sendable {
  package struct Table: Sendable {
    package let oid: String
    /// Schema and name, quoted where SQL needs it.
    package let name: String
    /// Attribute number of the tenant column, when there is one.
    package let tenantColumn: String?
    /// Whether a login that is no superuser holds a privilege on it, by itself, a role, PUBLIC or a view.
    package let isReached: Bool
  }

  /// How a table stands to tenants.
  package enum Standing: String, CaseIterable, Sendable {
    /// Rows carry the tenant.
    case tenant
    /// Its rows are the tenants.
    case root
    /// No tenant column, but foreign keys lead to tenants' rows.
    case child
    /// Neither: the same for all tenants, as far as the catalogs tell.
    case reference
    /// No login but superusers reaches it.
    case closed
  }

  package let server: Server
  package let column: TenantColumn
  package let schemas: [(oid: String, name: String)]
  package let tables: [(table: Table, standing: Standing)]
  package let roles: Roles
  package let policies: [PolicyFacts]
  /// Settings that policies rest on and that sessions cannot set.
  package let carriers: [String]
  /// What trusted policies compare the tenant column with; `nil` when there is none to copy.
  package let binding: String?
  /// Attribute number of the column of the table of tenants that the tenant column holds.
  package let rootKey: String
  /// Whether no login but superusers reaches a tenant table, so that all of them count as reached.
  package let isAssumed: Bool

  package func tables(_ standing: Standing) -> [Table] { tables.filter { $0.standing == standing }.map(\.table) }
}

extension Model {
  /// What is known of the server.
  package struct Server: Sendable {
    package let version: Int32
    package let versionText: String
    package let database: String
    package let user: String
    package let isSuperuser: Bool
    /// A standby that replays another server's log.
    package let isStandby: Bool

    package init(
      version: Int32, versionText: String, database: String, user: String, isSuperuser: Bool, isStandby: Bool
    ) {
      self.version = version
      self.versionText = versionText
      self.database = database
      self.user = user
      self.isSuperuser = isSuperuser
      self.isStandby = isStandby
    }
  }

  /// Logins that are no superusers and reach tenant tables.
  package struct Roles: Sendable {
    /// Logins bound by tenant policies: tenants' sessions run as these.
    package let serving: [(oid: String, name: String)]
    /// Roles that those can act as.
    package let acting: [String]
    /// Logins that policies let through on everything they reach: the platform's own work.
    package let across: [String]
  }

  /// What one policy's expressions rest on.
  package struct PolicyFacts: Sendable {
    package let oid: String
    /// A settable setting, in words.
    package let trusts: String?
    /// Functions called for each row.
    package let calls: String?
    /// The current role, in words.
    package let namesUser: String?
  }
}
