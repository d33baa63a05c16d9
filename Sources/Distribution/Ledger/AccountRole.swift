/// What an account is used for. Documents post to roles; which account a role means is each legal entity's own choice.
enum AccountRole: String, Sendable, CaseIterable {
  case inventory
  /// Goods received, not invoiced.
  case receivedNotInvoiced = "grni"
  case payable
  case receivable
  case revenue
  case costOfGoodsSold = "cogs"
  case taxPayable = "tax_payable"
  case taxReceivable = "tax_receivable"
  case priceVariance = "price_variance"
  /// Freight and other landed cost, owed to whoever carried.
  case freightAccrual = "freight_accrual"
  case inventoryAdjustment = "inventory_adjustment"
  /// Where balances taken over from another system come from.
  case opening
  case bank
  case cash
  /// Card payments that the bank has not paid out yet.
  case cardClearing = "card_clearing"
  case cashDifference = "cash_difference"
  case rounding
}

/// The book that an entry belongs to; each can be closed by itself.
enum LedgerBook: String, Sendable, CaseIterable {
  case inventory, receivable, payable, cash, general
}

enum AccountType: String, Sendable, CaseIterable {
  case asset, liability, equity, revenue, expense
}
