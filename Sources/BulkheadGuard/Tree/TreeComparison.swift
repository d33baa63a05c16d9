import CPgQuery

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether two trees say the same, positions in the text aside.
///
/// The text that goes to the server is written by a deparser. Reading it again and comparing with the tree that was
/// checked means that a fault of the deparser cannot widen a statement: it is refused instead.
enum TreeComparison {
  /// The first place where the trees differ, or nil.
  static func difference(_ left: Message, _ right: Message) -> String? {
    guard left.descriptor == right.descriptor else { return "\(left.name) against \(right.name)" }
    let rule = MessageRule.of(left.descriptor)
    for (index, field) in left.fields.enumerated() where !MessageRule.has(rule.positions, index) {
      if let place = difference(left.value(field), right.value(field)) {
        return "\(left.name).\(String(cString: field.name)) \(place)"
      }
    }
    return nil
  }

  private static func difference(_ left: Message.Value?, _ right: Message.Value?) -> String? {
    switch (left, right) {
    case (nil, nil): return nil
    case (.scalar(let left), .scalar(let right)): return left == right ? nil : "\(left) against \(right)"
    case (.text(let left), .text(let right)): return strcmp(left, right) == 0 ? nil : "text"
    case (.message(let left), .message(let right)): return difference(left, right)
    case (.messages(let left), .messages(let right)):
      guard left.count == right.count else { return "\(left.count) against \(right.count) items" }
      for (left, right) in zip(left, right) {
        guard let left, let right else { return "absent item" }
        if let place = difference(Message(left), Message(right)) { return place }
      }
      return nil
    default: return "set on one side"
    }
  }
}
