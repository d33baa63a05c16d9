import BulkheadCore
import Testing

@testable import Distribution

@Suite("Prices and money")
struct MoneyTests {
  @Test("12.50 less a tenth is 11.25, and 60 of them are 675.00")
  func contractPrice() throws {
    let usd = try Currency("USD")
    let price = try UnitPrice("12.50").changed(byPercent: try UnitPrice("-10"))
    #expect(price.description == "11.25")
    #expect(try price.amount(of: Quantity(60), in: usd).text == "675.00")
    #expect(try price.amount(of: Quantity(100), in: usd).description == "1125.00 USD")
  }

  @Test("opening stock of 40 at 5.00 and 20 at 5.50 is worth 310.00")
  func openingStock() throws {
    let usd = try Currency("USD")
    let first = try UnitPrice("5.00").amount(of: Quantity(40), in: usd)
    let second = try UnitPrice("5.50").amount(of: Quantity(20), in: usd)
    #expect(try first.adding(second).text == "310.00")
    #expect(try UnitPrice(of: try first.adding(second), per: Quantity(60)).description == "5.16666667")
  }

  @Test("a unit price is never rounded to the currency, an amount always")
  func precision() throws {
    let usd = try Currency("USD")
    let price = try UnitPrice("0.001")
    #expect(price.description == "0.001")
    #expect(try price.amount(of: Quantity(20_000), in: usd).text == "20.00")
    #expect(try price.amount(of: Quantity(4), in: usd).text == "0.00")
    #expect(try price.amount(of: Quantity(5), in: usd).text == "0.01")
  }

  @Test(
    "amounts have the places of their currency",
    arguments: [("JPY", "12"), ("USD", "12.35"), ("KWD", "12.345"), ("CLF", "12.3450")])
  func exponents(_ code: String, _ expected: String) throws {
    let amount = try UnitPrice("12.345").amount(of: Quantity(1), in: try Currency(code))
    #expect(amount.text == expected)
  }

  @Test(
    "codes that ISO 4217 does not list are refused", arguments: ["", "US", "usd", "XXX", "XAU", "ZZZ", "USDX", "BTC"])
  func unknownCurrency(_ code: String) {
    let refusal = #expect(throws: Refusal.self) { try Currency(code) }
    #expect(refusal?.code == .currencyUnknown)
  }

  @Test("the currency table has ISO 4217's active codes with a minor unit, each once")
  func table() throws {
    for code in ["EUR", "GBP", "CHF", "PLN", "BRL", "INR", "CNY", "UYW", "TND", "ISK", "VED", "XCG"] {
      #expect(try Currency(code).code == code)
    }
  }

  @Test("amounts that do not fit are refused, and so is adding euros to dollars")
  func bounds() throws {
    let usd = try Currency("USD")
    let most = try UnitPrice("999999999999.99999999")
    #expect(throws: Refusal.self) { try most.amount(of: try Quantity("999999999999.999999"), in: usd) }
    #expect(throws: Refusal.self) { try Money(minor: .max, usd).adding(Money(minor: 1, usd)) }
    #expect(throws: Refusal.self) { try Money(minor: 1, usd).adding(Money(minor: 1, try Currency("EUR"))) }
    #expect(throws: Refusal.self) { try UnitPrice(of: Money(minor: 1, usd), per: .zero) }
  }

  @Test("a price is rounded half up to a multiple of the step")
  func steps() throws {
    #expect(try UnitPrice("11.23").rounded(to: try UnitPrice("0.05")).description == "11.25")
    #expect(try UnitPrice("11.22").rounded(to: try UnitPrice("0.05")).description == "11.20")
    #expect(try UnitPrice("11.225").rounded(to: try UnitPrice("0.05")).description == "11.25")
  }
}

@Suite("Dates")
struct CivilDateTests {
  @Test("dates that exist are read", arguments: ["2024-02-29", "2000-02-29", "2026-12-31", "1900-01-01"])
  func reads(_ text: String) throws { #expect(try CivilDate(text).description == text) }

  @Test(
    "dates that do not exist are refused",
    arguments: [
      "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "2026/01/01", "2026-1-1", "",
    ])
  func refuses(_ text: String) { #expect(throws: Refusal.self) { try CivilDate(text) } }
}
