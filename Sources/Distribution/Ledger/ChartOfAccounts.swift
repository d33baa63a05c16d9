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

  static let standard: [Account] = [
    Account(code: "1000", name: "Bank", type: .asset, control: nil, role: .bank),
    Account(code: "1010", name: "Cash in tills", type: .asset, control: nil, role: .cash),
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
