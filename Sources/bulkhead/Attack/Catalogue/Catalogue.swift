/// Every attack there is, family by family. A family is a file of this folder; a new one is named here.
enum Catalogue {
  static let all: [any Attack] =
    forgeries + credentials + links + namedTenants + foreignIDs + forgottenPredicates + guarded + rows + bindTokens
    + carrier
    + roles + functions + catalogs + definitions + residue + jobs + bounds + integration + doors + narrowRoles + thefts
}
