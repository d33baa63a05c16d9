import BulkheadCore

extension InvariantCheck {
  /// The books against themselves.
  static let ledgerChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "I10", title: "the trial balance is zero, for each legal entity",
      statement: Statement(
        """
        SELECT entity.code, '0', sum(line.debit_minor - line.credit_minor)::text
          FROM ledger_line AS line JOIN legal_entity AS entity ON entity.id = line.legal_entity_id
         GROUP BY entity.code
        HAVING sum(line.debit_minor - line.credit_minor) <> 0
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I10a", title: "debits and credits of every entry are its total",
      statement: Statement(
        """
        SELECT entry.memo, entry.total_minor::text,
               coalesce(sum(line.debit_minor), 0)::text || ' and ' || coalesce(sum(line.credit_minor), 0)::text
          FROM ledger_entry AS entry LEFT JOIN ledger_line AS line ON line.entry_id = entry.id
         GROUP BY entry.id, entry.memo, entry.total_minor
        HAVING coalesce(sum(line.debit_minor), 0) <> entry.total_minor
            OR coalesce(sum(line.credit_minor), 0) <> entry.total_minor
         LIMIT 100
        """)),
  ]
}
