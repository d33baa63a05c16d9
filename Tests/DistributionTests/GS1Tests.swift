import BulkheadCore
import Testing

@testable import Distribution

@Suite("GS1 keys")
struct GS1Tests {
  @Test(
    "a GTIN of any length is held as 14 digits",
    arguments: [
      ("96385074", "00000096385074"), ("076123400003", "00076123400003"), ("4006381333931", "04006381333931"),
      ("10012345678902", "10012345678902"),
    ])
  func normalizes(_ text: String, _ expected: String) throws {
    #expect(try GTIN.normalize(text) == expected)
  }

  @Test(
    "a GTIN that is none is refused by the rule it breaks",
    arguments: [
      ("076123400004", "gtin.checkDigit"), ("07612340000", "gtin.length"), ("", "gtin.characters"),
      ("07612340000X", "gtin.characters"), ("٠٧٦١٢٣٤٠٠٠٠٣", "gtin.characters"),
      (" 76123400003", "gtin.characters"),
      ("1234567890123456", "gtin.length"),
    ])
  func refuses(_ text: String, _ code: String) {
    do {
      _ = try GTIN(text)
      Issue.record("\(text) was accepted")
    } catch { #expect(error.code.name == code) }
  }

  @Test("every single wrong digit of a GTIN is found")
  func findsWrongDigits() {
    let good = Array("04006381333931".utf8)
    for index in good.indices {
      for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != good[index] {
        var wrong = good
        wrong[index] = digit
        #expect(!GS1Digits.isValid(String(decoding: wrong, as: UTF8.self)))
      }
    }
  }

  @Test("an SSCC is built from extension, prefix and serial, and read again")
  func buildsSSCC() throws {
    let code = try SSCC(extensionDigit: 3, companyPrefix: "0614141", serial: 123_456_789)
    #expect(code.digits == "306141411234567891")
    #expect(try SSCC(code.digits) == code)
    #expect(code.extensionDigit == 3)
    #expect(code.serial(prefixLength: 7) == 123_456_789)
    #expect(code.serial(prefixLength: 3) == nil)
  }

  @Test("every SSCC that is built can be read back", arguments: [20_261_121 as UInt64])
  func roundTrips(_ seed: UInt64) throws {
    print("seed \(seed)")
    let random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let length = 7 + Int(random.next() % 4)
      let prefix = String((0..<length).map { _ in Character(String(random.next() % 10)) })
      let serial = random.next() % 1_000_000
      let code = try SSCC(extensionDigit: Int(random.next() % 10), companyPrefix: prefix, serial: serial)
      #expect(code.digits.count == 18)
      #expect(try SSCC(code.digits).serial(prefixLength: length) == serial)
    }
  }

  @Test("parts that do not fit an SSCC are refused")
  func refusesParts() {
    #expect(throws: Refusal.self) { try SSCC(extensionDigit: 10, companyPrefix: "0614141", serial: 1) }
    #expect(throws: Refusal.self) { try SSCC(extensionDigit: 0, companyPrefix: "061414", serial: 1) }
    #expect(throws: Refusal.self) { try SSCC(extensionDigit: 0, companyPrefix: "0614141000", serial: 1_000_000) }
    #expect(throws: Refusal.self) { try SSCC("306141411234567890") }
    #expect(throws: Refusal.self) { try GLN("4006381333932") }
  }
}
