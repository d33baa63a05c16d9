import BulkheadCore

/// Findings and documents as JSON. What stood in a faulty document is shown without its control characters: some of
/// them cannot be stored, and none of them helps.
extension X12Finding {
  static let noteMax = 500

  var json: JSON {
    [
      "level": .string(level.rawValue), "code": .string(code), "place": .string(EDIText.printable(place, max: 80)),
      "note": .string(EDIText.printable(note, max: Self.noteMax)), "isFatal": .bool(isFatal),
      "value": .optional(value.map { EDIText.printable($0, max: 99) }),
    ]
  }

}

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
