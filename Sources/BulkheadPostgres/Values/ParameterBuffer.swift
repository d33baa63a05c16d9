import BulkheadCore

/// The parameters of a whole pipeline, encoded one after another into one buffer.
///
/// The buffer is kept between calls, so that a steady stream of small calls allocates nothing here. Types are left to
/// the server to infer; everything travels as text but uuids and `bytea`, which travel as binary.
struct ParameterBuffer {
  /// A call that needed more than this gives its memory back when the next one begins.
  private static let keptBytesMax = 64 << 10
  /// The protocol counts a statement's parameters with 16 bits.
  static let parametersMax = 65_535

  private var bytes: [UInt8] = []
  /// Where each parameter starts in `bytes`; -1 is SQL NULL.
  private var starts: [Int] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  /// Encodes the parameters of all `commands`, in their order. Refuses with `.parameterInvalid`, also for the texts of
  /// the commands.
  mutating func encode(_ commands: [Command], bytesMax: Int) throws(PostgresError) {
    let keeps = bytes.capacity <= Self.keptBytesMax
    bytes.removeAll(keepingCapacity: keeps)
    starts.removeAll(keepingCapacity: keeps)
    lengths.removeAll(keepingCapacity: keeps)
    formats.removeAll(keepingCapacity: keeps)
    for (index, command) in commands.enumerated() {
      switch command {
      case .prepared(let text, let parameters), .once(let text, let parameters):
        guard !text.holdsNUL else { throw invalid("a statement holds a NUL character", at: index) }
        guard parameters.count <= Self.parametersMax else { throw invalid("too many parameters", at: index) }
        for parameter in parameters {
          try append(parameter, at: index)
          guard bytes.count <= bytesMax else { throw invalid("the parameters are too large", at: index) }
        }
      case .sync: break
      }
    }
  }

  private mutating func append(_ value: SQLValue, at index: Int) throws(PostgresError) {
    let start = bytes.count
    var isBinary = false
    var isText = false
    var isNull = false
    switch value {
    case .null: isNull = true
    case .bool(let flag): bytes.append(flag ? UInt8(ascii: "t") : UInt8(ascii: "f"))
    case .int(let number): bytes.appendDecimal(number)
    case .instant(let instant): bytes.append(contentsOf: instant.description.utf8)
    case .ints(let numbers): bytes.appendArray(numbers) { $0.appendDecimal($1) }
    case .ids(let ids): bytes.appendArray(ids) { $0.append(contentsOf: $1.description.utf8) }
    case .text(let text):
      isText = true
      bytes.append(contentsOf: text.utf8)
    case .texts(let texts):
      isText = true
      bytes.appendArray(texts) { $0.appendQuoted($1) }
    case .id(let id):
      isBinary = true
      bytes.appendBigEndian(id.high)
      bytes.appendBigEndian(id.low)
    case .bytes(let raw):
      isBinary = true
      bytes.append(contentsOf: raw)
    }
    if isText, bytes.holdsNUL(from: start) { throw invalid("a text holds a NUL character", at: index) }
    guard let length = Int32(exactly: bytes.count - start) else { throw invalid("a parameter is too large", at: index) }
    starts.append(isNull ? -1 : start)
    lengths.append(length)
    formats.append(isBinary ? 1 : 0)
    // libpq finds the end of a text parameter by its NUL.
    bytes.append(0)
  }

  private func invalid(_ message: String, at index: Int) -> PostgresError {
    PostgresError(.parameterInvalid, message: message, commandIndex: index)
  }

  /// Lends the parameters in the form libpq takes them in, for the length of `body`.
  func withPointers<Result>(_ body: (ParameterPointers) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { bytes in
      lengths.withUnsafeBufferPointer { lengths in
        formats.withUnsafeBufferPointer { formats in
          withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: max(starts.count, 1)) { values in
            values.initialize(repeating: nil)
            if let base = bytes.baseAddress {
              let text = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
              for (index, start) in starts.enumerated() where start >= 0 { values[index] = text + start }
            }
            return body(
              ParameterPointers(values: UnsafePointer(values.baseAddress), lengths: lengths, formats: formats))
          }
        }
      }
    }
  }
}

/// The three arrays that libpq's send functions read, over all parameters of a pipeline.
struct ParameterPointers {
  let values: UnsafePointer<UnsafePointer<CChar>?>?
  let lengths: UnsafeBufferPointer<Int32>
  let formats: UnsafeBufferPointer<Int32>
}
