import BulkheadCore
import BulkheadServer

/// What the author of a script has seen so far: names of things by kind, for further steps to speak of.
struct Memory {
  static let perKindMax = 60

  private(set) var labels: [String: [String]] = [:]
  private var known: Set<String> = []
  /// Steps that were answered with a token.
  private(set) var tokens: [Int] = []
  /// Ids that ended a page, by the path of the list.
  private(set) var cursors: [String: [String]] = [:]
  /// Steps that had an effect, to be sent again.
  private(set) var effects: [Step] = []

  mutating func note(_ step: Step, _ route: Route, _ seen: Seen, _ normaliser: Normaliser) {
    guard seen.isSuccess, let json = seen.json else { return }
    if step.isWrite {
      effects.append(step)
      if effects.count > Self.perKindMax { effects.removeFirst() }
    }
    if json["token"]?.string != nil { tokens.append(step.number) }
    if let next = json["next"]?.string, let id = EntityID(hex: next), let label = normaliser.label(id) {
      cursors[route.path, default: []].append(label)
    }
    for shape in route.responses {
      if case .json(let schema) = shape.content, shape.status.code == seen.status {
        harvest(json, schema, normaliser)
      }
    }
  }

  /// Every place in the answer where the schema says that the id of a thing stands.
  private mutating func harvest(_ json: JSON, _ schema: Schema, _ normaliser: Normaliser) {
    switch schema {
    case .id(let kind):
      guard let id = json.id, let label = normaliser.label(id), known.insert("\(kind) \(label)").inserted else {
        return
      }
      labels[kind, default: []].append(label)
      if labels[kind, default: []].count > Self.perKindMax { labels[kind]?.removeFirst() }
    case .nullable(let inner): harvest(json, inner, normaliser)
    case .array(let element, _, _): for item in json.array ?? [] { harvest(item, element, normaliser) }
    case .object(let fields):
      for field in fields { if let value = json[field.name] { harvest(value, field.schema, normaliser) } }
    case .string, .integer, .decimal, .boolean, .date, .dateTime, .oneOf, .any: break
    }
  }
}
