import BulkheadCore
import BulkheadData

/// A file that lies in parts, read from where the last step ended.
struct ImportFile {
  /// Bytes fetched at once.
  private static let windowBytes = 256 * 1024

  private let id: EntityID
  private let parts: [(number: Int64, begin: Int64, end: Int64)]
  private let size: Int64
  private var loaded: Int64
  private var reader: CSVReader
  private var isFinished = false
  /// Where a step that ends here would leave the next one.
  private(set) var nextByte: Int64
  private(set) var nextLine: Int64
  let delimiter: CSVDelimiter

  /// Opens the file of `job` at its place. Looks into its first row for the delimiter when nobody said.
  init(_ job: ImportJob, in tx: Transaction) async throws {
    id = job.id
    var parts: [(number: Int64, begin: Int64, end: Int64)] = []
    var end: Int64 = 0
    for row in try await tx.run(ImportStatements.sizes, .id(job.id)) {
      let length = try row.int(1)
      parts.append((try row.int(0), end, end + length))
      end += length
    }
    self.parts = parts
    size = end
    nextByte = job.nextByte
    nextLine = job.nextLine
    loaded = job.nextByte
    var first = try await Self.piece(job.id, parts, from: job.nextByte, in: tx)
    // The first part may end within the first row.
    while job.delimiter == nil, loaded + Int64(first.count) < size, first.count < CSVLimits.standard.rowBytesMax,
      !first.contains(CSVReader.lineFeed)
    {
      first += try await Self.piece(job.id, parts, from: loaded + Int64(first.count), in: tx)
    }
    delimiter = job.delimiter ?? CSVDelimiter.found(in: first)
    reader = CSVReader(delimiter, line: Int(job.nextLine))
    reader.append(first)
    loaded += Int64(first.count)
  }

  var isAtEnd: Bool { nextByte >= size }

  /// The next row, after which a step could end.
  mutating func next(in tx: Transaction) async throws -> CSVRow? {
    let row = try await peek(in: tx)
    keep()
    return row
  }

  /// The next row, given out without moving the place where the step ends: `keep` does that.
  mutating func peek(in tx: Transaction) async throws -> CSVRow? {
    while true {
      if let row = try reader.next() { return row }
      guard loaded < size else {
        if isFinished { return nil }
        isFinished = true
        reader.finish()
        continue
      }
      let more = try await Self.piece(id, parts, from: loaded, in: tx)
      guard !more.isEmpty else {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a part of import \(id) is gone")
      }
      reader.append(more)
      loaded += Int64(more.count)
    }
  }

  private var base: (byte: Int64, consumed: Int)?

  mutating func keep() {
    let begin = base ?? (nextByte, 0)
    base = begin
    nextByte = begin.byte + Int64(reader.consumed)
    nextLine = Int64(reader.nextLine)
  }

  private static func piece(
    _ id: EntityID, _ parts: [(number: Int64, begin: Int64, end: Int64)], from byte: Int64, in tx: Transaction
  ) async throws -> [UInt8] {
    guard let part = parts.first(where: { $0.begin <= byte && byte < $0.end }) else { return [] }
    let rows = try await tx.run(
      ImportStatements.piece, .id(id), .int(part.number), .int(byte - part.begin + 1), .int(Int64(windowBytes)))
    return try rows.first?.bytes(0) ?? []
  }
}
