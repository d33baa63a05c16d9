/// A GS1 logistic label, 4 by 6 inches: who sends to whom, what it belongs to, and the SSCC as GS1-128. Pure.
struct LogisticLabel: Sendable, Equatable {
  struct Fact: Sendable, Equatable {
    let name: String
    let value: String
  }

  let sscc: SSCC
  let from: [String]
  let to: [String]
  let facts: [Fact]

  /// Characters of one line at most; what is longer is cut, the label is not.
  static let lineMax = 44
  static let linesMax = 5

  /// The element string as people read it: identifiers in parentheses, which are not encoded.
  var readable: String { "(00) \(sscc.digits)" }

  /// Never `nil`, since an SSCC is digits.
  var barcode: Code128? { Code128(gs1: [.init(identifier: "00", value: sscc.digits)]) }

  /// Lines of text from the top, with a height for each kind.
  private var texts: [(text: String, isLarge: Bool)] {
    func cut(_ lines: [String]) -> [String] { lines.prefix(Self.linesMax).map { String($0.prefix(Self.lineMax)) } }
    return [("FROM", false)] + cut(from).map { ($0, false) } + [("TO", false)] + cut(to).map { ($0, true) }
      + cut(facts.map { "\($0.name): \($0.value)" }).map { ($0, false) } + [("SSCC", false), (sscc.digits, true)]
  }

  // MARK: SVG

  /// Drawn in tenths of a millimetre. A module is 0.5 mm and the bars are 32 mm high: a logistic label asks for at
  /// least 0.495 mm and 31.75 mm (GS1 General Specifications, 5.12.3), with ten modules of white on both sides.
  func svg() -> String {
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="101.6mm" height="152.4mm" viewBox="0 0 1016 1524">
      <rect x="0" y="0" width="1016" height="1524" fill="#ffffff"/>

      """
    var y = 20
    for (text, isLarge) in texts {
      y += isLarge ? 64 : 46
      out +=
        "<text x=\"50\" y=\"\(y)\" font-family=\"sans-serif\" font-size=\"\(isLarge ? 52 : 36)\">"
        + "\(Self.xml(text))</text>\n"
    }
    let module = 5
    var x = (1016 - (barcode?.modules ?? 0) * module) / 2
    for (index, width) in (barcode?.widths ?? []).enumerated() {
      if index.isMultiple(of: 2) {
        out += "<rect class=\"bar\" x=\"\(x)\" y=\"1110\" width=\"\(width * module)\" height=\"320\"/>\n"
      }
      x += width * module
    }
    return out
      + "<text x=\"508\" y=\"1485\" font-family=\"sans-serif\" font-size=\"44\" text-anchor=\"middle\">"
      + "\(Self.xml(readable))</text>\n</svg>\n"
  }

  /// Text as XML takes it: markup is escaped, and characters that XML does not have are left out.
  static func xml(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  // MARK: ZPL

  /// For printers of 8 dots to the millimetre: a module of 4 dots is 0.5 mm.
  func zpl() -> String {
    var out = "^XA\n^CI28\n^PW812\n^LL1218\n"
    var y = 16
    for (text, isLarge) in texts {
      out += "^FO40,\(y)^A0N,\(isLarge ? 42 : 28),\(isLarge ? 42 : 28)^FH_^FD\(Self.field(text))^FS\n"
      y += isLarge ? 52 : 37
    }
    let left = (812 - (barcode?.modules ?? 0) * 4) / 2
    // `>;` begins in code set C, `>8` is FNC1; the printer adds the check symbol.
    out += "^FO\(left),888^BY4^BCN,256,N,N,N^FD>;>800\(sscc.digits)^FS\n"
    return out + "^FO0,1156^FB812,1,0,C^A0N,36,36^FH_^FD\(Self.field(readable))^FS\n^XZ\n"
  }

  /// Text as a field of ZPL takes it: everything but letters, digits and harmless marks as hexadecimal, so that no text
  /// can end its field and command the printer.
  static func field(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
        UInt8(ascii: "("), UInt8(ascii: ")"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case 0..<32: out += " "
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        out += "_" + (hex.utf8.count < 2 ? "0" + hex : hex)
      }
    }
    return out
  }
}
