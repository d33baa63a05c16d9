import BulkheadCore

/// What a worker's device tells about a task, under a number of its own that makes sending twice harmless.
public struct PickScan: Sendable {
  public enum Kind: String, Sendable {
    case pick, short
  }

  public let device: String
  public let sequence: Int64
  /// Code of the bin that was scanned.
  public let location: String
  /// SKU or GTIN of what was scanned, when the worker scans goods too.
  public let barcode: String?
  public let lot: String?
  /// Base units.
  public let quantity: Quantity

  public init(
    device: String, sequence: Int64, location: String, barcode: String? = nil, lot: String? = nil, quantity: Quantity
  ) {
    self.device = device
    self.sequence = sequence
    self.location = location
    self.barcode = barcode
    self.lot = lot
    self.quantity = quantity
  }
}

/// A scan that was taken before under the same device and number.
struct TakenScan: Sendable, Equatable {
  let kind: PickScan.Kind
  let taskID: EntityID
  let quantity: Quantity
}

/// A pick task whose row is locked.
struct LockedTask: Sendable {
  let id: EntityID
  let waveID: EntityID
  let shipmentID: EntityID
  let lineID: EntityID
  let orderLineID: EntityID
  let reservationID: EntityID
  let productID: EntityID
  let removal: Removal
  let baseUnit: String
  let lotKey: EntityID
  let lotCode: String?
  let fromID: EntityID
  let fromCode: String
  let toID: EntityID
  let quantity: Quantity
  let picked: Quantity
  let state: PickTaskState
  let worker: String?
  let device: String?
  /// Whether the barcode that was scanned is the product's; true when none was.
  let barcodeFits: Bool

  /// What is still to be found.
  var rest: Quantity { get throws(Refusal) { try quantity.subtracting(picked) } }

  /// Refuses with `pickTask.wrongState`, `pickTask.heldByOther`.
  func require(worker: String, device: String) throws(Refusal) {
    guard state == .claimed else {
      throw Refusal(.pickTaskWrongState, "A task that is \(state.rawValue) is in nobody's hands: claim it first.")
    }
    guard self.worker == worker, self.device == device else {
      throw Refusal(.pickTaskHeldByOther, "Somebody else holds this task.")
    }
  }

  /// Whether `scan` confirms this task. Pure. Refuses in this order: `pickTask.wrongState`, `pickTask.heldByOther`,
  /// `pickTask.wrongLocation`, `pickTask.wrongProduct`, `pickTask.wrongLot`, `quantity.notPositive`,
  /// `pickTask.overPick`.
  func confirm(_ scan: PickScan, by worker: String) throws(Refusal) {
    try require(worker: worker, device: scan.device)
    guard scan.location == fromCode else {
      throw Refusal(.pickTaskWrongLocation, "This is not the bin of the task.", at: "/location")
    }
    guard barcodeFits else {
      throw Refusal(.pickTaskWrongProduct, "This is not the product of the task.", at: "/barcode")
    }
    guard scan.lot == lotCode else {
      throw Refusal(
        .pickTaskWrongLot, lotCode == nil ? "This product has no lots." : "This is not the lot of the task.",
        at: "/lot")
    }
    guard scan.quantity.isPositive else {
      throw Refusal(.quantityNotPositive, "The quantity must be more than zero.", at: "/quantity")
    }
    guard try scan.quantity <= rest else {
      throw Refusal(.pickTaskOverPick, "The task asks for less than this.", at: "/quantity")
    }
  }

  /// Whether `taken` is this very message, sent again. Refuses with `scan.reused` when the number was used for
  /// something else.
  static func isRepeated(
    _ taken: TakenScan?, kind: PickScan.Kind, task: EntityID, quantity: Quantity?
  ) throws(Refusal) -> Bool {
    guard let taken else { return false }
    guard taken.kind == kind, taken.taskID == task, quantity == nil || taken.quantity == quantity else {
      throw Refusal(.scanReused, "This device has used this number for another scan.", at: "/seq")
    }
    return true
  }
}
