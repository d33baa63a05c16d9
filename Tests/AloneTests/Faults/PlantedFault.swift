import BulkheadCore

/// Faults by which multi-tenant systems have leaked. Each is put into both worlds from outside the product: into the
/// database, or into a seam where one part meets another. The product has no switch for any of them.
enum PlantedFault: String, CaseIterable, Sendable {
  case missingPredicate, sharedCacheKey, globalUniqueKey, sharedSequence, idInErrorText, jobWithoutTenant
  case countOverAllTenants, foreignKeyByIDAlone, leakedHeader, staleLease

  /// What is wrong, in one line.
  var summary: String {
    switch self {
    case .missingPredicate: "parties are listed without a tenant predicate and without row security on their table"
    case .sharedCacheKey: "answers of the database are remembered by statement and parameters, not by tenant"
    case .globalUniqueKey: "a SKU may exist once in the whole system"
    case .sharedSequence: "document numbers of all tenants come from one series"
    case .idInErrorText: "the refusal of an id that is somebody else's says whose it is"
    case .jobWithoutTenant: "a worker runs a job under the tenant of the job before"
    case .countOverAllTenants: "a limit on customers counts those of all tenants"
    case .foreignKeyByIDAlone: "references to products, categories and parties are checked by id alone"
    case .leakedHeader: "a header tells how many tenants the process has served"
    case .staleLease: "a connection given back stays bound to the tenant who had it"
    }
  }

  /// The seams of a world with the fault in it.
  func seams(_ house: House) -> WorldSeams {
    switch self {
    case .missingPredicate: EdgeFaults.withoutPredicate()
    case .sharedCacheKey: SessionFaults.sharedCache()
    case .idInErrorText: SessionFaults.tellingRefusal(house)
    case .jobWithoutTenant: EdgeFaults.forgetfulWorker()
    case .leakedHeader: EdgeFaults.leakedHeader()
    case .globalUniqueKey, .sharedSequence, .countOverAllTenants, .foreignKeyByIDAlone, .staleLease: WorldSeams()
    }
  }

  /// What is changed in the database that holds the pooled tenants; `nil` for faults of the program.
  var change: DatabaseFault? {
    switch self {
    case .missingPredicate: .unprotectedParties
    case .globalUniqueKey: .globalUniqueKey
    case .sharedSequence: .sharedSequence
    case .countOverAllTenants: .globalCount
    case .foreignKeyByIDAlone: .foreignKeysByID
    case .staleLease: .stickyBind
    case .sharedCacheKey, .idInErrorText, .jobWithoutTenant, .leakedHeader: nil
    }
  }
}
