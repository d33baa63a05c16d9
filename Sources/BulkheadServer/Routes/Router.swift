import HTTPTypes

/// Finds the route of a path in one walk over its segments; built once from the table.
///
/// A literal segment wins over a parameter. Cost is linear in the path, whatever the number of routes.
final class Router: Sendable {
  private final class Node: Sendable {
    let literals: [Substring: Node]
    let parameter: Node?
    let endpoints: [Endpoint]

    init(_ pending: [(rest: ArraySlice<PathTemplate.Segment>, endpoint: Endpoint)]) {
      var literals: [Substring: [(rest: ArraySlice<PathTemplate.Segment>, endpoint: Endpoint)]] = [:]
      var parameter: [(rest: ArraySlice<PathTemplate.Segment>, endpoint: Endpoint)] = []
      var endpoints: [Endpoint] = []
      for entry in pending {
        let next = (rest: entry.rest.dropFirst(), endpoint: entry.endpoint)
        switch entry.rest.first {
        case .literal(let text): literals[Substring(text), default: []].append(next)
        case .parameter: parameter.append(next)
        case nil: endpoints.append(entry.endpoint)
        }
      }
      self.literals = literals.mapValues { Node($0) }
      self.parameter = parameter.isEmpty ? nil : Node(parameter)
      self.endpoints = endpoints
    }
  }

  /// The routes of one path.
  struct Match {
    let endpoints: [Endpoint]
    /// Raw values of the path's parameters, in order.
    let values: [Substring]

    func endpoint(for method: HTTPRequest.Method) -> Endpoint? {
      let wanted = method == .head ? .get : method
      return endpoints.first { $0.route.method == wanted }
    }

    /// The value of `Allow`.
    var allowed: String {
      var names = endpoints.map(\.route.method.rawValue)
      if names.contains("GET") { names.append("HEAD") }
      names.append("OPTIONS")
      return names.sorted().joined(separator: ", ")
    }
  }

  /// Paths with more segments than this match nothing; bounds the recursion below.
  static let segmentsMax = 32

  private let root: Node

  init(_ endpoints: [Endpoint]) {
    root = Node(endpoints.map { (rest: $0.template.segments[...], endpoint: $0) })
  }

  /// The routes that `path` (without its query) names; `nil` when there are none.
  func match(_ path: Substring) -> Match? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    let segments = path.dropFirst().split(
      separator: "/", maxSplits: Self.segmentsMax, omittingEmptySubsequences: false)
    guard segments.count <= Self.segmentsMax else { return nil }
    var values: [Substring] = []
    guard let endpoints = find(segments[...], in: root, &values) else { return nil }
    return Match(endpoints: endpoints, values: values)
  }

  private func find(_ rest: ArraySlice<Substring>, in node: Node, _ values: inout [Substring]) -> [Endpoint]? {
    guard let segment = rest.first else { return node.endpoints.isEmpty ? nil : node.endpoints }
    if let next = node.literals[segment], let found = find(rest.dropFirst(), in: next, &values) { return found }
    guard let next = node.parameter, !segment.isEmpty else { return nil }
    values.append(segment)
    if let found = find(rest.dropFirst(), in: next, &values) { return found }
    values.removeLast()
    return nil
  }
}
