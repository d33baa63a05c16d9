import BulkheadCore

/// What becomes of a receipt's put-away tasks when some of its goods leave the dock for their supplier. Pure.
///
/// What stays there keeps its tasks: those in a worker's hands first, then those that are walked to first. The one that
/// is left with less than it says gives way to a task of the rest; all others are cancelled.
struct PutawayWithdrawal: Sendable {
  struct Task: Sendable {
    let id: EntityID
    /// What is not put away yet.
    let rest: Quantity
    let isClaimed: Bool
  }

  struct Replacement: Hashable, Sendable {
    let task: EntityID
    let quantity: Quantity
  }

  /// Tasks that end, in their order.
  let cancelled: [EntityID]
  /// Cancelled tasks, of which so much stays.
  let replaced: [Replacement]

  /// - Parameters:
  ///   - staying: what is still at the dock of these goods once the others have left.
  ///   - tasks: those that are open or claimed, in the order of the walk.
  init(staying: Quantity, tasks: [Task]) throws(Refusal) {
    var left = staying
    var cancelled: [EntityID] = []
    var replaced: [Replacement] = []
    for task in tasks.filter(\.isClaimed) + tasks.filter({ !$0.isClaimed }) {
      if task.rest <= left {
        left = try left.subtracting(task.rest)
        continue
      }
      cancelled.append(task.id)
      guard left.isPositive else { continue }
      replaced.append(Replacement(task: task.id, quantity: left))
      left = .zero
    }
    self.cancelled = cancelled
    self.replaced = replaced
  }
}
