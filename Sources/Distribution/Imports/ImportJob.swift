import BulkheadCore
import BulkheadData

/// How far a file is.
public enum ImportState: String, Sendable, CaseIterable {
  /// Parts are still coming.
  case uploading
  /// All rows are being looked at; nothing is changed. Goes on to `checked` or `failed`.
  case checking
  /// It is known which rows would be refused; a person decides.
  case checked
  /// Rows are being taken in. Goes on to `done` or `failed`.
  case running
  case done
  /// The file cannot be read, or what every row needs is missing.
  case failed
  case cancelled

  /// Which of the two ways through the file this is.
  var pass: ImportPass? {
    switch self {
    case .checking: .check
    case .running: .run
    case .uploading, .checked, .done, .failed, .cancelled: nil
    }
  }

  var isFinal: Bool {
    switch self {
    case .done, .failed, .cancelled: true
    case .uploading, .checking, .checked, .running: false
    }
  }
}

/// One way through a file.
public enum ImportPass: String, Sendable, CaseIterable {
  /// A dry run: all checks, no changes.
  case check
  case run
}

/// A file as its row stands.
struct ImportJob: Sendable {
  /// Rows refused that are kept; a check that finds more gives up.
  static let refusalsMax = 10_000
  /// Imports that have not ended, per tenant.
  static let openMax = 1000
  static let partsMax = 64
  static let partBytesMax = 1 << 20

  let id: EntityID
  let kind: ImportKind
  let fileName: String
  let sources: [ImportSource]
  let delimiter: CSVDelimiter?
  let header: [String]?
  let state: ImportState
  let size: Int64?
  let sha256: String?
  let nextByte: Int64
  let nextLine: Int64
  let turn: Int64
  let checkedRows, checkedRefused, runRows, runRefused, made: Int64
  let failure: (code: String, reason: String)?
  let createdBy: String
  let createdAt: Instant
  let changedAt: Instant
  let version: Int64

  init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    kind = try row.known(1)
    fileName = try row.text(2)
    sources = (try row.json(3).array ?? []).compactMap { ImportSource($0) }
    delimiter = row.textOrNil(4).flatMap { CSVDelimiter(rawValue: $0) }
    header = row.isNull(5) ? nil : (try row.json(5).array ?? []).compactMap(\.string)
    state = try row.known(6)
    size = row.intOrNil(7)
    sha256 = row.bytesOrNil(8).map { Hex.encode($0) }
    nextByte = try row.int(9)
    nextLine = try row.int(10)
    turn = try row.int(11)
    checkedRows = try row.int(12)
    checkedRefused = try row.int(13)
    runRows = try row.int(14)
    runRefused = try row.int(15)
    made = try row.int(16)
    failure = row.textOrNil(17).map { ($0, row.textOrNil(18) ?? "") }
    createdBy = try row.text(19)
    createdAt = try row.instant(20)
    changedAt = try row.instant(21)
    version = try row.int(22)
  }

  /// How much of the file the pass under way has gone through, in percent.
  var percent: Int64 {
    guard let size, size > 0 else { return 0 }
    switch state {
    case .checking, .running, .failed, .cancelled: return min(100, nextByte * 100 / size)
    case .checked, .done: return 100
    case .uploading: return 0
    }
  }

  var json: JSON {
    [
      "id": .id(id), "kind": .string(kind.rawValue), "fileName": .string(fileName), "state": .string(state.rawValue),
      "columns": .array(sources.map(\.json)), "delimiter": .optional(delimiter?.rawValue),
      "size": size.map { .int($0) } ?? .null, "sha256": .optional(sha256), "percent": .int(percent),
      "checked": ["rows": .int(checkedRows), "refused": .int(checkedRefused)],
      "run": ["rows": .int(runRows), "refused": .int(runRefused), "made": .int(made)],
      "failure": failure.map { ["code": .string($0.code), "reason": .string($0.reason)] } ?? .null,
      "createdBy": .string(createdBy), "createdAt": .instant(createdAt), "changedAt": .instant(changedAt),
      "version": .int(version),
    ]
  }
}
