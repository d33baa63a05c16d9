import BulkheadCore

/// The claims of an access token (RFC 7519, section 4; RFC 9068, section 2.2), of the types that they mean.
///
/// Claims of other names are ignored, so that a newer node may add one.
struct TokenClaims {
  static let issuer = "bulkhead"
  /// Permissions in one token.
  static let permissionsMax = 256
  /// Longest path of a link, in bytes.
  static let pathBytesMax = 512

  var issuer: String
  var audience: String
  var subject: Actor
  /// Absent in platform tokens.
  var tenant: TenantID?
  var credential: EntityID
  var issuedAt: Instant
  var notBefore: Instant
  var expiresAt: Instant
  var permissions: PermissionSet
  /// Of a link to a file: the path that it reads. A private claim (RFC 7519, section 4.3), `path`.
  var path: String?
}

extension TokenClaims {
  init(_ payload: JSON) throws(TokenFault) {
    guard let issuer = payload["iss"]?.string, let audience = payload["aud"]?.string,
      let subject = payload["sub"]?.id, let kind = payload["act"]?.string.flatMap(Actor.Kind.init(rawValue:)),
      let credential = payload["jti"]?.id, let issuedAt = NumericDate.instant(payload["iat"]),
      let notBefore = NumericDate.instant(payload["nbf"]), let expiresAt = NumericDate.instant(payload["exp"]),
      let scope = payload["perms"]?.string, let permissions = Self.permissions(scope)
    else { throw .claims }
    if let tenant = payload["tid"] {
      guard let id = tenant.id else { throw .claims }
      self.tenant = TenantID(id)
    }
    if let path = payload["path"] {
      guard let text = path.string, text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= Self.pathBytesMax else {
        throw .claims
      }
      self.path = text
    }
    self.issuer = issuer
    self.audience = audience
    self.subject = Actor(kind: kind, id: subject)
    self.credential = credential
    self.issuedAt = issuedAt
    self.notBefore = notBefore
    self.expiresAt = expiresAt
    self.permissions = permissions
  }

  /// The payload of a token. Permissions are one string with a space between, as `scope` is (RFC 8693, section 4.2):
  /// the shortest form.
  var json: JSON {
    var members: [JSON.Member] = [
      .init("iss", .string(issuer)), .init("aud", .string(audience)), .init("sub", .id(subject.id)),
      .init("act", .string(subject.kind.rawValue)),
    ]
    if let tenant { members.append(.init("tid", .id(tenant.id))) }
    members += [
      .init("jti", .id(credential)), .init("iat", NumericDate.json(issuedAt)),
      .init("nbf", NumericDate.json(notBefore)), .init("exp", NumericDate.json(expiresAt)),
      .init("perms", .string(permissions.permissions.map(\.name).sorted().joined(separator: " "))),
    ]
    if let path { members.append(.init("path", .string(path))) }
    return .object(members)
  }

  /// Whether `name` may stand in a scope: the visible ASCII characters but `"` and `\` (RFC 6749, section 3.3).
  static func isScope(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
  }

  private static func permissions(_ scope: String) -> PermissionSet? {
    guard !scope.isEmpty else { return PermissionSet([]) }
    let names = scope.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard names.count <= permissionsMax else { return nil }
    var permissions: Set<Permission> = []
    for name in names {
      let name = String(decoding: name, as: UTF8.self)
      guard isScope(name) else { return nil }
      permissions.insert(Permission(name))
    }
    return PermissionSet(permissions)
  }
}

/// Seconds since 1970 as JSON (RFC 7519, section 2), down to the microsecond.
///
/// Whole seconds would not do for `iat`: of two tokens of one second, one issued before a password was changed and
/// one after, only the first is to be refused.
enum NumericDate {
  /// 9999-12-31T23:59:59Z; also keeps the arithmetic on instants far from overflow.
  private static let secondsMax: Int64 = 253_402_300_799

  static func json(_ instant: Instant) -> JSON {
    let fraction = instant.microseconds - instant.seconds * 1_000_000
    guard fraction != 0 else { return .int(instant.seconds) }
    return .number("\(instant.seconds)." + String(String(1_000_000 + fraction).dropFirst()))
  }

  /// Digits, and perhaps a dot and up to six more; no sign and no exponent.
  static func instant(_ value: JSON?) -> Instant? {
    guard let text = value?.numberText else { return nil }
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, let seconds = number(whole), seconds <= secondsMax else {
      return nil
    }
    guard parts.count == 2 else { return Instant(seconds: seconds) }
    guard parts[1].count <= 6, let digits = number(parts[1]) else { return nil }
    var microseconds = digits
    for _ in parts[1].count..<6 { microseconds *= 10 }
    return Instant(microseconds: seconds * 1_000_000 + microseconds)
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int64? {
    guard (1...12).contains(digits.count) else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return value
  }
}
