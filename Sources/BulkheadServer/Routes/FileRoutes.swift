import BulkheadCore
import HTTPTypes

/// The routes that answer with files, found by their paths: what links can be made for.
package struct FileRoutes: Sendable {
  /// The query parameter that carries a link's credential.
  package static let linkParameter = Exchange.linkParameter

  /// One file as a path names it.
  package struct File: Sendable {
    /// What reading it needs.
    package let permission: Permission
    /// `kind:id` of what it belongs to, as in `package:0192…`, for the audit trail; the path itself where it belongs to
    /// nothing that has an id.
    package let subject: String
  }

  private struct Place: Sendable {
    let segments: [PathTemplate.Segment]
    let permission: Permission
    /// Kinds of the ids in its path, by the parameters' names.
    let kinds: [String: String]
  }

  private let files: [Place]

  package init(_ routes: [Route]) {
    files = routes.compactMap { route in
      guard route.servesFile, case .tenant(let permission) = route.access, let template = PathTemplate(route.path)
      else { return nil }
      var kinds: [String: String] = [:]
      for parameter in route.parameters {
        if case .id(let kind) = parameter.kind { kinds[parameter.name] = kind }
      }
      return Place(segments: template.segments, permission: permission, kinds: kinds)
    }
  }

  /// The file at `path`; `nil` where no file is served. Whether it is there is seen when it is read.
  package func file(at path: String) -> File? {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(Self.isPlain) else { return nil }
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    let found = files.first { file in
      file.segments.count == parts.count
        && zip(file.segments, parts).allSatisfy { segment, part in
          if case .literal(let text) = segment { text == part } else { !part.isEmpty }
        }
    }
    guard let found else { return nil }
    for (segment, part) in zip(found.segments, parts) {
      if case .parameter(let name) = segment, let kind = found.kinds[name] {
        return File(permission: found.permission, subject: "\(kind):\(part)")
      }
    }
    return File(permission: found.permission, subject: path)
  }

  /// What ids and literal segments are made of: such a path is sent as it is, by every client.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}

extension Route {
  /// Whether it answers a tenant with bytes that are no JSON: a label, a drawing, a table.
  var servesFile: Bool {
    guard method == .get, case .tenant = access else { return false }
    return responses.contains { if case .bytes = $0.content { true } else { false } }
  }
}
