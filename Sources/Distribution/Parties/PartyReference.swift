import BulkheadCore

/// How a document names a party.
public enum PartyReference: Hashable, Sendable {
  case id(EntityID)
  case code(String)

  var id: EntityID? { if case .id(let id) = self { id } else { nil } }
  var code: String? { if case .code(let code) = self { code } else { nil } }
  /// The member of a body that carries this kind of reference.
  var member: String { id == nil ? "customer" : "customerId" }
}
