import BulkheadCore

extension Schema {
  /// Which side of the exchange a schema describes.
  enum Side {
    /// Unknown members are refused, and the document says so.
    case request
    /// Callers must be ready for members that come later.
    case response
  }

  /// The schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Written from the same cases that `validate`
  /// switches over, so the document cannot promise what is not accepted.
  func document(_ side: Side) -> JSON {
    switch self {
    case .string(let minLength, let maxLength, let pattern):
      return .object(
        [JSON.Member("type", "string")]
          + (minLength > 0 ? [JSON.Member("minLength", .int(minLength))] : [])
          + [JSON.Member("maxLength", .int(maxLength))]
          + (pattern.map {
            [JSON.Member("pattern", .string($0.expression)), JSON.Member("description", .string($0.meaning))]
          } ?? []))
    case .integer(let range):
      return ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
    case .decimal(let digits, let scale, let minimum): return decimalDocument(digits, scale, minimum)
    case .boolean: return ["type": "boolean"]
    case .id(let kind): return ["type": "string", "format": "uuid", "x-id-of": .string(kind)]
    case .date: return ["type": "string", "format": "date"]
    case .dateTime: return ["type": "string", "format": "date-time"]
    case .oneOf(let values): return ["type": "string", "enum": .array(values.map(JSON.string))]
    case .array(let element, let minItems, let maxItems):
      return .object(
        [JSON.Member("type", "array"), JSON.Member("items", element.document(side))]
          + (minItems > 0 ? [JSON.Member("minItems", .int(minItems))] : [])
          + [JSON.Member("maxItems", .int(maxItems))])
    case .object(let fields): return objectDocument(fields, side)
    case .any: return [:]
    case .nullable(let inner): return ["anyOf": [inner.document(side), ["type": "null"]]]
    }
  }

  private func decimalDocument(_ digits: Int, _ scale: Int, _ minimum: DecimalBound) -> JSON {
    let sign =
      switch minimum {
      case .none: "-?"
      case .nonNegative, .positive: ""
      }
    let whole = max(digits - scale, 1)
    let fraction = scale > 0 ? "(\\.[0-9]{1,\(scale)})?" : ""
    let bound: [JSON.Member] =
      switch minimum {
      case .none: []
      case .nonNegative: [JSON.Member("minimum", 0)]
      case .positive: [JSON.Member("exclusiveMinimum", 0)]
      }
    return .object(
      [
        JSON.Member("type", ["string", "number"]),
        JSON.Member("pattern", .string("^\(sign)[0-9]{1,\(whole)}\(fraction)$")),
        JSON.Member(
          "description",
          .string("Decimal without exponent: up to \(whole) digits before the point and \(scale) after it.")),
      ] + bound)
  }

  private func objectDocument(_ fields: [Field], _ side: Side) -> JSON {
    let properties = fields.map { field -> JSON.Member in
      guard !field.description.isEmpty, case .object(let members) = field.schema.document(side) else {
        return JSON.Member(field.name, field.schema.document(side))
      }
      let others = members.filter { $0.name != "description" }
      return JSON.Member(field.name, .object(others + [JSON.Member("description", .string(field.description))]))
    }
    let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
    return .object(
      [JSON.Member("type", "object"), JSON.Member("properties", .object(properties))]
        + (required.isEmpty ? [] : [JSON.Member("required", .array(required))])
        + (side == .request ? [JSON.Member("additionalProperties", false)] : []))
  }
}
