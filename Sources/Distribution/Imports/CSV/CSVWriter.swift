/// Writes rows as RFC 4180 has them: a field is quoted when it must be, rows end with CR LF.
public enum CSVWriter {
  public static func row(_ fields: [String], _ delimiter: CSVDelimiter = .comma) -> String {
    if fields == [""] { return "\"\"\r\n" }
    let separator = String(UnicodeScalar(delimiter.byte))
    return fields.map { field($0, delimiter) }.joined(separator: separator) + "\r\n"
  }

  private static func field(_ text: String, _ delimiter: CSVDelimiter) -> String {
    let mustQuote = text.utf8.contains { byte in
      byte == CSVReader.quote || byte == CSVReader.lineFeed || byte == CSVReader.carriageReturn
        || byte == delimiter.byte
    }
    // A mark at the beginning of a file would be taken for one of the file's.
    guard mustQuote || text.utf8.starts(with: [0xEF, 0xBB, 0xBF]) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
