/// Units of measure: EDIFACT has those of UN/ECE Recommendation 20, tenants mostly those of X12 element 355.
///
/// Each unit has one counterpart and no other, so that what is read is written back as it came.
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

  /// - Parameter own: units of the tenant; one that it has is meant as it stands.
  public init(own: Set<String> = []) { self.own = own }

  /// The tenant's unit for one of a document.
  func read(_ unit: String) -> String { own.contains(unit) ? unit : Self.backwards[unit] ?? unit }

  /// A document's unit for one of the tenant.
  static func written(_ unit: String) -> String { pairs[unit] ?? unit }
}
