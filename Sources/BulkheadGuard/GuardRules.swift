/// Which walls stand. Production uses `.all` and nothing else: it is the default of `StatementGuard`, and no code of
/// the product names a member. The members exist so that a test can take one wall away and watch its attack succeed;
/// a test of a wall that also passes without the wall proves nothing.
package struct GuardRules: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Every range of a tenant's table is narrowed to the tenant's rows.
  package static let tenantPredicate = GuardRules(rawValue: 1 << 0)
  /// Functions and operators must be in the allow-list, in every notation.
  package static let functions = GuardRules(rawValue: 1 << 1)
  /// Tables must be in the catalog and are named without a schema.
  package static let tables = GuardRules(rawValue: 1 << 2)
  /// Only SELECT, INSERT, UPDATE, DELETE and MERGE. Without it every other statement passes as it is.
  package static let utility = GuardRules(rawValue: 1 << 3)
  /// The tenant's column, system columns, stars and whole rows cannot be named.
  package static let columns = GuardRules(rawValue: 1 << 4)
  /// Types must be in the allow-list.
  package static let casts = GuardRules(rawValue: 1 << 5)

  package static let all: GuardRules = [.tenantPredicate, .functions, .tables, .utility, .columns, .casts]
}
