import BulkheadCore
import BulkheadData
import BulkheadLifecycle

extension Wall {
  /// Everything between an attacker's statement and the victim's rows: the guard's predicate, row security and, apart
  /// from the pooled tier, the attacker's own schema or database: the attacker is placed in the victim's.
  static let rows = Wall(
    "the guard's predicate, row security and the placement", without: Without(statements: .tenantPredicate),
    down: { field in
      try await RowSecurity.set("DISABLE", field)
      if field.tier != .pooled { try await Relocation.moveIn(field) }
    },
    up: { field in
      if field.tier != .pooled { try await Relocation.moveOut(field) }
      try await RowSecurity.set("ENABLE", field)
    })

  /// The same, where the attack changes what others of the battery need.
  static let rowsOfOthers = Wall(
    Wall.rows.name, without: Wall.rows.without, spoils: true, down: Wall.rows.down, up: Wall.rows.up)
}

/// Row security of every table of the victim's schema.
private enum RowSecurity {
  static func set(_ verb: String, _ field: Battlefield) async throws {
    let home = field.victim.tenant.record.placement
    try await field.administer(
      """
      DO $$
      DECLARE target regclass;
      BEGIN
        FOR target IN SELECT polrelid::regclass FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
          WHERE polname = 'tenant' AND relnamespace = '\(home.schema)'::regnamespace
        LOOP
          EXECUTE format('ALTER TABLE %s \(verb) ROW LEVEL SECURITY', target);
        END LOOP;
      END $$
      """, in: home.database)
  }
}

/// The attacker's placement, pointed at the victim's home and back.
private enum Relocation {
  static func moveIn(_ field: Battlefield) async throws {
    let home = field.victim.tenant.record.placement
    try await field.administer(
      """
      INSERT INTO bulkhead.placement (tenant_id, role_name, epoch)
      VALUES ('\(field.attacker.tenant.id)', '\(home.role)', \(home.epoch))
      ON CONFLICT (tenant_id) DO UPDATE SET role_name = excluded.role_name
      """, in: home.database)
    try await register(home, field)
  }

  static func moveOut(_ field: Battlefield) async throws {
    let own = field.attacker.tenant.record.placement
    let home = field.victim.tenant.record.placement
    let sql =
      own.database == home.database
      ? "UPDATE bulkhead.placement SET role_name = '\(own.role)' WHERE tenant_id = '\(field.attacker.tenant.id)'"
      : "DELETE FROM bulkhead.placement WHERE tenant_id = '\(field.attacker.tenant.id)'"
    try await field.administer(sql, in: home.database)
    try await register(own, field)
  }

  private static func register(_ home: Placement, _ field: Battlefield) async throws {
    try await field.administer(
      """
      UPDATE control.tenant
      SET database_name = '\(home.database)', schema_name = '\(home.schema)', role_name = '\(home.role)'
      WHERE id = '\(field.attacker.tenant.id)'
      """, in: ControlDatabase.databaseName)
    await field.deployment.forget(field.attacker.tenant.id)
  }
}

extension Wall {
  /// The same, and the attacker's role may read the victim's schema, where the policy leaves it what it is bound to.
  func opening(_ name: String) -> Wall {
    let inner = self
    return Wall(
      "\(inner.name); \(name)", without: inner.without, spoils: inner.spoils,
      down: { field in
        try await inner.down(field)
        let home = field.victim.tenant.record.placement
        let role = field.attacker.tenant.record.placement.role
        try await field.administer(
          """
          GRANT USAGE ON SCHEMA \(home.schema) TO \(role);
          GRANT SELECT (id, tenant_id) ON \(home.schema).product TO \(role)
          """, in: home.database)
      },
      up: { field in
        let home = field.victim.tenant.record.placement
        let role = field.attacker.tenant.record.placement.role
        try await field.administer(
          """
          REVOKE SELECT (id, tenant_id) ON \(home.schema).product FROM \(role);
          REVOKE USAGE ON SCHEMA \(home.schema) FROM \(role)
          """, in: home.database)
        try await inner.up(field)
      })
  }
}
