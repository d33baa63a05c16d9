import BulkheadCore
import BulkheadData

/// The accounts that every legal entity begins with: the least that the chain from order to cash posts to.
enum ChartOfAccounts {
  struct Account: Sendable {
    let code: String
    let name: String
    let type: AccountType
    let control: LedgerBook?
    let role: AccountRole
  }

  private static let cardClearing = Account(
    code: "1020", name: "Card payments on their way", type: .asset, control: nil, role: .cardClearing)

  static let standard: [Account] = [
    Account(code: "1000", name: "Bank", type: .asset, control: nil, role: .bank),
    Account(code: "1010", name: "Cash in tills", type: .asset, control: nil, role: .cash),
    cardClearing,
    Account(code: "1100", name: "Accounts receivable", type: .asset, control: .receivable, role: .receivable),
    Account(code: "1200", name: "Inventory", type: .asset, control: .inventory, role: .inventory),
    Account(code: "1300", name: "Input tax", type: .asset, control: nil, role: .taxReceivable),
    Account(code: "2000", name: "Accounts payable", type: .liability, control: .payable, role: .payable),
    Account(
      code: "2100", name: "Goods received, not invoiced", type: .liability, control: nil, role: .receivedNotInvoiced),
    Account(code: "2200", name: "Sales tax", type: .liability, control: nil, role: .taxPayable),
    Account(code: "2300", name: "Freight accrued", type: .liability, control: nil, role: .freightAccrual),
    Account(code: "3000", name: "Opening balances", type: .equity, control: nil, role: .opening),
    Account(code: "4000", name: "Sales", type: .revenue, control: nil, role: .revenue),
    Account(code: "5000", name: "Cost of goods sold", type: .expense, control: nil, role: .costOfGoodsSold),
    Account(code: "5100", name: "Purchase price variance", type: .expense, control: nil, role: .priceVariance),
    Account(
      code: "5200", name: "Inventory adjustments", type: .expense, control: nil, role: .inventoryAdjustment),
    Account(code: "5300", name: "Cash differences", type: .expense, control: nil, role: .cashDifference),
    Account(code: "5900", name: "Rounding", type: .expense, control: nil, role: .rounding),
  ]

  /// Opens the books of a legal entity: its accounts and what they are used for.
  static func open(_ entity: EntityID, _ ambient: Ambient) -> [Query] {
    let ids = standard.map { _ in ambient.makeID() }
    return [
      Query(
        insertAccounts, .id(entity), .ids(ids), .texts(standard.map(\.code)), .texts(standard.map(\.name)),
        .texts(standard.map(\.type.rawValue)), .texts(standard.map { $0.control?.rawValue })),
      Query(insertRoles, .id(entity), .texts(standard.map(\.role.rawValue)), .ids(ids)),
    ]
  }

  /// Gives an account for card payments to books that were opened before there was one.
  static func openCardClearing(_ entity: EntityID, _ ambient: Ambient) -> [Query] {
    [
      Query(
        missingAccount, .id(entity), .id(ambient.makeID()), .text(cardClearing.code), .text(cardClearing.name),
        .text(cardClearing.type.rawValue), .text(cardClearing.role.rawValue)),
      Query(missingRole, .id(entity), .text(cardClearing.code), .text(cardClearing.role.rawValue)),
    ]
  }

  static let missingAccount = Statement(
    """
    INSERT INTO account (legal_entity_id, id, code, name, type)
    SELECT $1::uuid, $2::uuid, $3, $4, $5
     WHERE NOT EXISTS (SELECT 1 FROM account_role AS r WHERE r.legal_entity_id = $1 AND r.role = $6)
    ON CONFLICT (legal_entity_id, code) DO NOTHING
    """)

  static let missingRole = Statement(
    """
    INSERT INTO account_role (legal_entity_id, role, account_id)
    SELECT a.legal_entity_id, $3, a.id FROM account AS a WHERE a.legal_entity_id = $1 AND a.code = $2
    ON CONFLICT (legal_entity_id, role) DO NOTHING
    """)

  static let insertAccounts = Statement(
    """
    INSERT INTO account (legal_entity_id, id, code, name, type, control)
    SELECT $1::uuid, a.id, a.code, a.name, a.type, a.control
      FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) AS a (id, code, name, type, control)
    """)

  static let insertRoles = Statement(
    """
    INSERT INTO account_role (legal_entity_id, role, account_id)
    SELECT $1::uuid, r.role, r.account_id FROM unnest($2::text[], $3::uuid[]) AS r (role, account_id)
    """)
}
