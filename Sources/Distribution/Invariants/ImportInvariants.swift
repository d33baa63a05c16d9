import BulkheadCore

extension InvariantCheck {
  /// Imports against the refused rows that are kept of them.
  static let importChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "M1", title: "the rows that an import counts as refused are kept, up to the bound",
      statement: Statement(
        """
        SELECT j.id::text || ' ' || p.pass, least(p.refused, 10000)::text, coalesce(kept.count, 0)::text
          FROM import_job AS j
         CROSS JOIN LATERAL (SELECT 'check' AS pass, j.checked_refused AS refused
                             UNION ALL SELECT 'run', j.run_refused) AS p
          LEFT JOIN (SELECT r.import_id, r.pass, count(r.id) AS count FROM import_refusal AS r
                      GROUP BY r.import_id, r.pass) AS kept ON kept.import_id = j.id AND kept.pass = p.pass
         WHERE least(p.refused, 10000) <> coalesce(kept.count, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "M2", title: "of an import that has ended, neither parts nor claims are kept",
      statement: Statement(
        """
        SELECT j.id::text, 'none', 'kept'
          FROM import_job AS j
         WHERE j.state IN ('done', 'failed', 'cancelled')
           AND (EXISTS (SELECT 1 FROM import_part AS part WHERE part.import_id = j.id)
                OR EXISTS (SELECT 1 FROM import_claim AS claim WHERE claim.import_id = j.id))
         LIMIT 100
        """)),
  ]
}
