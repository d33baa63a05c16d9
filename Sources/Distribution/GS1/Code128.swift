/// A Code 128 bar code (ISO/IEC 15417): code sets B and C, FNC1 and the check symbol. Pure.
struct Code128: Sendable, Equatable {
  /// What is encoded: a printable ASCII character, or the function character that marks and separates GS1 data.
  enum Character: Sendable, Equatable {
    case ascii(UInt8)
    case fnc1

    fileprivate var digit: Int? {
      if case .ascii(let byte) = self, (48...57).contains(byte) { Int(byte) - 48 } else { nil }
    }
  }

  /// Symbol values from the start character to the check symbol; the stop pattern follows.
  let values: [Int]

  private static let codeC = 99
  private static let codeB = 100
  private static let fnc1 = 102
  private static let startB = 104
  private static let startC = 105

  /// `nil` when there is nothing to encode, or a character that code set B does not have.
  init?(_ characters: [Character]) {
    guard !characters.isEmpty else { return nil }
    // Pairs of digits take one symbol in set C; changing the set takes one, so it pays from four digits on.
    var isC = Self.digits(characters.drop { $0 == .fnc1 }) >= 4
    var values = [isC ? Self.startC : Self.startB]
    var at = 0
    while at < characters.count {
      let run = Self.digits(characters[at...])
      switch characters[at] {
      case .fnc1:
        values.append(Self.fnc1)
        at += 1
      case .ascii where isC && run >= 2:
        values.append((characters[at].digit ?? 0) * 10 + (characters[at + 1].digit ?? 0))
        at += 2
      case .ascii where isC:
        values.append(Self.codeB)
        isC = false
      case .ascii where run >= 4 && run.isMultiple(of: 2):
        values.append(Self.codeC)
        isC = true
      case .ascii(let byte):
        guard (32...126).contains(byte) else { return nil }
        values.append(Int(byte) - 32)
        at += 1
      }
    }
    self.values = values + [Self.checkSymbol(values)]
  }

  /// Weighted sum modulo 103: the start character and the first symbol weigh 1, the next 2, and so on.
  static func checkSymbol(_ values: [Int]) -> Int {
    var sum = values.first ?? 0
    for (position, value) in values.enumerated().dropFirst() { sum = (sum + position * value) % 103 }
    return sum % 103
  }

  private static func digits(_ characters: ArraySlice<Character>) -> Int {
    characters.prefix { $0.digit != nil }.count
  }

  /// Widths in modules of bar, space, bar, … from the first bar of the start character to the last of the stop pattern.
  var widths: [Int] {
    (values.map { Self.patterns[$0] } + [Self.stop]).flatMap { pattern in pattern.utf8.map { Int($0) - 48 } }
  }

  /// Modules from the first bar to the last.
  var modules: Int { widths.reduce(0, +) }

  private static let stop = "2331112"

  /// Bar and space widths of each symbol value.
  static let patterns = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
  ]
}

extension Code128 {
  /// One element of GS1-128: an application identifier and its value.
  struct Element: Sendable, Equatable {
    let identifier: String
    let value: String

    /// Identifiers whose values have one length for all (GS1 General Specifications, figure 7.8.5-2): nothing separates
    /// them from what follows.
    fileprivate var isFixed: Bool {
      ["00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"].contains(identifier)
    }
  }

  /// GS1-128: FNC1 leads, and ends each value of variable length that is not the last.
  init?(gs1 elements: [Element]) {
    var characters: [Character] = [.fnc1]
    for (index, element) in elements.enumerated() {
      characters += (element.identifier + element.value).utf8.map { .ascii($0) }
      if !element.isFixed, index < elements.count - 1 { characters.append(.fnc1) }
    }
    guard characters.count > 1 else { return nil }
    self.init(characters)
  }
}
