import BulkheadCore

/// A text with places to fill in, `{{order.number}}`: no conditions, no loops, nothing that could be run. Pure.
enum NotificationTemplate {
  /// `template` with each place replaced by what stands in `facts` under its dotted name, or by nothing; at most
  /// `lengthMax` characters. What is filled in is not looked through for places again.
  static func fill(_ template: String, _ facts: JSON, lengthMax: Int) -> String {
    var text = ""
    var rest = template[...]
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      text += rest[..<open.lowerBound]
      let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
      text += value(name, facts)
      rest = rest[close.upperBound...]
    }
    return String((text + rest).prefix(lengthMax))
  }

  private static func value(_ name: String, _ facts: JSON) -> String {
    var place = facts
    for part in name.split(separator: ".", omittingEmptySubsequences: false) { place = place[String(part)] ?? .null }
    switch place {
    case .bool(let isSo): return isSo ? "yes" : "no"
    default: return place.string ?? place.numberText ?? ""
    }
  }
}
