import BulkheadCore

/// Who logs in where: connections are shared only among users of the same home.
package struct Home: Hashable, Sendable {
  package let cell: String
  package let database: String
  package let role: String

  package init(cell: String, database: String, role: String) {
    self.cell = cell
    self.database = database
    self.role = role
  }

  package init(_ placement: Placement) {
    self.init(cell: placement.cell, database: placement.database, role: placement.role)
  }
}

/// Network place of one PostgreSQL cluster.
package struct CellAddress: Hashable, Sendable {
  /// Host name, address, or the directory of a unix socket.
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

/// What the data path needs to know of keys, without holding any; implemented over `BulkheadKeys`.
package protocol CellCredentials: Sendable {
  /// The password of a login role. Derived, so that none is stored.
  func password(ofRole role: String) -> Secret<String>
  /// Mints bind tokens for one cell.
  func minter(forCell cell: String) -> any BindTokenMinter
  /// The pads of the bind keys that a database of this cell must know.
  func bindKeyPads(forCell cell: String) -> [BindKeyPads]
}

/// One bind key as PostgreSQL checks it: HMAC-SHA256 is `sha256(outer || sha256(inner || message))`.
package struct BindKeyPads: Sendable {
  package let kid: String
  package let inner: Secret<[UInt8]>
  package let outer: Secret<[UInt8]>

  package init(kid: String, inner: Secret<[UInt8]>, outer: Secret<[UInt8]>) {
    self.kid = kid
    self.inner = inner
    self.outer = outer
  }
}
