import BulkheadCore
import BulkheadData
import Synchronization

/// One step through a file: some rows, what they lead to, and the place of the next step, in one transaction.
struct ImportStep: Sendable {
  enum Progress: Sendable {
    /// There is more to do.
    case goesOn
    /// The pass has ended, or another job has taken over.
    case over
  }

  let services: Services
  let id: EntityID
  let turn: Int64
  /// Rows of the step; `nil`: as many as the kind takes.
  var rowsMax: Int?
  /// Why the rows at a place of the file could not be taken, when that is known: they are refused without another try,
  /// if the step begins there. Another job may have gone on with the file since.
  var blamed: Blame?
  /// Told where the step begins.
  var place = Place()
  /// Whether another job goes on after this step.
  var handsOver = false

  struct Blame: Sendable {
    let refusal: Refusal
    /// The byte of the file at which the refused rows begin.
    let byte: Int64
  }

  /// Where a step began, also when it came to nothing.
  final class Place: Sendable {
    private let byte = Mutex<Int64?>(nil)
    var began: Int64? { byte.withLock { $0 } }
    fileprivate func begin(_ at: Int64) { byte.withLock { $0 = at } }
  }

  func take(in tx: Transaction) async throws -> Progress {
    guard let row = try await tx.run(ImportStatements.lock, .id(id)).first else { return .over }
    let job = try ImportJob(row)
    guard let pass = job.state.pass, job.turn == turn else { return .over }
    place.begin(job.nextByte)
    do {
      return try await take(job, pass, in: tx)
    } catch let fault as CSVFault {
      // The rows before the fault have been taken by the steps before; this one changes nothing else.
      let place = "line \(fault.line), field \(fault.column)"
      let reason =
        switch fault.cause {
        case .unclosedQuote: "A quote that is opened in \(place) is never closed."
        case .rowTooLong:
          "The row of \(place) is longer than \(CSVLimits.standard.rowBytesMax) bytes; a quote may be missing."
        }
      try fail(job, code: fault.cause.rawValue, reason: reason, in: tx)
      return .over
    } catch let refusal as Refusal where Self.ends(refusal) {
      try fail(job, code: refusal.code.name, reason: refusal.detail, in: tx)
      return .over
    }
  }

  /// Whether a refusal is of the file as a whole, not of one of its rows, and was found before anything was written.
  private static func ends(_ refusal: Refusal) -> Bool {
    [.importColumnMissing, .importColumnTwice, .importNoRows, .setupMissing].contains(refusal.code)
  }

  private func take(_ job: ImportJob, _ pass: ImportPass, in tx: Transaction) async throws -> Progress {
    var file = try await ImportFile(job, in: tx)
    var header = job.header
    if header == nil || job.nextByte == 0 {
      guard let first = try await file.next(in: tx), first.fault == nil else {
        throw Refusal(.importNoRows, "The first row, which names the columns, cannot be read.")
      }
      header = first.fields.map { ImportColumns.trimmed($0) }
      try tx.enqueue(
        Query(
          ImportStatements.describe, .id(id), .text(file.delimiter.rawValue),
          .json(.array((header ?? []).map { .string($0) }))))
    }
    let columns = try ImportColumns(job.kind, header: header ?? [], sources: job.sources)
    let rows = try await read(&file, columns, job.kind, in: tx)
    let isLast = file.isAtEnd || rows.isEmpty
    if pass == .check, isLast, job.checkedRows == 0, rows.isEmpty {
      throw Refusal(.importNoRows, "The file has no rows after the first, which names the columns.")
    }
    let outcome = try await decide(rows, job, pass, in: tx)
    try note(rows, outcome, job, pass, file, in: tx)
    if pass == .check, Int(job.checkedRefused) + outcome.refused.count > ImportJob.refusalsMax {
      try fail(
        job, code: RefusalCode.importTooManyRefused.name,
        reason: "More than \(ImportJob.refusalsMax) rows would be refused: mend the file or its columns first.", in: tx)
      return .over
    }
    guard isLast else {
      if handsOver { try tx.enqueue(event(turn + 1, tx)) }
      return handsOver ? .over : .goesOn
    }
    try finish(job, pass, in: tx)
    return .over
  }

  /// Rows up to the bound; rows that belong together stay together, up to a bound that no good file reaches.
  private func read(
    _ file: inout ImportFile, _ columns: ImportColumns, _ kind: ImportKind, in tx: Transaction
  ) async throws -> [ImportRow] {
    let bound = rowsMax ?? kind.rowsPerStep
    var rows: [ImportRow] = []
    while rows.count < bound + OrderRequest.linesMax + 1, let next = try await file.peek(in: tx) {
      let row = ImportRow(row: next, columns: columns)
      if rows.count >= bound {
        guard kind == .orders, let last = rows.last, OrderImport.key(last) == OrderImport.key(row) else { return rows }
      }
      rows.append(row)
      file.keep()
    }
    if rows.count < bound { file.keep() }
    return rows
  }

  private func decide(
    _ rows: [ImportRow], _ job: ImportJob, _ pass: ImportPass, in tx: Transaction
  ) async throws -> ImportOutcome {
    var outcome = ImportOutcome()
    let blamed = blamed.flatMap { $0.byte == job.nextByte ? $0.refusal : nil }
    for (index, row) in rows.enumerated() {
      if let blamed {
        outcome.refuse(index, ImportRefusal(blamed))
      } else {
        do throws(ImportRefusal) { try row.check() } catch { outcome.refuse(index, error) }
      }
    }
    guard blamed == nil, !rows.isEmpty else { return outcome }
    let work: any ImportWork =
      switch job.kind {
      case .products: ProductImport(rows, &outcome)
      case .stock: StockImport(rows, &outcome)
      case .prices: PriceImport(rows, &outcome)
      case .orders: OrderImport(rows, &outcome)
      }
    try await settle(work.claims, rows, &outcome, in: tx)
    try await work.decide(&outcome, writes: pass == .run, services, in: tx)
    return outcome
  }

  /// Refuses rows whose claim an earlier row of the file has. The second pass finds the claims of the first.
  private func settle(
    _ claims: [ImportClaim], _ rows: [ImportRow], _ outcome: inout ImportOutcome, in tx: Transaction
  ) async throws {
    guard !claims.isEmpty else { return }
    let keys = claims.map(\.key)
    let found = try await tx.run(
      Query(
        ImportStatements.claim, .id(id), .texts(keys), .ints(claims.map { Int64(rows[$0.row].line) })),
      Query(ImportStatements.claimed, .id(id), .texts(keys)))
    var owners: [String: Int64] = [:]
    for row in found[1] { owners[try row.text(0)] = try row.int(1) }
    for claim in claims {
      guard let owner = owners[claim.key], owner != Int64(rows[claim.row].line) else { continue }
      outcome.refuse(
        claim.row,
        rows[claim.row].refusal(.importRowRepeated, "Line \(owner) has the same \(claim.what).", claim.column))
    }
  }

  // MARK: Writing down

  private func note(
    _ rows: [ImportRow], _ outcome: ImportOutcome, _ job: ImportJob, _ pass: ImportPass, _ file: ImportFile,
    in tx: Transaction
  ) throws {
    let now = services.ambient.now
    let before = pass == .check ? job.checkedRefused : job.runRefused
    let kept = outcome.refused.sorted { $0.key < $1.key }.prefix(max(0, ImportJob.refusalsMax - Int(before)))
    if !kept.isEmpty {
      try tx.enqueue(
        Query(
          ImportStatements.insertRefusals, .id(id), .text(pass.rawValue),
          .ids(kept.map { _ in services.ambient.makeID() }), .ints(kept.map { Int64(rows[$0.key].line) }),
          .texts(kept.map(\.value.column)), .texts(kept.map(\.value.code)),
          .texts(kept.map { String($0.value.reason.prefix(500)) }),
          .texts(kept.map { Self.fields(rows[$0.key].row) })))
    }
    var values: [SQLValue] = [
      .id(id), .int(file.nextByte), .int(file.nextLine), .int(handsOver ? 1 : 0), .int(Int64(rows.count)),
      .int(Int64(outcome.refused.count)), .instant(now),
    ]
    if pass == .run { values.append(.int(Int64(outcome.made))) }
    try tx.enqueue(Query(pass == .check ? ImportStatements.stepChecked : ImportStatements.stepRun, values))
    guard pass == .run, outcome.made > 0 else { return }
    try tx.enqueue(
      services.audit.query(
        "import.advanced", subject: "import:\(id)",
        detail: [
          "kind": .string(job.kind.rawValue), "rows": .int(rows.count), "refused": .int(outcome.refused.count),
          "made": .int(outcome.made), "fromLine": .int(rows.first?.line ?? 0),
        ], context: tx.context))
  }

  /// A row as it stood in the file, up to this many bytes.
  private static let rowBytesMax = 2000

  private static func fields(_ row: CSVRow) -> String {
    var left = rowBytesMax
    let kept = row.fields.prefix { field in
      left -= field.utf8.count
      return left >= 0
    }
    return JSON.array(kept.map { .string($0) }).text
  }

  private func event(_ turn: Int64, _ tx: Transaction) throws -> Query {
    try ImportDesk.event(id, turn: turn, services, tx.context)
  }

  private func finish(_ job: ImportJob, _ pass: ImportPass, in tx: Transaction) throws {
    let state: ImportState = pass == .check ? .checked : .done
    try ImportDesk.end(job.id, in: state, nil, services, tx)
  }

  private func fail(_ job: ImportJob, code: String, reason: String, in tx: Transaction) throws {
    try ImportDesk.end(job.id, in: .failed, (code, String(reason.prefix(500))), services, tx)
  }
}
