/// The limits of one policy, or those that several make together. What is not set is not bounded by it.
public struct PolicyLimits: Hashable, Sendable {
  public private(set) var values: [Limit: Int64]

  /// Bounds nothing.
  public static let none = PolicyLimits(values: [:])

  private init(values: [Limit: Int64]) { self.values = values }

  /// What was written. See `bound` for what follows from it.
  public subscript(limit: Limit) -> Int64? { values[limit] }

  /// What bounds `limit`: a rate without a burst of its own is a burst of one second's worth.
  public func bound(_ limit: Limit) -> Int64? {
    values[limit] ?? (limit == .requestBurst ? values[.requestsPerSecond] : nil)
  }

  private var bounds: [Limit: Int64] {
    var bounds = values
    if let burst = bound(.requestBurst) { bounds[.requestBurst] = burst }
    return bounds
  }

  /// What holds where both apply: of each limit the tighter one.
  public func tightened(by other: PolicyLimits) -> PolicyLimits {
    PolicyLimits(values: bounds.merging(other.bounds) { min($0, $1) })
  }

  /// The limits that `self` would set higher than `ancestor` does.
  public func loosened(from ancestor: PolicyLimits) -> [Limit] {
    values.filter { limit, value in ancestor.bound(limit).map { value > $0 } ?? false }.keys.sorted()
  }

  public var json: JSON {
    .object(values.sorted { $0.key < $1.key }.map { JSON.Member($0.key.rawValue, .int($0.value)) })
  }
}

extension PolicyLimits {
  /// Reads limits as an operator writes them: an object of whole numbers by the names of `Limit`.
  ///
  /// - Throws: `policy.notAnObject`, or `input.invalid` with a violation for each member that is wrong:
  ///   `policy.limitUnknown`, `policy.limitNotWhole`, `policy.limitOutOfRange`; when each by itself is right,
  ///   `policy.limitContradicts`.
  public init(_ json: JSON) throws(Refusal) {
    guard let members = json.members else {
      throw Refusal(.policyNotAnObject, "Limits are a JSON object.", at: "/limits")
    }
    var values: [Limit: Int64] = [:]
    var violations: [Violation] = []
    for member in members {
      switch Self.read(member) {
      case .success(let (limit, value)): values[limit] = value
      case .failure(let wrong): violations.append(wrong.violation)
      }
    }
    if violations.isEmpty { violations = Self.contradictions(values) }
    guard violations.isEmpty else {
      throw Refusal(.inputInvalid, "The policy cannot be taken as it is.", violations: violations)
    }
    self.init(values: values)
  }

  /// Reads limits as the registry holds them. They were checked when they were written; a name that this version does
  /// not know is no reason to serve its tenants nothing.
  public init(stored json: JSON) {
    var values: [Limit: Int64] = [:]
    for member in json.members ?? [] {
      guard let limit = Limit(rawValue: member.name), let value = member.value.int, value > 0 else { continue }
      values[limit] = min(max(Int64(value), limit.range.lowerBound), limit.range.upperBound)
    }
    self.init(values: values)
  }

  private struct Wrong: Error { let violation: Violation }

  private static func read(_ member: JSON.Member) -> Result<(Limit, Int64), Wrong> {
    let place = "/limits/\(member.name)"
    guard let limit = Limit(rawValue: member.name) else {
      let known = Limit.allCases.map(\.rawValue).joined(separator: ", ")
      return .failure(
        Wrong(
          violation: Violation(
            at: place, RefusalCode.policyLimitUnknown.name, "There is no such limit. Limits are: \(known).")))
    }
    guard let text = member.value.numberText, let value = Int64(text) else {
      return .failure(
        Wrong(violation: Violation(at: place, RefusalCode.policyLimitNotWhole.name, "A limit is a whole number.")))
    }
    guard limit.range.contains(value) else {
      return .failure(
        Wrong(
          violation: Violation(
            at: place, RefusalCode.policyLimitOutOfRange.name,
            "It is from \(limit.range.lowerBound) to \(limit.range.upperBound) \(limit.unit).")))
    }
    return .success((limit, value))
  }

  /// Limits of which one could never be reached, because another is always reached before it.
  private static let within: [(inner: Limit, outer: Limit)] = [
    (.lockMilliseconds, .transactionMilliseconds), (.idleMilliseconds, .transactionMilliseconds),
  ]

  private static func contradictions(_ values: [Limit: Int64]) -> [Violation] {
    var violations: [Violation] = []
    for (inner, outer) in within {
      guard let least = values[inner], let most = values[outer], least > most else { continue }
      violations.append(
        Violation(
          at: "/limits/\(inner.rawValue)", RefusalCode.policyLimitContradicts.name,
          "It could never be reached: \(outer.rawValue) is \(most) already."))
    }
    if values[.requestBurst] != nil, values[.requestsPerSecond] == nil {
      violations.append(
        Violation(
          at: "/limits/\(Limit.requestBurst.rawValue)", RefusalCode.policyLimitContradicts.name,
          "A burst needs a rate: set \(Limit.requestsPerSecond.rawValue) too."))
    }
    return violations
  }
}

extension RefusalCode {
  public static let policyNotAnObject = RefusalCode("policy.notAnObject", .invalid)
  public static let policyLimitUnknown = RefusalCode("policy.limitUnknown", .invalid)
  public static let policyLimitNotWhole = RefusalCode("policy.limitNotWhole", .invalid)
  public static let policyLimitOutOfRange = RefusalCode("policy.limitOutOfRange", .invalid)
  public static let policyLimitContradicts = RefusalCode("policy.limitContradicts", .invalid)
  /// A limit is higher than an ancestor allows.
  public static let policyLoosened = RefusalCode("policy.loosened", .conflict)

  /// What writing a policy may be refused with.
  public static let policy: [RefusalCode] = [
    .policyNotAnObject, .policyLimitUnknown, .policyLimitNotWhole, .policyLimitOutOfRange, .policyLimitContradicts,
    .policyLoosened,
  ]
}
