import BulkheadCore
import BulkheadServer

/// Bodies and answers about the books.
enum LedgerShapes {
  static let amount = Schema.decimal(digits: 22, scale: 4)
  static let book = Schema.oneOf(LedgerBook.allCases.map(\.rawValue))
  private static let type = Schema.oneOf(AccountType.allCases.map(\.rawValue))
  private static let control = Schema.oneOf(["inventory", "receivable", "payable"])
  private static let accountCode = Schema.string(
    minLength: 1, maxLength: 20,
    pattern: .init("^[0-9A-Za-z.-]{1,20}$", "letters, digits, points and hyphens") {
      $0.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || $0 == 45 || $0 == 46 }
    })

  static let entityField = Shapes.optional(
    "legalEntityId", .nullable(.id(of: "legal_entity")), "The default legal entity otherwise.")

  static let entityQuery = QueryParameter(
    "legalEntity", .id(of: "legal_entity"), "Of this legal entity; the default one otherwise.")

  static let newAccount = Schema.object([
    entityField, Shapes.field("code", accountCode), Shapes.field("name", Shapes.name), Shapes.field("type", type),
    Shapes.optional("control", .nullable(control), "The book that the account sums up: nobody posts to it by hand."),
  ])

  static let account = Schema.object([
    Shapes.field("id", .id(of: "account")), Shapes.field("legalEntityId", .id(of: "legal_entity")),
    Shapes.field("code", accountCode), Shapes.field("name", Shapes.name), Shapes.field("type", type),
    Shapes.nullable("control", control), Shapes.field("isActive", .boolean),
  ])

  static let role = Schema.oneOf(AccountRole.allCases.map(\.rawValue))

  static let roles = Schema.object([
    Shapes.field(
      "items",
      .array(
        .object([
          Shapes.field("role", role), Shapes.field("accountId", .id(of: "account")),
          Shapes.field("account", accountCode),
        ]), maxItems: 100))
  ])

  static let newEntry = Schema.object([
    entityField, Shapes.optional("effectiveOn", .nullable(.date), "Today otherwise."),
    Shapes.field("memo", Shapes.text(200)),
    Shapes.field(
      "lines",
      .array(
        .object([
          Shapes.field("accountId", .id(of: "account")), Shapes.optional("debit", .nullable(Shapes.amount)),
          Shapes.optional("credit", .nullable(Shapes.amount)),
        ]), minItems: 2, maxItems: JournalRequest.linesMax)),
  ])

  private static let header: [Schema.Field] = [
    Shapes.field("id", .id(of: "ledger_entry")), Shapes.field("legalEntityId", .id(of: "legal_entity")),
    Shapes.field("book", book), Shapes.field("effectiveOn", .date), Shapes.field("originType", Shapes.code),
    Shapes.field("originId", .id(of: "ledger_origin"), "The document that posted it, or the entry itself."),
    Shapes.field("memo", .string(maxLength: 200)), Shapes.field("total", Shapes.money, "The sum of the debits."),
    Shapes.nullable("reversalOf", .id(of: "ledger_entry")), Shapes.field("postedBy", Shapes.text(200)),
    Shapes.field("postedAt", Shapes.instant),
  ]

  static let summary = Schema.object(header)

  static let entry = Schema.object(
    header + [
      Shapes.field(
        "lines",
        .array(
          .object([
            Shapes.field("line", .integer(1...1_000_000)), Shapes.field("accountId", .id(of: "account")),
            Shapes.field("account", accountCode), Shapes.field("accountName", Shapes.name),
            Shapes.nullable("partyId", .id(of: "party")), Shapes.field("debit", amount),
            Shapes.field("credit", amount), Shapes.nullable("dueOn", .date),
          ]), maxItems: 100_000))
    ])

  static let trialBalance = Schema.object([
    Shapes.field("legalEntityId", .id(of: "legal_entity")), Shapes.field("on", .date),
    Shapes.field("currency", Shapes.currency), Shapes.field("debit", amount), Shapes.field("credit", amount),
    Shapes.field("balance", amount, "Debits less credits over all accounts: nothing, always."),
    Shapes.field(
      "accounts",
      .array(
        .object([
          Shapes.field("accountId", .id(of: "account")), Shapes.field("account", accountCode),
          Shapes.field("name", Shapes.name), Shapes.field("type", type), Shapes.field("debit", amount),
          Shapes.field("credit", amount), Shapes.field("balance", amount, "Debits less credits."),
        ]), maxItems: 100_000)),
  ])

  static let changePeriod = Schema.object([
    Shapes.field("month", .date, "Any day of it."),
    Shapes.optional(
      "books", .array(book, minItems: 1, maxItems: LedgerBook.allCases.count),
      "These books by themselves; the whole month otherwise."),
  ])

  static let lockPeriod = Schema.object([Shapes.field("month", .date, "Any day of it.")])

  static let period = Schema.object([
    Shapes.field("startsOn", .date), Shapes.field("state", .oneOf(FiscalPeriod.State.allCases.map(\.rawValue))),
    Shapes.field("closedBooks", .array(book, maxItems: LedgerBook.allCases.count)),
    Shapes.field("version", Shapes.version),
  ])

  static func journal(_ body: BodyReader, _ currency: Currency) throws(Refusal) -> JournalRequest {
    var lines: [JournalRequest.Line] = []
    for item in body.items("lines") {
      lines.append(
        JournalRequest.Line(
          accountID: try item.requiredID("accountId"), debit: try item.money("debit", currency),
          credit: try item.money("credit", currency)))
    }
    return JournalRequest(
      legalEntityID: body.id("legalEntityId"), effectiveOn: try body.date("effectiveOn"),
      memo: try body.requiredText("memo"), lines: lines)
  }
}
