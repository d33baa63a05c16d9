import BulkheadCore

/// Rows of the victim, asked for by a thief of the login role or by another tenant's session.
extension Catalogue {
  static let rows: [any Attack] = [
    SQLAttack(
      "sql.rows.select", "Read a table with nothing bound", .access, "SELECT count(*) FROM {schema}.product",
      aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.orders", "Read orders with nothing bound", .access, "SELECT count(*) FROM {schema}.sales_order",
      aim: .rows, .policy("sales_order")),
    SQLAttack(
      "sql.rows.audit", "Read the audit trail with nothing bound", .access,
      "SELECT count(*) FROM {schema}.audit_entry", aim: .rows, .policy("audit_entry")),
    SQLAttack(
      "sql.rows.outbox", "Read the outbox with nothing bound", .access, "SELECT count(*) FROM {schema}.outbox",
      aim: .rows, .policy("outbox")),
    SQLAttack(
      "sql.rows.securityOff", "Switch row security off in the session", .access,
      "SET row_security = off; SELECT count(*) FROM {schema}.product", aim: .rows, .noBypass),
    SQLAttack(
      "sql.rows.securityOffLocal", "Switch row security off for a transaction", .access,
      "SET LOCAL row_security = off; SELECT count(*) FROM {schema}.product", aim: .rows, .noBypass),
    SQLAttack(
      "sql.rows.prepared", "Read through a prepared statement", .access,
      "PREPARE attack AS SELECT count(*) FROM {schema}.product; EXECUTE attack", aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.cursor", "Read through a cursor that outlives its transaction", .access,
      "DECLARE attack CURSOR WITH HOLD FOR SELECT id FROM {schema}.product; FETCH attack", aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.lateral", "Read through a lateral join with a set-returning function", .access,
      "SELECT p.id FROM generate_series(1, 1) g, LATERAL (SELECT id FROM {schema}.product OFFSET 0) p", aim: .rows,
      .policy()),
    SQLAttack(
      "sql.rows.recursive", "Read through a recursive query", .access,
      """
      WITH RECURSIVE r AS (
        SELECT id FROM {schema}.product UNION SELECT p.id FROM {schema}.product p JOIN r USING (id)
      ) SELECT id FROM r
      """, aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.record", "Read whole rows as records", .access, "SELECT p FROM {schema}.product p", aim: .rows,
      .policy()),
    SQLAttack(
      "sql.rows.json", "Read whole rows as JSON", .access, "SELECT row_to_json(p) FROM {schema}.product p", aim: .rows,
      .policy()),
    SQLAttack(
      "sql.rows.leakyFunction", "Have a cast in the WHERE clause print hidden values in its error", .access,
      "SELECT 1 FROM {schema}.product WHERE CAST(sku AS integer) = 1", aim: .spill, .policy()),
    SQLAttack(
      "sql.rows.named", "Name the victim in the WHERE clause of a bound session", .access, tiers: [.pooled],
      by: .insider,
      "SELECT id FROM {schema}.product WHERE tenant_id = '{victim}'", aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.byID", "Read a row of the victim by its id in a bound session", .access, tiers: [.pooled], by: .insider,
      "SELECT sku FROM {schema}.product WHERE id = '{product}'", aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.exists", "Ask whether a row of the victim exists", .infer, tiers: [.pooled], by: .insider,
      "SELECT EXISTS (SELECT FROM {schema}.product WHERE id = '{product}')", aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.forUpdate", "Lock the victim's rows with FOR UPDATE", .degrade, tiers: [.pooled], by: .insider,
      "SELECT id FROM {schema}.product WHERE id = '{product}' FOR NO KEY UPDATE", aim: .rows, .policy()),
    SQLAttack(
      "sql.rows.update", "Change a row of the victim by its id", .corrupt, in: .data, tiers: [.pooled], by: .insider,
      "UPDATE {schema}.product SET name = 'taken' WHERE id = '{product}'", aim: .changes, .policy()),
    SQLAttack(
      "sql.rows.updateUnbound", "Change every row with nothing bound", .corrupt, in: .data,
      "UPDATE {schema}.product SET name = 'taken'", aim: .changes, .policy()),
    SQLAttack(
      "sql.rows.updateFrom", "Change the victim's rows through a join", .corrupt, in: .data, tiers: [.pooled],
      by: .insider,
      """
      UPDATE {schema}.product p SET name = 'taken' FROM {schema}.uom u WHERE p.base_uom = u.code AND p.id = '{product}'
      """, aim: .changes, .policy()),
    SQLAttack(
      "sql.rows.delete", "Delete rows with nothing bound", .corrupt, in: .data,
      "DELETE FROM {schema}.party_address", aim: .changes, .policy("party_address")),
    SQLAttack(
      "sql.rows.deleteBound", "Delete rows of the victim in a bound session", .corrupt, in: .data, tiers: [.pooled],
      by: .insider, "DELETE FROM {schema}.party_address WHERE tenant_id = '{victim}'", aim: .changes,
      .policy("party_address")),
    SQLAttack(
      "sql.rows.deleteAudit", "Delete entries of the audit trail", .corrupt, in: .data,
      "DELETE FROM {schema}.audit_entry",
      SQLWall(
        "DELETE on audit_entry is withheld, and a trigger refuses it",
        open: [
          "GRANT DELETE ON {schema}.audit_entry TO {role}",
          "ALTER TABLE {schema}.audit_entry DISABLE TRIGGER audit_entry_refuse",
        ],
        close: [
          "ALTER TABLE {schema}.audit_entry ENABLE TRIGGER audit_entry_refuse",
          "REVOKE DELETE ON {schema}.audit_entry FROM {role}",
        ])),
    SQLAttack(
      "sql.rows.merge", "Delete by MERGE", .corrupt, in: .data, tiers: [.pooled], by: .insider,
      """
      MERGE INTO {schema}.party_address t USING (VALUES (1)) AS s (x) ON t.tenant_id = '{victim}' \
      WHEN MATCHED THEN DELETE
      """, aim: .changes, .policy("party_address")),
    SQLAttack(
      "sql.rows.insertForeign", "Insert a row that names the victim as its tenant", .corrupt, in: .data,
      tiers: [.pooled, .schema],
      "INSERT INTO {schema}.uom (tenant_id, id, code, name) VALUES ('{victim}', gen_random_uuid(), '{fresh}', 'taken')",
      .ordinaryRole),
    SQLAttack(
      "sql.rows.insertBound", "Insert a row that names the victim in a bound session", .corrupt, in: .data,
      tiers: [.pooled], by: .insider,
      "INSERT INTO {schema}.uom (tenant_id, id, code, name) VALUES ('{victim}', gen_random_uuid(), '{fresh}', 'taken')",
      .ordinaryRole),
    SQLAttack(
      "sql.rows.giveAway", "Give an own row to the victim", .corrupt, in: .data, tiers: [.pooled], by: .insider,
      """
      UPDATE {schema}.customer_group SET tenant_id = '{victim}', id = gen_random_uuid(), code = '{fresh}' \
      WHERE tenant_id = '{attacker}' AND code = 'GRP-1'
      """,
      .ordinaryRole),
    SQLAttack(
      "sql.rows.adopt", "Point an own row at a row of the victim", .corrupt, in: .data, tiers: [.pooled], by: .insider,
      """
      INSERT INTO {schema}.product_identifier (id, product_id, scheme, value, uom) \
      VALUES (gen_random_uuid(), '{product}', 'gtin', '04006381333931', 'EA')
      """,
      SQLWall(
        "the foreign key that leads with the tenant",
        open: ["ALTER TABLE {schema}.product_identifier DISABLE TRIGGER ALL"],
        close: ["ALTER TABLE {schema}.product_identifier ENABLE TRIGGER ALL"])),
    SQLAttack(
      "sql.rows.naturalKey", "Probe for a business key that only the victim uses", .infer, in: .data, tiers: [.pooled],
      by: .insider, "INSERT INTO {schema}.uom (id, code, name) VALUES (gen_random_uuid(), 'QZQ', 'probe')",
      aim: .conflict,
      SQLWall(
        "unique keys lead with the tenant",
        open: [
          "INSERT INTO {schema}.uom (tenant_id, id, code, name) VALUES ('{victim}', gen_random_uuid(), 'QZQ', 'x')",
          "CREATE UNIQUE INDEX attack_leak ON {schema}.uom (code) WHERE code = 'QZQ'",
        ],
        close: ["DROP INDEX IF EXISTS {schema}.attack_leak", "DELETE FROM {schema}.uom WHERE code = 'QZQ'"])),
    SQLAttack(
      "sql.rows.truncate", "Empty a shared table", .corrupt, in: .data, "TRUNCATE {schema}.party_address",
      .relation("TRUNCATE", on: "{schema}.party_address")),
    SQLAttack(
      "sql.rows.ctid", "Read the physical place of rows", .infer, tiers: [.pooled], by: .insider,
      "SELECT ctid FROM {schema}.product",
      .ordinaryRole),
    SQLAttack(
      "sql.rows.xmin", "Read the transaction numbers of rows", .infer, tiers: [.pooled], by: .insider,
      "SELECT xmin FROM {schema}.product",
      .ordinaryRole),
    SQLAttack(
      "sql.rows.tableoid", "Read which table rows come from", .infer, tiers: [.pooled], by: .insider,
      "SELECT tableoid FROM {schema}.product", .ordinaryRole),
    SQLAttack(
      "sql.rows.cmax", "Read command numbers of rows", .infer, tiers: [.pooled], by: .insider,
      "SELECT cmax, xmax FROM {schema}.product",
      .ordinaryRole),
    SQLAttack(
      "sql.rows.otherSchema", "Read another tenant's schema by its name", .access, tiers: [.schema], by: .insider,
      "SELECT id FROM {schema}.product WHERE tenant_id = '{victim}'", aim: .rows, .closedSchema),
    SQLAttack(
      "sql.rows.otherSchemaPath", "Put another tenant's schema into the search path", .access, tiers: [.schema],
      by: .insider, "SET LOCAL search_path = {schema}; SELECT id FROM product", aim: .rows, .closedSchema),
    SQLAttack(
      "sql.rows.plantInSchema", "Plant another tenant's row in a schema of one tenant", .corrupt, in: .data,
      tiers: [.schema, .dedicated],
      "INSERT INTO {schema}.uom (tenant_id, id, code, name) VALUES ('{attacker}', gen_random_uuid(), 'QZP', 'planted')",
      SQLWall(
        "the schema takes rows of its own tenant only, and the role names no tenant",
        open: ["ALTER TABLE {schema}.uom DROP CONSTRAINT tenant_home", "ALTER ROLE {role} SUPERUSER"],
        close: [
          "ALTER ROLE {role} NOSUPERUSER",
          "ALTER TABLE {schema}.uom ADD CONSTRAINT tenant_home CHECK (tenant_id = '{victim}') NOT VALID",
        ])),
  ]
}
