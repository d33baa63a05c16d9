import BulkheadCore
import BulkheadData

/// The chart of accounts of a legal entity, and which account each role means.
enum AccountRecords {
  static let insert = Statement(
    "INSERT INTO account (id, legal_entity_id, code, name, type, control) VALUES ($1, $2, $3, $4, $5, $6)")

  static let one = Statement(
    "SELECT id, legal_entity_id, code, name, type, control, is_active FROM account WHERE id = $1")

  /// `$2` legal entity, NULL for all.
  static let list = Statement(
    """
    SELECT id, legal_entity_id, code, name, type, control, is_active FROM account
     WHERE id > $1 AND ($2::uuid IS NULL OR legal_entity_id = $2)
     ORDER BY id LIMIT $3
    """)

  static let roles = Statement(
    """
    SELECT r.role, r.account_id, a.code FROM account_role AS r JOIN account AS a ON a.id = r.account_id
     WHERE r.legal_entity_id = $1 ORDER BY r.role
    """)

  static let pointRole = Statement(
    """
    INSERT INTO account_role (legal_entity_id, role, account_id) VALUES ($1, $2, $3)
    ON CONFLICT (legal_entity_id, role) DO UPDATE SET account_id = excluded.account_id
    """)

  static let several = Statement(
    "SELECT id, legal_entity_id, type, control, is_active FROM account WHERE id = ANY ($1::uuid[])")

  static func json(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "legalEntityId": .id(try row.id(1)), "code": .string(try row.text(2)),
      "name": .string(try row.text(3)), "type": .string(try row.text(4)), "control": row.jsonText(5),
      "isActive": .bool(try row.bool(6)),
    ]
  }
}

/// What must be known of an account before it is posted to.
struct KnownAccount: Sendable {
  let id: EntityID
  let type: AccountType
  let control: String?
  let isActive: Bool

  /// Accounts of `entity` among `rows` of `AccountRecords.several`. Another entity's are left out: they are unknown.
  static func read(_ rows: Rows, of entity: LegalEntity) throws(Refusal) -> [EntityID: KnownAccount] {
    var accounts: [EntityID: KnownAccount] = [:]
    for row in rows where try row.id(1) == entity.id {
      let id = try row.id(0)
      accounts[id] = KnownAccount(
        id: id, type: try row.known(2), control: row.textOrNil(3), isActive: try row.bool(4))
    }
    return accounts
  }
}
