import BulkheadCore

/// Where one field comes from, as the person who imports says.
public struct ImportSource: Hashable, Sendable {
  public let field: String
  /// Name in the first row of the file.
  public let column: String?
  /// For rows that have nothing in the column, or for all rows when there is no column.
  public let value: String?

  public init(field: String, column: String? = nil, value: String? = nil) {
    self.field = field
    self.column = column
    self.value = value
  }

  var json: JSON { ["field": .string(field), "column": .optional(column), "value": .optional(value)] }

  init?(_ json: JSON) {
    guard let field = json["field"]?.string else { return nil }
    self.init(field: field, column: json["column"]?.string, value: json["value"]?.string)
  }
}

/// Which column of a file is which field. Fields that nothing is said of are found by the column's name: letters and
/// digits count, their case does not. Columns that are no field are passed over.
struct ImportColumns: Sendable {
  struct Column: Hashable, Sendable {
    /// From 0; `nil`: the default alone.
    let index: Int?
    /// As the file calls it.
    let title: String?
    let value: String?
  }

  let header: [String]
  private let columns: [String: Column]

  /// Refuses with `import.columnMissing` or `import.columnTwice`.
  init(_ kind: ImportKind, header: [String], sources: [ImportSource]) throws(Refusal) {
    self.header = header
    let said = Dictionary(sources.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
    var columns: [String: Column] = [:]
    for field in kind.fields {
      let source = said[field.name]
      if let title = source?.column {
        let found = header.indices.filter { Self.plain(header[$0]) == Self.plain(title) }
        guard let index = found.first else {
          throw Refusal(.importColumnMissing, "The file has no column \(title) for \(field.name).")
        }
        columns[field.name] = Column(
          index: try Self.single(found, title, index), title: header[index], value: source?.value)
      } else if let value = source?.value {
        columns[field.name] = Column(index: nil, title: nil, value: value)
      } else {
        let found = header.indices.filter { Self.plain(header[$0]) == Self.plain(field.name) }
        guard let index = found.first else { continue }
        let title = header[index]
        columns[field.name] = Column(index: try Self.single(found, title, index), title: title, value: nil)
      }
    }
    for names in kind.required where names.allSatisfy({ columns[$0] == nil }) {
      throw Refusal(.importColumnMissing, "The file has no column for \(names.joined(separator: " or ")).")
    }
    self.columns = columns
  }

  /// What `row` has for the field `name`; `nil` when it is empty.
  func value(_ name: String, in row: CSVRow) -> String? {
    guard let column = columns[name] else { return nil }
    if let index = column.index, row.fields.indices.contains(index) {
      let text = Self.trimmed(row.fields[index])
      if !text.isEmpty { return text }
    }
    return column.value
  }

  /// What the file calls the field `name`; the field's own name where it has no column.
  func title(_ name: String) -> String { columns[name]?.title ?? name }

  private static func single(_ found: [Int], _ title: String, _ index: Int) throws(Refusal) -> Int {
    guard found.count == 1 else {
      throw Refusal(.importColumnTwice, "The file has more than one column \(title).")
    }
    return index
  }

  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    )
    .lowercased()
  }

  /// Without the spaces and tabs around it.
  static func trimmed(_ text: String) -> String {
    guard let first = text.utf8.first, let last = text.utf8.last, first <= 0x20 || last <= 0x20 else { return text }
    let bytes = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    var kept = Substring(bytes)
    while let end = kept.utf8.last, end == 0x20 || end == 0x09 { kept.removeLast() }
    return String(kept)
  }
}
