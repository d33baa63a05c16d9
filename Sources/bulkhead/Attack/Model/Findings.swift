import Synchronization

/// What many requests of one attack found.
final class Findings: Sendable {
  private let state = Mutex<(requests: Int, leaks: [String])>((0, []))

  func count(_ more: Int = 1) { state.withLock { $0.requests += more } }
  func add(_ leak: String) { state.withLock { $0.leaks.append(leak) } }

  var leaks: [String] { state.withLock { $0.leaks } }
  var requests: Int { state.withLock { $0.requests } }

  /// A breach when anything was found, with the first three of it. Throws when nothing at all was tried.
  func outcome(_ held: String) -> Outcome {
    let (requests, leaks) = state.withLock { $0 }
    guard !leaks.isEmpty else { return .held("\(requests) \(held)") }
    return .breach("\(leaks.count) of \(requests): " + leaks.sorted().prefix(3).joined(separator: "; "))
  }
}
