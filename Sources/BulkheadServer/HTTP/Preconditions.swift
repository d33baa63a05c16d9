import BulkheadCore

/// Entity tags (RFC 9110 section 8.8.3): the version of a resource in quotes, always strong.
enum EntityTag {
  static func text(_ version: Int64) -> String { "\"\(version)\"" }

  /// The version in `If-Match`. One strong tag of ours is understood; anything else is `version.malformed`.
  static func ifMatch(_ header: String?) throws(Refusal) -> Int64? {
    guard let header else { return nil }
    guard header.utf8.count <= 22, header.hasPrefix("\""), header.hasSuffix("\""),
      header.utf8.dropFirst().dropLast().allSatisfy(isDigit), let version = Int64(header.dropFirst().dropLast())
    else {
      throw Refusal(.versionMalformed, "If-Match must be the ETag that this API answered with, such as \"3\".")
    }
    return version
  }

  /// Whether `If-None-Match` names `version`, by weak comparison (section 13.1.2).
  static func ifNoneMatch(_ header: String, names version: Int64) -> Bool {
    let own = text(version)
    return header.split(separator: ",").contains { part in
      let tag = part.drop { $0 == " " }
      let plain = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
      return plain.prefix { $0 != " " } == own || plain == "*"
    }
  }
}
