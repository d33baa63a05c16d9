import BulkheadCore

/// Keeps stored answers unreadable to whoever reads the table: an answer may hold a token, a request's fingerprint
/// speaks of its body. Implemented over `BulkheadKeys`.
package protocol AnswerVault: Sendable {
  /// A keyed digest of `fingerprint`, so that a stored one cannot be compared with guesses.
  func digest(_ fingerprint: [UInt8], tenant: TenantID) -> [UInt8]
  func seal(_ body: [UInt8], tenant: TenantID) throws(Refusal) -> [UInt8]
  func open(_ sealed: [UInt8], tenant: TenantID) throws(Refusal) -> [UInt8]
}
