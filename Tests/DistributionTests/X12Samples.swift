import BulkheadCore

@testable import Distribution

/// Documents for tests. `order` was written by mock-edi 0.9.0 (MIT) acting as buyer.
enum X12Samples {
  static let order = """
    ISA*00*          *00*          *ZZ*MOCKEDI        *ZZ*NORTHWIND      *261121*1140*U*00401*000000001*0*T*>~
    GS*PO*MOCKEDI*NORTHWIND*20261121*1140*1*X*004010~
    ST*850*0001~
    BEG*00*SA*4500000042**20261121~
    CUR*BY*USD~
    DTM*002*20261215~
    N1*BY*Mock EDI Supply Co*92*MOCKEDI~
    N3*500 Seaport Boulevard~
    N4*Boston*MA*02210*US~
    N1*SE*Northwind Components Ltd*92*NORTHWIND~
    N3*77 Harbour Road~
    N4*Portland*OR*97209*US~
    N1*ST*Mock EDI Supply Co*92*MOCKEDI~
    N3*500 Seaport Boulevard~
    N4*Boston*MA*02210*US~
    PO1*1*100*EA*11.25**VP*WIDGET-001*UP*076123400003~
    PID*F****Widget, blue~
    PO1*2*5*EA*3.10**VP*WIDGET-002*UP*076123400010~
    PID*F****Widget, red, 40mm~
    CTT*2~
    SE*19*0001~
    GE*1*1~
    IEA*1*000000001~

    """

  /// The first segment of `order`: exactly 106 characters.
  static let isa = String(order.prefix(106))

  /// An order whose segments between ST and SE are `body`, correctly framed.
  static func order(body: [String]) -> String {
    ([isa, "GS*PO*MOCKEDI*NORTHWIND*20261121*1140*1*X*004010~", "ST*850*0001~"] + body.map { $0 + "~" }
      + ["SE*\(body.count + 2)*0001~", "GE*1*1~", "IEA*1*000000001~"]).joined(separator: "\n")
  }

  static let shortBody = [
    "BEG*00*SA*PO1**20261121", "PO1*1*100*EA*11.25**VP*WIDGET-001", "CTT*1",
  ]

  static func read(_ text: String) throws -> X12Interchange { try X12Reader.read(Array(text.utf8)) }

  static func report(_ text: String, supported: Set<String> = ["850", "997"]) throws -> X12Report {
    X12Validator(supported: supported).check(try read(text))
  }

  /// `order` with one text replaced; the text must be there.
  static func order(replacing old: String, with new: String) -> String {
    guard let range = order.firstRange(of: old) else { return "" }
    return order.replacingCharacters(in: range, with: new)
  }

  /// `PO1*1*…`, as text, of segments that were written.
  static func text(_ segments: [X12Segment]) -> [String] {
    segments.map { segment in
      let used = (segment.elements.lastIndex { !$0.isEmpty } ?? -1) + 1
      return ([segment.tag] + segment.elements.prefix(used)).joined(separator: "*")
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + self[range.upperBound...]
  }
}
