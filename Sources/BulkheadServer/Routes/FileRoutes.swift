import BulkheadCore
import HTTPTypes

/// The routes that answer with files, found by their paths: what links can be made for.
package struct FileRoutes: Sendable {
  /// The query parameter that carries a link's credential.
  package static let linkParameter = Exchange.linkParameter

  private let files: [(segments: [PathTemplate.Segment], permission: Permission)]

  package init(_ routes: [Route]) {
    files = routes.compactMap { route in
      guard route.servesFile, case .tenant(let permission) = route.access, let template = PathTemplate(route.path)
      else { return nil }
      return (template.segments, permission)
    }
  }

  /// The permission that reading the file at `path` needs; `nil` where no file is served. Whether the file is there is
  /// seen when it is read.
  package func permission(toRead path: String) -> Permission? {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(Self.isPlain) else { return nil }
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return files.first { file in
      file.segments.count == parts.count
        && zip(file.segments, parts).allSatisfy { segment, part in
          if case .literal(let text) = segment { text == part } else { !part.isEmpty }
        }
    }?.permission
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
