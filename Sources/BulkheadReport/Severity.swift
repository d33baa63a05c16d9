/// How bad a finding is. Ordered: the worst is the greatest.
package enum Severity: String, CaseIterable, Sendable, Comparable {
  case note, low, medium, high, critical

  package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// SARIF 2.1.0, section 3.27.10.
  package var sarifLevel: String {
    switch self {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .note: "note"
    }
  }

  /// The score that code scanners sort by (`security-severity`), on the scale of CVSS.
  package var score: String {
    switch self {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "3.0"
    case .note: "0.1"
    }
  }
}
