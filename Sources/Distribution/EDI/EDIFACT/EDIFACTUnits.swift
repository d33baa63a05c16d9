/// Units of measure: EDIFACT has those of UN/ECE Recommendation 20, tenants mostly those of X12 element 355.
///
/// Each unit has one counterpart and no other. What a partner ordered in is written back in the partner's own word.
public struct EDIFACTUnits: Sendable {
  private static let pairs = [
    "EA": "PCE", "DZ": "DZN", "CA": "CS", "PL": "PF", "LB": "LBR", "KG": "KGM", "GR": "GRM", "GA": "GLL", "LT": "LTR",
    "FT": "FOT", "MR": "MTR",
  ]
  private static let backwards = Dictionary(pairs.map { ($1, $0) }) { first, _ in first }
  /// All that have a counterpart.
  static let translated = Array(backwards.keys).sorted()

  /// Those units of the recommendation that the tenant itself has.
  private let own: Set<String>
  /// How the order that is written about called units, by the tenant's own codes.
  private let words: [String: String]

  /// - Parameters:
  ///   - own: units of the tenant; one that it has is meant as it stands, read and written.
  ///   - order: the order that is written about. Of two words for one unit the first is taken.
  public init(own: Set<String> = [], order: EDIFACTMessage? = nil) {
    self.own = own
    let said = (order?.segments ?? []).filter { $0.tag == "QTY" }.compactMap { $0.value(1, 3) }
    words = Dictionary(said.map { (Self.read($0, own: own), $0) }) { first, _ in first }
  }

  /// The tenant's unit for one of a document.
  func read(_ unit: String) -> String { Self.read(unit, own: own) }

  private static func read(_ unit: String, own: Set<String>) -> String {
    own.contains(unit) ? unit : backwards[unit] ?? unit
  }

  /// A document's unit for one of the tenant. The counterpart would be another unit where the tenant has that too.
  func written(_ unit: String) -> String {
    if let word = words[unit] { return word }
    guard let counterpart = Self.pairs[unit], !own.contains(counterpart) else { return unit }
    return counterpart
  }
}
