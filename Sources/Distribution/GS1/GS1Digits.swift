import BulkheadCore

/// Digit strings with a GS1 check digit (GS1 General Specifications, section 7.9): weights 3 and 1 alternate from the
/// right, and the check digit completes the sum to a multiple of ten.
public enum GS1Digits {
  /// The check digit that belongs behind `body`, or `nil` when a character is no ASCII digit.
  public static func checkDigit(of body: some StringProtocol) -> Int? {
    var sum = 0
    var weight = 3
    for byte in body.utf8.reversed() {
      guard let digit = value(of: byte) else { return nil }
      sum += digit * weight
      weight = 4 - weight
      // Kept small, so that no length of input can overflow it.
      sum %= 10
    }
    return (10 - sum) % 10
  }

  /// Whether the last digit of `text` is the check digit of the rest.
  public static func isValid(_ text: String) -> Bool {
    guard let last = text.last?.utf8.first.flatMap(value), text.utf8.count > 1 else { return false }
    return checkDigit(of: text.dropLast()) == last
  }

  static func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { value(of: $0) != nil }
  }

  static func padded(_ text: String, to width: Int) -> String {
    text.utf8.count >= width ? text : String(repeating: "0", count: width - text.utf8.count) + text
  }

  private static func value(of byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
  }

  /// Refuses `text` unless it is digits, of a length in `lengths`, and ends with its check digit.
  static func verify(
    _ text: String, lengths: Set<Int>, name: String, codes: GS1Codes
  ) throws(Refusal) {
    guard isDigits(text) else { throw Refusal(codes.characters, "A \(name) has only the digits 0 to 9.") }
    guard lengths.contains(text.utf8.count) else {
      let allowed = lengths.sorted().map(String.init).joined(separator: ", ")
      throw Refusal(codes.length, "A \(name) has \(allowed) digits, not \(text.utf8.count).")
    }
    guard isValid(text) else { throw Refusal(codes.checkDigit, "The check digit of this \(name) is wrong.") }
  }
}

/// The three ways in which a GS1 key can be wrong.
struct GS1Codes {
  let characters: RefusalCode
  let length: RefusalCode
  let checkDigit: RefusalCode

  init(_ noun: String) {
    characters = RefusalCode("\(noun).characters", .invalid)
    length = RefusalCode("\(noun).length", .invalid)
    checkDigit = RefusalCode("\(noun).checkDigit", .invalid)
  }
}
