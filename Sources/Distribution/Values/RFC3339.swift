import BulkheadCore

extension Instant {
  /// Reads what a schema of `dateTime` accepts, with any offset; what is finer than a microsecond is dropped.
  init?(rfc3339 text: String) {
    let upper = text.uppercased()
    let zoneStart = upper.dropFirst(19).firstIndex { $0 == "Z" || $0 == "+" || $0 == "-" }
    guard let zoneStart else { return nil }
    let zone = upper[zoneStart...]
    let parts = upper[..<zoneStart].split(separator: ".", maxSplits: 1)
    guard let whole = parts.first else { return nil }
    let fraction = parts.count == 2 ? "." + parts[1].prefix(6) : ""
    guard let local = Instant(postgres: whole + fraction + "Z") else { return nil }
    guard zone != "Z" else {
      self = local
      return
    }
    let numbers = zone.dropFirst().split(separator: ":").compactMap { Int64($0) }
    guard numbers.count == 2 else { return nil }
    let offset = (numbers[0] * 60 + numbers[1]) * 60
    self = zone.hasPrefix("-") ? local + .seconds(offset) : local - .seconds(offset)
  }
}
