/// Checks the elements of one segment: presence, length, type, codes and pairs.
struct X12ElementCheck {
  let dictionary: X12Dictionary
  let segment: X12Segment
  let shape: X12SegmentDefinition
  let loop: String?

  func findings() -> [X12Finding] {
    var findings: [X12Finding] = []
    for (index, use) in shape.elements.enumerated() {
      guard let definition = dictionary.elements[use.number] else { continue }
      if let finding = check(index + 1, use, definition) { findings.append(finding) }
    }
    for pair in shape.pairs {
      guard let present = pair.first(where: { segment.value($0) != nil }),
        let absent = pair.first(where: { segment.value($0) == nil })
      else { continue }
      findings.append(
        fault(absent, "2", "The element is required because element \(present) of the segment is there."))
    }
    for position in segment.elements.indices.dropFirst(shape.elements.count) {
      if position >= shape.width {
        findings.append(fault(position + 1, "3", "The segment has at most \(shape.width) elements."))
        break
      }
      if Self.hasControl(segment.elements[position]) { findings.append(unprintable(position + 1)) }
    }
    return findings
  }

  private func check(_ position: Int, _ use: X12ElementUse, _ definition: X12ElementDefinition) -> X12Finding? {
    guard let value = segment.value(position) else {
      return use.isMandatory ? fault(position, "1", "The element is mandatory.") : nil
    }
    if Self.hasControl(value) { return unprintable(position) }
    if let wrong = typeFault(position, value, definition) { return wrong }
    let length =
      [.r, .n0, .n2].contains(definition.type) ? X12Number.digitCount(value) : value.unicodeScalars.count
    if length < definition.lengths.lowerBound {
      return fault(position, "4", "The element has at least \(definition.lengths.lowerBound) characters.")
    }
    if length > definition.lengths.upperBound {
      return fault(position, "5", "The element has at most \(definition.lengths.upperBound) characters.")
    }
    if let codes = definition.codes, !codes.contains(value) { return fault(position, "7", "There is no such code.") }
    return nil
  }

  private func typeFault(_ position: Int, _ value: String, _ definition: X12ElementDefinition) -> X12Finding? {
    switch definition.type {
    case .r where !X12Number.isDecimal(value): fault(position, "6", "The element is a decimal number.")
    case .n0 where !X12Number.isInteger(value), .n2 where !X12Number.isInteger(value):
      fault(position, "6", "The element is a whole number.")
    case .dt where value.unicodeScalars.count == 8 && !X12Calendar.isDate(value):
      fault(position, "8", "The element is a date CCYYMMDD.")
    case .tm where definition.lengths.contains(value.unicodeScalars.count) && !X12Calendar.isTime(value):
      fault(position, "9", "The element is a time HHMM.")
    default: nil
    }
  }

  private func unprintable(_ position: Int) -> X12Finding {
    fault(position, "6", "The element has a control character.")
  }

  private func fault(_ position: Int, _ code: String, _ note: String) -> X12Finding {
    let number = position <= shape.elements.count ? shape.elements[position - 1].number : nil
    return X12Finding(
      .element, code, at: segment.tag, segment.position, loop: loop, element: position, elementNumber: number,
      value: segment.value(position), note)
  }

  static func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
  }
}
