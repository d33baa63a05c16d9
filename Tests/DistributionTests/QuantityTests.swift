import BulkheadCore
import Testing

@testable import Distribution

@Suite("Quantities")
struct QuantityTests {
  @Test(
    "decimal text is read exactly and written without needless zeros",
    arguments: [
      ("100", "100"), ("0.25", "0.25"), ("-3", "-3"), ("1.500000", "1.5"), ("1.5000000000", "1.5"), ("1e3", "1000"),
      ("25e-2", "0.25"), ("0", "0"), ("-0", "0"), ("000012", "12"), ("999999999999.999999", "999999999999.999999"),
      ("0.000001", "0.000001"), ("100.000000", "100"),
    ])
  func reads(_ text: String, _ expected: String) throws {
    #expect(try Quantity(text).description == expected)
  }

  @Test(
    "what is no quantity is refused by its own name",
    arguments: [
      ("", "quantity.malformed"), ("-", "quantity.malformed"), (".5", "quantity.malformed"),
      ("5.", "quantity.malformed"), ("1,5", "quantity.malformed"), ("1.2.3", "quantity.malformed"),
      ("0x10", "quantity.malformed"), ("NaN", "quantity.malformed"), ("1e", "quantity.malformed"),
      (" 1", "quantity.malformed"), ("١", "quantity.malformed"), ("0.0000001", "quantity.tooPrecise"),
      ("1e-7", "quantity.tooPrecise"), ("1000000000000", "quantity.overflow"), ("1e12", "quantity.overflow"),
      ("1e999", "quantity.overflow"), (String(repeating: "9", count: 65), "quantity.overflow"),
      (String(repeating: "9", count: 19), "quantity.overflow"), ("9223372036854775808", "quantity.overflow"),
    ])
  func refuses(_ text: String, _ code: String) {
    let refusal = #expect(throws: Refusal.self) { try Quantity(text) }
    #expect(refusal?.code.name == code)
  }

  @Test("arithmetic refuses to leave 18 digits instead of wrapping")
  func overflow() throws {
    let most = try Quantity("999999999999.999999")
    let least = try Quantity("-999999999999.999999")
    let step = try Quantity("0.000001")
    #expect(throws: Refusal.self) { try most.adding(step) }
    #expect(throws: Refusal.self) { try least.subtracting(step) }
    #expect(try most.subtracting(most) == .zero)
    #expect(most.negated == least)
  }

  @Test("every quantity survives the way to text and back", arguments: [UInt64(1), 20_261_121])
  func roundTrip(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let millionths = Int128(Int64(bitPattern: random.next()) % 1_000_000_000_000_000_000)
      let quantity = try Quantity(millionths: millionths)
      #expect(try Quantity(quantity.description) == quantity, "seed \(seed)")
    }
  }
}

@Suite("Unit conversions")
struct UnitConversionTests {
  @Test("a case of 24 is 24 pieces, both ways")
  func cases() throws {
    let cases = try UnitConversion(24, 1)
    #expect(try cases.toBase(Quantity(5)) == Quantity(120))
    #expect(try cases.fromBase(Quantity(120)) == Quantity(5))
  }

  @Test("a third is rounded half up to a millionth, and three thirds of a fraction are whole")
  func thirds() throws {
    let third = try UnitConversion(1, 3)
    #expect(try third.toBase(Quantity(1)).description == "0.333333")
    #expect(try third.toBase(Quantity(2)).description == "0.666667")
    #expect(try third.toBase(Quantity(3)) == Quantity(1))
  }

  @Test("a conversion that does not fit is refused, and one with a zero cannot be made")
  func bounds() throws {
    let huge = try UnitConversion(UnitConversion.partMax, 1)
    #expect(throws: Refusal.self) { try huge.toBase(try Quantity("999999999999")) }
    #expect(throws: Refusal.self) { try UnitConversion(0, 1) }
    #expect(throws: Refusal.self) { try UnitConversion(1, 0) }
    #expect(throws: Refusal.self) { try UnitConversion(-1, 1) }
  }
}

@Suite("Rounding")
struct RoundingTests {
  @Test(
    "half goes up, away from zero",
    arguments: [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (1, 2, 1), (-1, 2, -1), (0, 7, 0), (7, 7, 1)])
  func halfUp(_ numerator: Int, _ denominator: Int, _ expected: Int) {
    #expect(Rounding.halfUp(Int128(numerator), over: Int128(denominator)) == Int128(expected))
  }

  @Test("a denominator that is not positive and a product beyond 128 bits give nothing")
  func refuses() {
    #expect(Rounding.halfUp(1, over: 0) == nil)
    #expect(Rounding.product(.max, 2, over: 1) == nil)
    #expect(Rounding.halfUp(.max, over: 1) == .max)
    #expect(Rounding.halfUp(.min, over: 1) == .min)
  }
}
