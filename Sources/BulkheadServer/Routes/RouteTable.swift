import BulkheadCore
import HTTPTypes

/// What is wrong with a route table: a mistake in the program, found when it starts.
public struct RouteTableError: Error, Sendable, CustomStringConvertible {
  /// One sentence for each fault, each naming its route.
  public let faults: [String]
  public var description: String { faults.joined(separator: "\n") }
}

/// All routes of a server, checked: the one source of routing, permissions, validation, the OpenAPI document and the
/// attack suite.
public struct RouteTable: Sendable {
  public let routes: [Route]

  /// Throws `RouteTableError` naming every fault at once.
  public init(_ routes: [Route]) throws {
    var faults: [String] = []
    var shapes: Set<String> = []
    var operations: Set<String> = []
    for route in routes {
      let label = "\(route.method.rawValue) \(route.path): "
      guard let template = PathTemplate(route.path) else {
        faults.append(label + "the path is malformed")
        continue
      }
      if !shapes.insert("\(route.method.rawValue) \(template.shape)").inserted {
        faults.append(label + "another route answers the same requests")
      }
      if !operations.insert(route.operationID).inserted {
        faults.append(label + "the operation id \(route.operationID) is taken")
      }
      faults += route.faults(template).map { label + $0 }
    }
    guard faults.isEmpty else { throw RouteTableError(faults: faults) }
    self.routes = routes
  }
}

extension Route {
  /// `getOrdersByOrderLines` for `GET /v1/orders/{order}/lines`: stable, unique in the table, fit as a method name. The
  /// first version of the API leaves no mark in it.
  public var operationID: String {
    var name = method.rawValue.lowercased()
    for segment in PathTemplate(path)?.segments ?? [] {
      switch segment {
      case .literal(let text): if text != "v1" { name += Self.capitalised(text) }
      case .parameter(let text): name += "By" + Self.capitalised(text)
      }
    }
    return name
  }

  private static func capitalised(_ text: String) -> String {
    text.split { "-_.".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The faults of this route by itself.
  func faults(_ template: PathTemplate) -> [String] {
    var faults: [String] = []
    if parameters.map(\.name) != template.parameters {
      faults.append("declares \(parameters.map(\.name)) but its path has \(template.parameters)")
    }
    if Set(template.parameters).count != template.parameters.count { faults.append("a parameter is repeated") }
    if Set(query.map(\.name)).count != query.count { faults.append("a query parameter is repeated") }
    if !matchesAccess { faults.append("its handler does not fit its access \(access)") }
    if !Self.methods.contains(method) { faults.append("its method is none of \(Self.methods.map(\.rawValue))") }
    if method == .get {
      if handler.isWrite { faults.append("GET must not write") }
      if case .none = body {} else { faults.append("GET takes no body") }
    }
    if !responses.contains(where: { (200..<400).contains($0.status.code) }) {
      faults.append("documents no answer below 400")
    }
    if case .tenant(let permission) = access, permission.name.isEmpty { faults.append("its permission is empty") }
    if case .platform(let permission) = access, permission.name.isEmpty { faults.append("its permission is empty") }
    return faults
  }

  /// What a route may declare; HEAD and OPTIONS are answered by the server.
  static let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete]

  private var matchesAccess: Bool {
    switch (access, handler) {
    case (.open, .open), (.platform, .platform), (.tenant, .read), (.tenant, .write),
      (.tenant, .preparedWrite):
      true
    case (.open, _), (.platform, _), (.tenant, _): false
    }
  }
}
