import BulkheadCore

/// An active currency of ISO 4217 with the number of decimal places of its minor unit.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
  /// Three capital letters.
  public let code: String
  /// Decimal places of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
  public let exponent: Int

  /// Refuses a code that ISO 4217 does not list with `currency.unknown`.
  public init(_ code: String) throws(Refusal) {
    guard let exponent = Self.exponents[code] else {
      throw Refusal(.currencyUnknown, "ISO 4217 has no active currency of this code.")
    }
    self.code = code
    self.exponent = exponent
  }

  public var description: String { code }

  private static let exponents: [String: Int] = {
    var table: [String: Int] = [:]
    for (exponent, codes) in [(0, zeroPlaces), (2, twoPlaces), (3, threePlaces), (4, fourPlaces)] {
      for code in codes.split(separator: " ") { table[String(code)] = exponent }
    }
    return table
  }()
}

// ISO 4217:2015, list one (SIX Financial Information, as amended), without metals, bond-market units and test codes,
// which have no minor unit.
private let zeroPlaces = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
private let threePlaces = "BHD IQD JOD KWD LYD OMR TND"
private let fourPlaces = "CLF UYW"
private let twoPlaces = """
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
  CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
  INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN \
  NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
  SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
  """
