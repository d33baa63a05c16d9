import BulkheadCore
import BulkheadData

/// The file of refused rows.
enum ImportReport {
  static let contentType = "text/csv; charset=utf-8"
  private static let added = ["import_line", "import_column", "import_code", "import_reason"]

  /// `rows` of `ImportStatements.refusals`.
  static func refused(_ rows: Rows, of job: ImportJob) throws(Refusal) -> [UInt8] {
    let delimiter = job.delimiter ?? .comma
    // A file that was refused before and comes again has these columns already.
    let header = job.header ?? []
    let kept = header.indices.filter { !added.contains(header[$0]) }
    var text = CSVWriter.row(kept.map { header[$0] } + added, delimiter)
    for row in rows {
      let fields = (try row.json(4).array ?? []).map { $0.string ?? "" }
      let own = kept.map { fields.indices.contains($0) ? fields[$0] : "" }
      text += CSVWriter.row(
        own + [try row.text(0), row.textOrNil(1) ?? "", try row.text(2), try row.text(3)], delimiter)
    }
    return Array(text.utf8)
  }
}
