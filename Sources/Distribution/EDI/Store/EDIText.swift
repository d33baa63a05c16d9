/// Text of a document made fit to be shown and stored.
enum EDIText {
  /// At most `max` characters; control characters become U+FFFD.
  static func printable(_ text: String, max: Int) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(max) {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      result.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  /// Only letters and digits, at least one: types and control numbers of documents that were refused.
  static func token(_ text: String, max: Int) -> String {
    let clean = text.utf8.filter(X12Number.isAlphanumeric).prefix(max)
    return clean.isEmpty ? "0" : String(decoding: Array(clean), as: UTF8.self)
  }
}
