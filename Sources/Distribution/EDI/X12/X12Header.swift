import BulkheadCore

/// Reads the ISA: 106 bytes at fixed places, from which everything after it learns its punctuation.
struct X12HeaderReader {
  static let length = 106
  /// Widths of ISA01 to ISA16 (ASC X12.5, 004010).
  static let widths = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]
  /// The interchange versions that are read: 4010 and its neighbours with the same ISA.
  static let versions: Set<String> = ["00400", "00401"]

  let header: X12InterchangeHeader
  let findings: [X12Finding]

  /// Refuses with `edi.notX12` or `edi.truncated` when there is no ISA to answer.
  init(_ bytes: ArraySlice<UInt8>) throws(Refusal) {
    guard bytes.starts(with: "ISA".utf8) else {
      throw Refusal(.ediNotX12, "An X12 interchange begins with ISA.", at: "ISA[1]")
    }
    guard bytes.count >= Self.length else {
      throw Refusal(.ediTruncated, "The ISA segment has 106 bytes; the body has \(bytes.count).", at: "ISA[1]")
    }
    let isa = Array(bytes.prefix(Self.length))
    let delimiters = X12Delimiters(element: isa[3], component: isa[104], segment: isa[105])
    guard delimiters.areUsable else {
      throw Refusal(.ediNotX12, "The delimiters that the ISA declares cannot be told apart.", at: "ISA[1]")
    }
    var fields: [String] = []
    var offset = 3
    for (index, width) in Self.widths.enumerated() {
      guard isa[offset] == delimiters.element else {
        throw Refusal(
          .ediNotX12, "ISA\(Self.two(index + 1)) does not begin at byte \(offset + 2) of the interchange.",
          at: "ISA[1].\(Self.two(index + 1))")
      }
      let field = isa[(offset + 1)..<(offset + 1 + width)]
      guard index == 15 || field.allSatisfy({ (0x20...0x7E).contains($0) && $0 != delimiters.element }) else {
        throw Refusal(
          .ediNotX12, "ISA\(Self.two(index + 1)) has a character that an ISA cannot hold.",
          at: "ISA[1].\(Self.two(index + 1))")
      }
      fields.append(String(decoding: field, as: UTF8.self))
      offset += width + 1
    }
    header = X12InterchangeHeader(
      senderQualifier: fields[4], sender: Self.trimmed(fields[5]), receiverQualifier: fields[6],
      receiver: Self.trimmed(fields[7]), date: fields[8], time: fields[9], standards: fields[10], version: fields[11],
      controlNumber: fields[12], acknowledgmentRequested: fields[13], usage: fields[14], delimiters: delimiters)
    findings = Self.check(fields)
  }

  private static func check(_ fields: [String]) -> [X12Finding] {
    var findings: [X12Finding] = []
    func require(_ holds: Bool, _ element: Int, _ code: String, _ note: String) {
      guard !holds else { return }
      findings.append(
        X12Finding(
          .interchange, code, at: "ISA", 1, element: element, value: fields[element - 1],
          "ISA\(two(element)): \(note)"))
    }
    let trimmedQualifier = { (index: Int) in !trimmed(fields[index]).isEmpty }
    require(fields[0] == "00", 1, "010", "authorization information is not agreed; send 00.")
    require(fields[2] == "00", 3, "012", "security information is not agreed; send 00.")
    require(trimmedQualifier(4), 5, "005", "the sender's qualifier is missing.")
    require(!trimmed(fields[5]).isEmpty, 6, "006", "the sender's id is missing.")
    require(trimmedQualifier(6), 7, "007", "the receiver's qualifier is missing.")
    require(!trimmed(fields[7]).isEmpty, 8, "008", "the receiver's id is missing.")
    require(X12Calendar.isDate("20" + fields[8]), 9, "014", "this is not a date YYMMDD.")
    require(X12Calendar.isTime(fields[9]), 10, "015", "this is not a time HHMM.")
    require(fields[10] == "U", 11, "016", "the standards identifier is U.")
    require(versions.contains(fields[11]), 12, "017", "the version is not one of 00400 and 00401.")
    require(isNumber(fields[12]), 13, "018", "the control number has nine digits.")
    require(fields[13] == "0" || fields[13] == "1", 14, "019", "this is 0 or 1.")
    require(["T", "P", "I"].contains(fields[14]), 15, "020", "this is T, P or I.")
    return findings
  }

  private static func isNumber(_ text: String) -> Bool {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
