import BulkheadCore
import BulkheadData

/// Takes files in, checks them, runs them and stops them.
public struct ImportDesk: Sendable {
  /// Topic of the event that a file is to be gone on with; its payload is `{"import": id, "turn": n}`.
  static let stepTopic = "import.step"

  let services: Services

  public init(_ services: Services) { self.services = services }

  struct New: Sendable {
    let kind: ImportKind
    let fileName: String
    let sources: [ImportSource]
    let delimiter: CSVDelimiter?
  }

  /// Refuses with `import.fieldUnknown`, `import.fieldTwice`, `import.tooManyOpen`.
  func create(_ new: New, in tx: Transaction) async throws -> ImportJob {
    let known = Set(new.kind.fields.map(\.name))
    var seen: Set<String> = []
    for (index, source) in new.sources.enumerated() {
      guard known.contains(source.field) else {
        throw Refusal(
          .importFieldUnknown, "There is no field \(source.field) in a file of \(new.kind.rawValue).",
          at: "/columns/\(index)/field")
      }
      guard seen.insert(source.field).inserted else {
        throw Refusal(.importFieldTwice, "The field \(source.field) is said twice.", at: "/columns/\(index)/field")
      }
    }
    let open = try await tx.run(ImportStatements.open)
    guard try open.first?.int(0) ?? 0 < ImportJob.openMax else {
      throw Refusal(.importTooManyOpen, "\(ImportJob.openMax) imports have not ended: finish or cancel some of them.")
    }
    let id = services.ambient.makeID()
    try tx.enqueue(
      Query(
        ImportStatements.insert, .id(id), .text(new.kind.rawValue), .text(new.fileName),
        .json(.array(new.sources.map(\.json))), .optional(new.delimiter?.rawValue),
        .text(tx.context.actor.description), .instant(services.ambient.now)))
    try tx.enqueue(
      audit("import.created", id, ["kind": .string(new.kind.rawValue), "fileName": .string(new.fileName)], tx))
    return try await read(id, tx)
  }

  /// Keeps one part of the file. The same bytes again change nothing. Refuses with `import.wrongState` and
  /// `import.partDiffers`.
  func put(_ bytes: [UInt8], part: Int, of id: EntityID, in tx: Transaction) async throws -> JSON {
    let job = try await lock(id, tx)
    guard !bytes.isEmpty else { throw Refusal(.importPartEmpty, "A part of a file has at least one byte.") }
    guard job.state == .uploading else { throw Self.wrongState(job, "takes no more parts") }
    let found = try await tx.run(ImportStatements.part, .id(id), .int(Int64(part)), .bytes(bytes))
    if let row = found.first {
      guard try row.bool(0) else {
        throw Refusal(.importPartDiffers, "Part \(part) is here already, with other bytes.")
      }
    } else {
      try tx.enqueue(
        Query(
          ImportStatements.insertPart, .id(id), .int(Int64(part)), .bytes(bytes), .instant(services.ambient.now)))
    }
    guard let row = try await tx.run(ImportStatements.shownPart, .id(id), .int(Int64(part))).first else {
      throw Refusal.notFound
    }
    return [
      "importId": .id(id), "number": .int(try row.int(0)), "size": .int(try row.int(1)),
      "sha256": .string(Hex.encode(try row.bytes(2))),
    ]
  }

  /// Says that the file is whole and begins the check. Refuses with `import.wrongState`, `import.partsMissing` and
  /// `import.hashMismatch`.
  func check(_ id: EntityID, parts: Int64, sha256: String?, in tx: Transaction) async throws -> ImportJob {
    let job = try await lock(id, tx)
    guard job.state == .uploading else { throw Self.wrongState(job, "is whole already") }
    let rows = try await tx.run(ImportStatements.whole, .id(id))
    guard let row = rows.first, try row.int(0) == parts, row.intOrNil(1) == parts, let size = row.intOrNil(2) else {
      throw Refusal(.importPartsMissing, "Not all parts from 1 to \(parts) are here.", at: "/parts")
    }
    let hash = try row.bytes(3)
    guard sha256.map({ $0.lowercased() == Hex.encode(hash) }) ?? true else {
      throw Refusal(.importHashMismatch, "What arrived is not the file that this hash is of.", at: "/sha256")
    }
    try tx.enqueue(
      Query(ImportStatements.seal, .id(id), .int(size), .bytes(hash), .instant(services.ambient.now)))
    try tx.enqueue(Self.event(id, turn: job.turn, services, tx.context))
    try tx.enqueue(audit("import.checking", id, ["size": .int(size), "sha256": .string(Hex.encode(hash))], tx))
    return try await read(id, tx)
  }

  /// Begins to take the rows in. Refuses with `import.wrongState`, and with `import.fileRepeated` unless `again`.
  func run(_ id: EntityID, again: Bool, in tx: Transaction) async throws -> ImportJob {
    let job = try await lock(id, tx)
    guard job.state == .checked else { throw Self.wrongState(job, "cannot be run now") }
    try tx.context.require(job.kind.permission)
    let hash = job.sha256.flatMap { Hex.decode($0) } ?? []
    let repeated = try await tx.run(ImportStatements.repeated, .id(id), .text(job.kind.rawValue), .bytes(hash))
    guard again || repeated.isEmpty else {
      throw Refusal(.importFileRepeated, "This file was taken in before; send again if you mean it.")
    }
    try tx.enqueue(Query(ImportStatements.start, .id(id), .instant(services.ambient.now)))
    try tx.enqueue(Self.event(id, turn: job.turn + 1, services, tx.context))
    try tx.enqueue(audit("import.started", id, ["rows": .int(job.checkedRows)], tx))
    return try await read(id, tx)
  }

  /// Stops where it is. What steps have taken in stays. Refuses with `import.wrongState`.
  func cancel(_ id: EntityID, in tx: Transaction) async throws -> ImportJob {
    let job = try await lock(id, tx)
    guard !job.state.isFinal else { throw Self.wrongState(job, "has ended") }
    try Self.end(id, in: .cancelled, nil, services, tx)
    return try await read(id, tx)
  }

  /// Ends a pass or the whole import, with its entry in the audit trail. Of what has ended, the file is not kept.
  static func end(
    _ id: EntityID, in state: ImportState, _ failure: (code: String, reason: String)?, _ services: Services,
    _ tx: Transaction
  ) throws {
    try tx.enqueue(
      Query(
        ImportStatements.end, .id(id), .text(state.rawValue), .optional(failure?.code), .optional(failure?.reason),
        .instant(services.ambient.now)))
    if state.isFinal {
      try tx.enqueue(Query(ImportStatements.dropParts, .id(id)))
      try tx.enqueue(Query(ImportStatements.dropClaims, .id(id)))
    }
    var detail: [JSON.Member] = [.init("state", .string(state.rawValue))]
    if let failure { detail.append(.init("code", .string(failure.code))) }
    try tx.enqueue(
      services.audit.query(
        "import.\(state.rawValue)", subject: "import:\(id)", detail: .object(detail), context: tx.context))
  }

  static func event(_ id: EntityID, turn: Int64, _ services: Services, _ context: TenantContext) throws -> Query {
    try services.outbox.query(
      topic: stepTopic, key: id.description, payload: ["import": .id(id), "turn": .int(turn)], context: context)
  }

  private func audit(_ act: String, _ id: EntityID, _ detail: JSON, _ tx: Transaction) throws -> Query {
    try services.audit.query(act, subject: "import:\(id)", detail: detail, context: tx.context)
  }

  private func lock(_ id: EntityID, _ tx: Transaction) async throws -> ImportJob {
    guard let row = try await tx.run(ImportStatements.lock, .id(id)).first else { throw Refusal.notFound }
    return try ImportJob(row)
  }

  private func read(_ id: EntityID, _ tx: Transaction) async throws -> ImportJob {
    guard let row = try await tx.run(ImportStatements.one, .id(id)).first else { throw Refusal.notFound }
    return try ImportJob(row)
  }

  private static func wrongState(_ job: ImportJob, _ what: String) -> Refusal {
    Refusal(.importWrongState, "An import that is \(job.state.rawValue) \(what).")
  }
}
