/// Which column says whose a row is, and how sure that is.
package struct TenantColumn: Sendable {
  /// From a score of 0 to 100.
  package enum Confidence: String, Sendable { case given, sure, likely, guess }

  /// How one column name looks over all tables of the schemas.
  package struct Candidate: Sendable {
    package let name: String
    package let tables: Int
    /// Tables in which its type is one that ids have.
    package let typed: Int
    /// Tables with an index that starts with it.
    package let led: Int
    /// Tables in which a policy looks at it.
    package let policies: Int
    /// Tables in which it alone is a foreign key to the table that it refers to most.
    package let references: Int
    /// That table, for people.
    package let target: String?

    package init(
      name: String, tables: Int, typed: Int, led: Int, policies: Int, references: Int, target: String?
    ) {
      self.name = name
      self.tables = tables
      self.typed = typed
      self.led = led
      self.policies = policies
      self.references = references
      self.target = target
    }
  }

  package let names: [String]
  package let confidence: Confidence
  /// Sentences that say what spoke for it.
  package let reasons: [String]
  /// Other columns that came near, best first, with their scores.
  package let others: [(name: String, score: Int)]
}

extension TenantColumn.Candidate {
  /// Names that mean a tenant in the field, without case, underscores and hyphens. 1 is beyond doubt.
  static let weights: [String: Double] = [
    "tenantid": 1, "tenant": 1, "tenantuuid": 1, "tenantkey": 1, "tenantcode": 0.9, "mandantid": 1, "mandant": 1,
    "orgid": 0.9, "organizationid": 0.9, "organisationid": 0.9, "organization": 0.8, "workspaceid": 0.9,
    "companyid": 0.85, "accountid": 0.8, "account": 0.6, "merchantid": 0.75, "shopid": 0.75, "storeid": 0.75,
    "schoolid": 0.7, "clinicid": 0.7, "siteid": 0.7, "realmid": 0.7, "realm": 0.6, "instanceid": 0.6, "clientid": 0.6,
    "teamid": 0.6, "subscriberid": 0.6, "domainid": 0.55, "owneruid": 0.55, "customerid": 0.5, "partnerid": 0.5,
    "projectid": 0.45, "ownerid": 0.45, "uid": 0.3, "userid": 0.35, "groupid": 0.3,
  ]

  var weight: Double {
    let plain = String(name.lowercased().filter { $0 != "_" && $0 != "-" })
    if let weight = Self.weights[plain] { return weight }
    return plain.hasSuffix("tenantid") || plain.hasPrefix("tenant") ? 0.8 : 0
  }

  /// 0 to 100: name 35, share of tables 30, foreign keys to one table 15, policies 15, leading indexes 5.
  func score(tablesTotal: Int) -> Int {
    guard tables > 0, tablesTotal > 0, typed == tables else { return 0 }
    func share(_ part: Int) -> Double { Double(part) / Double(tables) }
    // A name that means nothing needs other evidence than being everywhere, as `id` and `created_by` are.
    guard weight > 0 || share(policies) >= 0.5 else { return 0 }
    let spread = Double(tables) / Double(tablesTotal)
    let score =
      35 * weight + 30 * spread + 15 * share(references) + 15 * share(policies) + 5 * share(led)
    return Int(score.rounded())
  }

  func reasons(tablesTotal: Int) -> [String] {
    var reasons = ["\(tables) of \(tablesTotal) tables have it"]
    if weight >= 0.8 { reasons.append("the name means a tenant") }
    if weight > 0, weight < 0.8 { reasons.append("the name may mean a tenant") }
    if references > 0, let target { reasons.append("foreign keys lead from it to \(target): \(references)") }
    if policies > 0 { reasons.append("policies look at it on \(Printable.count(policies, "table"))") }
    if led > 0 { reasons.append("an index starts with it on \(Printable.count(led, "table"))") }
    return reasons
  }
}

extension TenantColumn {
  static let sureScore = 70
  static let likelyScore = 50
  static let guessScore = 35

  /// The best of `candidates`, or `nil` when none is convincing.
  package static func best(of candidates: [Candidate], tablesTotal: Int) -> TenantColumn? {
    let scored = candidates.map { ($0, $0.score(tablesTotal: tablesTotal)) }
      .sorted { ($0.1, $1.0.name) > ($1.1, $0.0.name) }
    guard let (best, score) = scored.first, score >= guessScore else { return nil }
    let runnerUp = scored.dropFirst().first?.1 ?? 0
    let isContested = score - runnerUp < 8
    let confidence: Confidence =
      switch score {
      case sureScore... where !isContested: .sure
      case likelyScore... where !isContested: .likely
      default: .guess
      }
    let others = scored.dropFirst().prefix(3).filter { $0.1 >= guessScore / 2 }.map { (name: $0.0.name, score: $0.1) }
    return TenantColumn(
      names: [best.name], confidence: confidence,
      reasons: best.reasons(tablesTotal: tablesTotal) + (isContested ? ["another column looks as good"] : []),
      others: others)
  }
}
