/// Follows the segments of one set through the order that its definition gives.
///
/// A frame is a list of places and the one reached. A segment belongs to the first place, from the one reached on and
/// innermost loop first, that its tag names; mandatory places passed over on the way are missing.
struct X12Walk {
  private let dictionary: X12Dictionary
  private let definition: X12SetDefinition
  private let findingsMax: Int
  private var frames: [Frame]
  private(set) var findings: [X12Finding] = []

  private struct Frame {
    let nodes: [X12Node]
    /// Tag that starts the loop; `nil` for the set itself.
    let loop: String?
    var index = 0
    /// Uses of the place reached.
    var uses = 0
  }

  init(dictionary: X12Dictionary, definition: X12SetDefinition, findingsMax: Int) {
    self.dictionary = dictionary
    self.definition = definition
    self.findingsMax = findingsMax
    frames = [Frame(nodes: definition.nodes, loop: nil)]
  }

  mutating func take(_ segment: X12Segment) {
    for depth in frames.indices.reversed() {
      guard let place = place(for: segment.tag, in: frames[depth]) else { continue }
      while frames.count > depth + 1 { closeInnermost(at: segment.position) }
      enter(place, segment)
      checkElements(segment)
      return
    }
    reject(segment)
  }

  mutating func finish(at position: Int) {
    while !frames.isEmpty { closeInnermost(at: position) }
  }

  /// The segment that starts a loop has no second place inside it: it starts the next repetition.
  private func place(for tag: String, in frame: Frame) -> Int? {
    let reached = frame.loop == nil ? frame.index : max(1, frame.index)
    return frame.nodes.indices.dropFirst(reached).first { frame.nodes[$0].trigger == tag }
  }

  private mutating func enter(_ place: Int, _ segment: X12Segment) {
    let depth = frames.count - 1
    if place != frames[depth].index {
      missing(in: frames[depth], before: place, at: segment.position)
      frames[depth].index = place
      frames[depth].uses = 0
    }
    frames[depth].uses += 1
    let node = frames[depth].nodes[place]
    if frames[depth].uses == node.max + 1 {
      let isLoop = if case .loop = node { true } else { false }
      add(segment, isLoop ? "4" : "5", isLoop ? "The loop occurs too often." : "The segment occurs too often.")
    }
    if case .loop(_, _, let nodes) = node {
      frames.append(Frame(nodes: nodes, loop: node.trigger, index: 0, uses: 1))
    }
  }

  private mutating func closeInnermost(at position: Int) {
    let frame = frames.removeLast()
    missing(in: frame, before: frame.nodes.count, at: position)
  }

  private mutating func missing(in frame: Frame, before end: Int, at position: Int) {
    for index in frame.index..<max(frame.index, end) {
      let node = frame.nodes[index]
      guard node.isMandatory, !(index == frame.index && frame.uses > 0) else { continue }
      record(
        X12Finding(
          .segment, "3", at: node.trigger, position, loop: frame.loop,
          "The mandatory segment \(node.trigger) is missing."))
    }
  }

  /// A segment that has no place from here on. Where it would have begun something, what it begins would be lost, so
  /// the set is rejected; anything else is left out and noted.
  private mutating func reject(_ segment: X12Segment) {
    guard !definition.unread.contains(segment.tag) else { return }
    if let isEssential = Self.isEssential(segment.tag, in: definition.nodes) {
      add(segment, "7", isFatal: isEssential, "The segment is not in its place.")
    } else if dictionary.segments[segment.tag] != nil {
      add(segment, "6", isFatal: false, "The segment does not belong to this transaction set.")
    } else {
      add(segment, "1", isFatal: false, "There is no such segment here.")
    }
  }

  /// Whether `tag` starts a loop or is mandatory somewhere in `nodes`; `nil` when it does not occur there.
  private static func isEssential(_ tag: String, in nodes: [X12Node]) -> Bool? {
    var found: Bool?
    for node in nodes {
      switch node {
      case .segment(tag, let isMandatory, _): found = found ?? false || isMandatory
      case .segment: continue
      case .loop(_, _, let inner):
        if inner.first?.trigger == tag { return true }
        if let nested = isEssential(tag, in: inner) { found = found ?? false || nested }
      }
    }
    return found
  }

  private mutating func add(_ segment: X12Segment, _ code: String, isFatal: Bool = true, _ note: String) {
    record(
      X12Finding(
        .segment, code, isFatal: isFatal, at: segment.tag, segment.position, loop: frames.last?.loop, note))
  }

  private mutating func checkElements(_ segment: X12Segment) {
    guard let shape = dictionary.segments[segment.tag] else { return }
    let loop = frames.last?.loop
    let check = X12ElementCheck(dictionary: dictionary, segment: segment, shape: shape, loop: loop)
    for finding in check.findings() { record(finding) }
  }

  /// Keeps what is reported, and of the rest only what the verdict turns on.
  private mutating func record(_ finding: X12Finding) {
    let isFull = findings.count >= findingsMax
    guard !isFull || (finding.isFatal && !findings.contains(where: \.isFatal)) else { return }
    if isFull { findings.removeLast() }
    findings.append(finding)
  }
}
