import BulkheadCore

/// The values of a path's parameters.
enum PathInput {
  /// Decoded values in the order of the path. Refuses with `path.malformed` what cannot be decoded; a text that is too
  /// long names nothing that exists.
  static func read(_ values: [Substring], _ endpoint: Endpoint) throws(Refusal) -> [String] {
    var decoded: [String] = []
    for (value, parameter) in zip(values, endpoint.route.parameters) {
      guard let text = PercentDecoding.decode(value) else {
        throw Refusal(.pathMalformed, "The path cannot be read.")
      }
      if case .text(let maxLength) = parameter.kind, text.unicodeScalars.count > maxLength { throw Refusal.notFound }
      decoded.append(text)
    }
    return decoded
  }

  static func named(_ values: [String], _ endpoint: Endpoint) -> [String: String] {
    if values.isEmpty { return [:] }
    return Dictionary(zip(endpoint.parameterNames, values)) { first, _ in first }
  }
}
