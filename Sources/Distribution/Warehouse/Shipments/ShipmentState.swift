/// How far a shipment has come.
public enum ShipmentPhase: String, Sendable, CaseIterable {
  /// Planned in a wave that is not released. Goes to `assigned`, or to `cancelled`.
  case draft
  /// An order that ships complete was picked short: the rest joins this shipment when it comes in.
  case waiting
  /// Its pick tasks are out.
  case assigned
  /// Everything that was found is in the output place. Goes to `packed`.
  case picked
  /// All of it is in closed packages.
  case packed
  /// Gone. Final.
  case shipped
  /// Given up; what was picked lies in its bins again. Final.
  case cancelled

  /// Whether it holds goods or tasks of its order.
  var isLive: Bool { self != .shipped && self != .cancelled }

  /// Where a shipment stands whose tasks have changed. Pure.
  ///
  /// An order that ships complete waits while any of its lines is open; any other leaves with what was found, and a
  /// shipment for which nothing was found is nothing.
  static func afterPicking(
    openTasks: Int, picked: Quantity, shipPolicy: OrderRequest.ShipPolicy, orderHasOpenLines: Bool
  ) -> ShipmentPhase {
    if openTasks > 0 { return .assigned }
    if shipPolicy == .shipComplete, orderHasOpenLines { return .waiting }
    return picked.isPositive ? .picked : .cancelled
  }
}

/// State of one walk to one bin.
public enum PickTaskState: String, Sendable, CaseIterable {
  /// Nobody's yet.
  case open
  /// In the hands of one worker with one device.
  case claimed
  /// All of it was found. Final.
  case done
  /// Less was found than the books say; the bin is counted. Final.
  case short
  /// The shipment was given up. Final.
  case cancelled
}
