import BulkheadCore
import Synchronization

/// Where the cells are. Filled at start-up from the registry and whenever a cell is added.
package final class CellDirectory: Sendable {
  private let addresses = Mutex<[String: CellAddress]>([:])

  package init() {}

  package func set(_ address: CellAddress, for cell: String) {
    addresses.withLock { $0[cell] = address }
  }

  package func address(of cell: String) throws(Refusal) -> CellAddress {
    guard let address = addresses.withLock({ $0[cell] }) else {
      throw Refusal(.serviceUnavailable, "The service is not ready.", diagnostic: "no address for cell \(cell)")
    }
    return address
  }

  package var names: [String] { addresses.withLock { $0.keys.sorted() } }
}
