import BulkheadCore
import BulkheadData
import BulkheadKeys
import Synchronization

/// Database credentials derived from the master key: role passwords and, for each cell, the bind keys.
package final class PlatformCredentials: CellCredentials {
  /// Number of the bind key in use.
  package static let bindKid = 1

  private let master: MasterKey
  private let bindKeys = Mutex<[String: BindKeys]>([:])

  package init(master: MasterKey) { self.master = master }

  package func password(ofRole role: String) -> Secret<String> { master.rolePassword(role: role) }

  package func minter(forCell cell: String) -> any BindTokenMinter { keys(cell) }

  package func bindKeyPads(forCell cell: String) -> [BindKeyPads] {
    let pads = keys(cell).pads(kid: Self.bindKid)
    return [BindKeyPads(kid: "k\(Self.bindKid)", inner: Secret(pads.inner), outer: Secret(pads.outer))]
  }

  private func keys(_ cell: String) -> BindKeys {
    bindKeys.withLock { known in
      if let keys = known[cell] { return keys }
      let keys = BindKeys(master: master, cell: cell, kid: Self.bindKid)
      known[cell] = keys
      return keys
    }
  }
}
