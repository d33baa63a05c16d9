import BulkheadCore
import BulkheadData

/// What the rows of one step lead to.
struct ImportOutcome: Sendable {
  /// By position of the row in the step.
  private(set) var refused: [Int: ImportRefusal] = [:]
  /// Documents and records made, or that would be made.
  var made = 0

  /// The first refusal of a row stands.
  mutating func refuse(_ row: Int, _ refusal: ImportRefusal) {
    if refused[row] == nil { refused[row] = refusal }
  }

  func isRefused(_ row: Int) -> Bool { refused[row] != nil }
}

/// What a row claims for itself within its file: a later row that claims the same is refused.
struct ImportClaim: Hashable, Sendable {
  /// At most 300 bytes.
  let key: String
  let row: Int
  let column: String
  let what: String
}

/// Rows of one kind, read and waiting to be decided.
protocol ImportWork: Sendable {
  /// Reads the rows. What can be refused without looking anything up is refused here.
  init(_ rows: [ImportRow], _ outcome: inout ImportOutcome)

  /// What must be the only one of its file.
  var claims: [ImportClaim] { get }

  /// Looks up what the rows name and refuses what the desks would refuse; with `writes`, does it. A refusal that is
  /// thrown is of the whole step: the caller tries with fewer rows until it knows whose it is.
  func decide(_ outcome: inout ImportOutcome, writes: Bool, _ services: Services, in tx: Transaction) async throws
}
