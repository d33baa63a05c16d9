import Synchronization

/// Tells the relay which homes were written to, so that it need not ask the others.
package final class RelaySignal: Sendable {
  /// Homes remembered by name; beyond, all are looked at.
  package static let homesMax = 1024

  /// What is to be looked at.
  enum Scope: Hashable {
    case homes(Set<String>)
    case all

    func contains(_ home: String) -> Bool {
      switch self {
      case .homes(let homes): homes.contains(home)
      case .all: true
      }
    }

    func including(_ more: Set<String>) -> Scope {
      switch self {
      case .homes(let homes): .homes(homes.union(more))
      case .all: .all
      }
    }
  }

  let wakes = WakeSignal()
  private let written = Mutex(Scope.homes([]))

  package init() {}

  /// Call it after the commit of a transaction that sent an event.
  package func wrote(home: String) {
    written.withLock { scope in
      guard case .homes(var homes) = scope else { return }
      homes.insert(home)
      scope = homes.count > Self.homesMax ? .all : .homes(homes)
    }
    wakes.wake()
  }

  /// What was written to since the last call.
  func take() -> Scope {
    written.withLock { scope in
      defer { scope = .homes([]) }
      return scope
    }
  }
}
