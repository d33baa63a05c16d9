import BulkheadCore
import BulkheadPostgres
import Distribution
import Testing

@testable import bulkhead

/// The books against somebody who holds the pool's own role and a tenant's binding, and so is past every check of ours.
@Suite("The ledger by itself")
struct LedgerWallTests {
  private static let entry = "00000000-0000-7000-8000-00000000e001"

  /// The statements that begin a bound transaction.
  private static func bound(_ system: TestSystem, _ tenant: TestTenant, _ raw: PostgresConnection) -> String {
    "BEGIN; SELECT bulkhead.bind('\(system.bindToken(tenant, raw))'); "
  }

  private static func header(_ id: String = entry, total: Int = 100, on day: String = "2026-03-15") -> String {
    """
    INSERT INTO pooled.fiscal_period (legal_entity_id, starts_on)
      SELECT id, date_trunc('month', '\(day)'::timestamp)::date FROM pooled.legal_entity ON CONFLICT DO NOTHING;
    INSERT INTO pooled.ledger_entry
      (id, legal_entity_id, book, effective_on, origin_type, origin_id, memo, total_minor, posted_by, posted_at)
      SELECT '\(id)', id, 'general', '\(day)', 'journal', '\(id)', 'By hand', \(total), 'service:x', now()
        FROM pooled.legal_entity;
    """
  }

  private static func lines(
    _ id: String = entry, debit: Int = 100, credit: Int = 100, number: Int = 1,
    accounts: (String, String) = ("1000", "5900")
  ) -> String {
    """
    INSERT INTO pooled.ledger_line (id, legal_entity_id, entry_id, line_no, account_id, debit_minor, credit_minor)
      SELECT md5(a.id::text || '\(id)\(number)')::uuid, a.legal_entity_id, '\(id)',
             \(number) + row_number() OVER (ORDER BY a.code), a.id,
             CASE WHEN a.code = '\(accounts.0)' THEN \(debit) ELSE 0 END,
             CASE WHEN a.code = '\(accounts.1)' THEN \(credit) ELSE 0 END
        FROM pooled.account AS a WHERE a.code IN ('\(accounts.0)', '\(accounts.1)');
    """
  }

  @Test("the database itself refuses what is no double entry, what comes later, and every change")
  func refused() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let raw = try await system.raw()
      defer { raw.close() }
      func refusal(_ sql: String) async -> String? {
        await raw.refusal(Self.bound(system, tenant, raw) + sql + "COMMIT")
      }
      #expect(await refusal(Self.header() + Self.lines(debit: 101)) == "BH001", "unbalanced")
      #expect(await refusal(Self.header(total: 99) + Self.lines()) == "BH001", "not the total")
      #expect(await refusal(Self.header()) == "BH001", "no lines")
      #expect(
        await refusal(Self.header() + Self.lines(accounts: ("1000", "1100"))) == "BH001", "a control account by hand")
      #expect(await refusal(Self.header() + Self.lines()) == nil, "the control: a good entry is taken")
      #expect(await refusal(Self.lines(number: 10)) == "BH001", "lines that come later")
      #expect(await refusal("UPDATE pooled.ledger_entry SET memo = 'x';") == "42501")
      #expect(await refusal("UPDATE pooled.ledger_line SET debit_minor = 1;") == "42501")
      #expect(await refusal("DELETE FROM pooled.ledger_line;") == "42501")
      #expect(await refusal("UPDATE pooled.fiscal_period SET state = 'closed' WHERE starts_on = '2026-03-01';") == nil)
      let next = "00000000-0000-7000-8000-00000000e002"
      #expect(await refusal(Self.header(next) + Self.lines(next)) == "BH001", "a closed month")
      #expect(await refusal("UPDATE pooled.fiscal_period SET state = 'locked' WHERE starts_on = '2026-03-01';") == nil)
      #expect(
        await refusal("UPDATE pooled.fiscal_period SET state = 'open' WHERE starts_on = '2026-03-01';") == "BH001",
        "a locked month")
      // Nor may an administrator, whom no grant holds.
      for change in [
        "UPDATE pooled.ledger_entry SET memo = 'x' WHERE id = '\(Self.entry)'",
        "DELETE FROM pooled.ledger_line WHERE entry_id = '\(Self.entry)'",
      ] {
        await #expect(throws: PostgresError.self, "\(change)") { try await system.admin(change) }
      }
    }
  }

  @Test("a posted invoice keeps its number, its sums and its lines, whoever asks")
  func invoices() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let draft = try await system.post(
        "/v1/invoices", tenant,
        [
          "customer": .string(DemoCompany.customer),
          "lines": [["description": "Freight", "quantity": "1", "unitPrice": "5.00"]],
        ])
      let id = draft.json["id"]?.string ?? ""
      #expect(try await system.call("POST", "/v1/invoices/\(id)/post", token: tenant.token).status == 200)
      let raw = try await system.raw()
      defer { raw.close() }
      func refusal(_ sql: String) async -> String? {
        await raw.refusal(Self.bound(system, tenant, raw) + sql + "COMMIT")
      }
      for (change, state) in [
        ("UPDATE pooled.invoice SET number = 'INV-1';", "BH001"),
        ("UPDATE pooled.invoice SET status = 'draft', number = NULL;", "BH001"),
        ("UPDATE pooled.invoice SET status = 'cancelled';", "BH001"),
        ("UPDATE pooled.invoice SET open_minor = 501;", "23514"),
        ("UPDATE pooled.invoice SET open_minor = 0;", "23514"),
        ("UPDATE pooled.invoice SET total_minor = 1;", "42501"), ("DELETE FROM pooled.invoice;", "42501"),
        ("UPDATE pooled.invoice_line SET net_minor = 1;", "42501"), ("DELETE FROM pooled.invoice_line;", "42501"),
        (
          """
          INSERT INTO pooled.invoice_line
            (id, invoice_id, line_no, description, qty, unit_price, net_minor, tax_minor)
            SELECT md5(id::text)::uuid, id, 2, 'More', 1, 1, 100, 0 FROM pooled.invoice;
          """, "BH001"
        ),
      ] { #expect(await refusal(change) == state, "\(change)") }
      #expect(await refusal("UPDATE pooled.invoice SET version = version;") == nil, "the control")
    }
  }

  @Test("who closes a month waits for the postings under way, and what comes after is refused")
  func closing() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let (poster, closer) = (try await system.raw(), try await system.raw())
      defer {
        poster.close()
        closer.close()
      }
      let close = "UPDATE pooled.fiscal_period SET state = 'closed' WHERE starts_on = '2026-03-01'; COMMIT"
      // The month is there before both begin.
      try await poster.sql(Self.bound(system, tenant, poster) + Self.header() + Self.lines() + "COMMIT")
      let next = "00000000-0000-7000-8000-00000000e002"
      try await poster.sql(Self.bound(system, tenant, poster) + Self.header(next) + Self.lines(next))
      #expect(
        await closer.refusal("SET lock_timeout = '100ms'; " + Self.bound(system, tenant, closer) + close) == "55P03",
        "it waits")
      try await poster.sql("COMMIT")
      #expect(await closer.refusal(Self.bound(system, tenant, closer) + close) == nil)
      let last = "00000000-0000-7000-8000-00000000e003"
      #expect(
        await poster.refusal(Self.bound(system, tenant, poster) + Self.header(last) + Self.lines(last) + "COMMIT")
          == "BH001")
    }
  }
}
