import Foundation

/// EDIFACT of a partner, with a mistake put in or written anew.
enum ForgedEDIFACT {
  struct Missing: Error {}

  /// `bytes` with the first segment that begins with `old` beginning with `new` instead; the segment must be there.
  static func replacing(_ old: String, with new: String, in bytes: [UInt8]) throws -> [UInt8] {
    var segments = split(bytes)
    guard let place = segments.firstIndex(where: { $0.hasPrefix(old) }) else { throw Missing() }
    segments[place] = new + segments[place].dropFirst(old.count)
    return joined(segments)
  }

  /// The same interchange under another control reference.
  static func renumbered(_ bytes: [UInt8], _ number: Int) throws -> [UInt8] {
    var segments = split(bytes)
    guard let head = segments.firstIndex(where: { $0.hasPrefix("UNB+") }),
      let tail = segments.firstIndex(where: { $0.hasPrefix("UNZ+") })
    else { throw Missing() }
    var elements = segments[head].components(separatedBy: "+")
    guard elements.count > 5 else { throw Missing() }
    elements[5] = String(number)
    segments[head] = elements.joined(separator: "+")
    segments[tail] = segments[tail].components(separatedBy: "+").prefix(2).joined(separator: "+") + "+\(number)"
    return joined(segments)
  }

  /// The same with `more` before the first segment that begins with `tag`, and the right count in its one UNT.
  static func inserting(_ more: [String], before tag: String, in bytes: [UInt8]) throws -> [UInt8] {
    var segments = split(bytes)
    guard let place = segments.firstIndex(where: { $0.hasPrefix(tag) }) else { throw Missing() }
    segments.insert(contentsOf: more, at: place)
    guard let first = segments.firstIndex(where: { $0.hasPrefix("UNH+") }),
      let last = segments.firstIndex(where: { $0.hasPrefix("UNT+") })
    else { throw Missing() }
    let reference = segments[last].components(separatedBy: "+").last ?? ""
    segments[last] = "UNT+\(last - first + 1)+\(reference)"
    return joined(segments)
  }

  /// An order of one piece, or of what else `quantity` says.
  static func order(
    from buyer: String, to seller: String, number: String, reference: String, quantity: String = "1:PCE"
  ) throws -> [UInt8] {
    let body = [
      "UNH+1+ORDERS:D:96A:UN", "BGM+220+\(number)+9", "DTM+137:20261102:102", "CUX+2:USD:9", "LIN+1++WIDGET-001:SA",
      "QTY+21:\(quantity)", "UNS+S", "CNT+2:1",
    ]
    let head = "UNB+UNOC:3+\(buyer):ZZ+\(seller):ZZ+261102:0900+\(reference)++++++1"
    return Array(
      (["UNA:+.? "] + [head] + body + ["UNT+\(body.count + 1)+1", "UNZ+1+\(reference)", ""]).joined(separator: "'").utf8
    )
  }

  private static func split(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).components(separatedBy: "'\n")
  }

  private static func joined(_ segments: [String]) -> [UInt8] { Array(segments.joined(separator: "'\n").utf8) }
}
