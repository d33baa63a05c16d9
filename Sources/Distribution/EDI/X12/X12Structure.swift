import BulkheadCore

/// Builds groups and sets out of segments, and checks frames: trailers, counts and control numbers.
struct X12Structure {
  private let limits: X12Limits
  private var preamble: [X12Segment] = []
  private var groups: [X12Group] = []
  private var findings: [X12Finding] = []
  private var group: OpenGroup?
  private var set: OpenSet?
  private var trailer: X12Segment?
  /// Whether something stands behind the trailer.
  private var isFollowed = false
  private var setCount = 0
  private var lastPosition = 1

  private struct OpenGroup {
    let header: X12Segment
    var sets: [X12TransactionSet] = []
  }
  private struct OpenSet {
    var segments: [X12Segment]
  }

  init(limits: X12Limits) { self.limits = limits }

  mutating func take(_ segment: X12Segment) throws(Refusal) {
    lastPosition = segment.position
    guard trailer == nil else {
      if !isFollowed { note("024", segment, "Something follows the IEA; send one interchange at a time.") }
      isFollowed = true
      return
    }
    switch segment.tag {
    case "GS": try open(group: segment)
    case "GE": close(groupWith: segment)
    case "ST": try open(set: segment)
    case "SE": close(setWith: segment)
    case "IEA":
      abandonSet()
      abandonGroup()
      trailer = segment
    default: inside(segment)
    }
  }

  private mutating func inside(_ segment: X12Segment) {
    if let count = set?.segments.count {
      set?.segments.append(X12Segment(segment.tag, segment.elements, position: count + 1))
    } else if group == nil, groups.isEmpty, segment.tag == "TA1" {
      preamble.append(segment)
    } else {
      note("024", segment, "A segment stands outside every transaction set.")
    }
  }

  // MARK: Groups

  private mutating func open(group segment: X12Segment) throws(Refusal) {
    abandonSet()
    abandonGroup()
    guard groups.count < limits.groupsMax else {
      throw Refusal(.ediTooLarge, "An interchange has at most \(limits.groupsMax) groups.")
    }
    group = OpenGroup(header: segment)
  }

  private mutating func close(groupWith segment: X12Segment) {
    abandonSet()
    guard let open = group else {
      note("024", segment, "A GE stands without its GS.")
      return
    }
    let count = X12Number.whole(segment[1])
    var wrong: [X12Finding] = []
    if count != open.sets.count {
      wrong.append(
        X12Finding(
          .group, "5", at: "GE", segment.position, element: 1, value: segment[1],
          "GE01 counts \(segment[1]) sets; the group holds \(open.sets.count)."))
    }
    if !X12Number.sameControl(segment[2], open.header[6]) {
      wrong.append(
        X12Finding(
          .group, "4", at: "GE", segment.position, element: 2, value: segment[2],
          "GE02 does not repeat the group control number of GS06."))
    }
    finish(open, declared: count, wrong)
  }

  private mutating func abandonGroup() {
    guard let open = group else { return }
    finish(
      open, declared: nil,
      [X12Finding(.group, "3", at: "GS", open.header.position, "The group has no GE.")])
  }

  private mutating func finish(_ open: OpenGroup, declared: Int?, _ wrong: [X12Finding]) {
    var wrong = wrong
    let control = open.header[6]
    if X12Number.whole(control) == nil || control.utf8.count > 9 {
      wrong.append(
        X12Finding(
          .group, "6", at: "GS", open.header.position, element: 6, value: control,
          "GS06 is a number of up to nine digits."))
    } else if groups.contains(where: { X12Number.sameControl($0.controlNumber, control) }) {
      wrong.append(
        X12Finding(
          .group, "6", at: "GS", open.header.position, element: 6, value: control,
          "The group control number is used twice in the interchange."))
    }
    groups.append(
      X12Group(
        functionalID: open.header[1], sender: open.header[2], receiver: open.header[3], controlNumber: control,
        version: open.header[8], declaredSets: declared, sets: open.sets, findings: wrong))
    group = nil
  }

  // MARK: Sets

  private mutating func open(set segment: X12Segment) throws(Refusal) {
    abandonSet()
    guard group != nil else {
      note("024", segment, "A transaction set stands outside every group.")
      return
    }
    setCount += 1
    guard setCount <= limits.setsMax else {
      throw Refusal(.ediTooLarge, "An interchange has at most \(limits.setsMax) transaction sets.")
    }
    set = OpenSet(segments: [X12Segment(segment.tag, segment.elements, position: 1)])
  }

  private mutating func close(setWith segment: X12Segment) {
    guard var open = set, let first = open.segments.first else {
      note("024", segment, "An SE stands without its ST.")
      return
    }
    let last = X12Segment(segment.tag, segment.elements, position: open.segments.count + 1)
    open.segments.append(last)
    var wrong: [X12Finding] = []
    if last[2] != first[2] {
      wrong.append(
        X12Finding(
          .set, "3", at: "SE", last.position, element: 2, value: last[2],
          "SE02 does not repeat the control number of ST02."))
    }
    if X12Number.whole(last[1]) != open.segments.count {
      wrong.append(
        X12Finding(
          .set, "4", at: "SE", last.position, element: 1, value: last[1],
          "SE01 counts \(last[1]) segments; the set has \(open.segments.count)."))
    }
    finish(open, wrong)
  }

  private mutating func abandonSet() {
    guard let open = set else { return }
    finish(open, [X12Finding(.set, "2", at: "SE", open.segments.count + 1, "The set has no SE.")])
  }

  private mutating func finish(_ open: OpenSet, _ wrong: [X12Finding]) {
    var wrong = wrong
    let code = open.segments.first?[1] ?? ""
    let control = open.segments.first?[2] ?? ""
    if code.utf8.count != 3 {
      wrong.append(X12Finding(.set, "6", at: "ST", 1, element: 1, value: code, "ST01 names no transaction set."))
    }
    if !(4...9).contains(control.utf8.count) || !control.utf8.allSatisfy(X12Number.isAlphanumeric) {
      wrong.append(
        X12Finding(.set, "7", at: "ST", 1, element: 2, value: control, "ST02 has four to nine digits or letters."))
    } else if group?.sets.contains(where: { $0.controlNumber == control }) == true {
      wrong.append(
        X12Finding(.set, "7", at: "ST", 1, element: 2, value: control, "ST02 is used twice in the group."))
    }
    group?.sets.append(
      X12TransactionSet(code: code, controlNumber: control, segments: open.segments, findings: wrong))
    set = nil
  }

  // MARK: The end

  private mutating func note(_ code: String, _ segment: X12Segment, _ text: String) {
    guard findings.count < limits.findingsMax else { return }
    findings.append(X12Finding(.interchange, code, at: segment.tag, segment.position, text))
  }

  mutating func finish(
    _ header: X12InterchangeHeader, headerFindings: [X12Finding], hasUnterminatedTail: Bool
  ) -> X12Interchange {
    abandonSet()
    abandonGroup()
    var all = headerFindings
    if let trailer {
      if hasUnterminatedTail, !isFollowed {
        all.append(X12Finding(.interchange, "024", at: "IEA", trailer.position, "Something follows the IEA."))
      }
      if X12Number.whole(trailer[1]) != groups.count {
        all.append(
          X12Finding(
            .interchange, "021", at: "IEA", trailer.position, element: 1, value: trailer[1],
            "IEA01 counts \(trailer[1]) groups; the interchange holds \(groups.count)."))
      }
      if !X12Number.sameControl(trailer[2], header.controlNumber) {
        all.append(
          X12Finding(
            .interchange, "001", at: "IEA", trailer.position, element: 2, value: trailer[2],
            "IEA02 does not repeat the control number of ISA13."))
      }
    } else {
      all.append(
        X12Finding(
          .interchange, "023", at: "IEA", lastPosition + 1, "The interchange ends without its IEA: it is cut short."))
    }
    all += findings
    if groups.isEmpty, preamble.isEmpty, all.isEmpty {
      all.append(X12Finding(.interchange, "024", at: "IEA", lastPosition, "The interchange holds no group."))
    }
    return X12Interchange(header: header, preamble: preamble, groups: groups, findings: all)
  }
}
