import BulkheadCore
import BulkheadData
import BulkheadWork

/// Goes through files, as a job. Tenant-scoped.
///
/// Each step is a transaction that holds the file's row, so a job that is run again, or by two workers at once, takes
/// no row twice: it goes on where the last step that was committed has ended. After some steps the file is handed to a
/// job behind the others that wait, so that a large file does not keep a worker for itself.
struct ImportHandler: Sendable {
  /// Steps that one job takes.
  static let stepsMax = 8
  /// A step that is refused as a whole is tried with this part of its rows.
  private static let shrink = 8

  let services: Services

  func handle(_ job: Job, _ tenant: Tenant) async throws {
    guard let id = job.payload["import"]?.id, let turn = job.payload["turn"]?.int else {
      throw JobAbandoned("import.payloadUnreadable")
    }
    do {
      try await go(id, Int64(turn), tenant)
    } catch {
      guard job.attempt >= job.attemptsMax, !(error is CancellationError) else { throw error }
      // Nobody tries again: the person who waits is told.
      try await fail(id, code: RefusalCode.importInterrupted.name, reason: "The import could not go on.", tenant)
      throw error
    }
  }

  private func fail(_ id: EntityID, code: String, reason: String, _ tenant: Tenant) async throws {
    try await tenant.transaction { tx in
      guard let row = try await tx.run(ImportStatements.lock, .id(id)).first else { return }
      guard try ImportJob(row).state.pass != nil else { return }
      try ImportDesk.end(id, in: .failed, (code, reason), services, tx)
    }
  }

  /// Whether every row would be refused for the same reason, which is no fault of any.
  private static func isOfAll(_ refusal: Refusal) -> Bool {
    [.periodClosed, .periodLocked, .setupMissing].contains(refusal.code)
  }

  private func go(_ id: EntityID, _ turn: Int64, _ tenant: Tenant) async throws {
    var rowsMax: Int?
    var blamed: ImportStep.Blame?
    var taken = 0
    while true {
      try Task.checkCancellation()
      let step = ImportStep(
        services: services, id: id, turn: turn, rowsMax: rowsMax, blamed: blamed,
        handsOver: taken + 1 >= Self.stepsMax)
      do {
        let progress = try await ConstraintRefusals.translating {
          try await tenant.transaction { tx in try await step.take(in: tx) }
        }
        guard case .goesOn = progress else { return }
        taken += 1
        blamed = nil
        // Back to full steps, by and by: what was refused may not be alone.
        rowsMax = rowsMax.map { $0 * Self.shrink }.flatMap { $0 >= Self.rowsAtMost ? nil : $0 }
      } catch let refusal as Refusal where Self.isOfAll(refusal) {
        try await fail(id, code: refusal.code.name, reason: refusal.detail, tenant)
        return
      } catch let refusal as Refusal where Self.isOfRows(refusal) {
        guard let byte = step.place.began, blamed?.byte != byte else { throw refusal }
        let rows = rowsMax ?? Self.rowsAtMost
        blamed = rows > 1 ? nil : ImportStep.Blame(refusal: refusal, byte: byte)
        if rows > 1 { rowsMax = max(1, rows / Self.shrink) }
      }
    }
  }

  private static let rowsAtMost = 1000

  /// Whether rows are refused, and would be again.
  private static func isOfRows(_ refusal: Refusal) -> Bool {
    switch refusal.code.category {
    case .invalid, .conflict, .notFound, .malformed, .tooLarge: true
    case .internal, .unavailable, .limited, .unauthenticated, .forbidden, .methodNotAllowed, .preconditionFailed,
      .preconditionRequired, .unsupportedMedia:
      false
    }
  }
}
