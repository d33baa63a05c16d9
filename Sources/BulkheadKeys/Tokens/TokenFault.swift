import BulkheadCore

/// Why a credential was refused. Only operators see it; whoever presented the credential gets one answer for all.
enum TokenFault: String, Error, CaseIterable {
  case tooLarge = "larger than the bound"
  case form = "not three parts of strict base64url"
  case header = "the header is not the one that we issue"
  case algorithm = "the algorithm is not ES256"
  case type = "the type is not at+jwt"
  case claims = "a claim is missing or of the wrong form"
  case key = "the tenant has no such key"
  case signature = "the signature does not verify"
  case expired = "expired"
  case early = "not valid yet"
  case audience = "meant for another door"
  case issuer = "of another issuer"
  case actor = "this kind of actor has no business here"
  case revoked = "revoked"

  var refusal: Refusal {
    Refusal(.credentialInvalid, "The credential is not valid.", diagnostic: rawValue)
  }
}
