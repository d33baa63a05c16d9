import BulkheadCore

enum PutawayTaskState: String, Sendable, CaseIterable {
  /// Nobody's; goes to `claimed` or `cancelled`.
  case open
  /// In a worker's hands; goes to `done`, `cancelled`, or back to `open`.
  case claimed
  case done
  case cancelled
}

/// What a worker's device tells about goods that were put away, under a number of its own that makes sending twice
/// harmless.
struct PutawayScan: Sendable {
  let device: String
  let sequence: Int64
  /// Code of the place that was scanned.
  let location: String
  /// SKU or GTIN of what was scanned, when the worker scans goods too.
  let barcode: String?
  let lot: String?
  /// Base units.
  let quantity: Quantity
  /// Why it is not the proposed place.
  let reason: String?
}

/// A place as a scan names it.
struct ScannedPlace: Sendable {
  let id: EntityID
  let code: String
  let type: String
  let warehouseID: EntityID?
}

/// A put-away task whose row is locked.
struct LockedPutaway: Sendable {
  let id: EntityID
  let entity: LegalEntity
  let warehouseID: EntityID
  let productID: EntityID
  let baseUnit: String
  let lotKey: EntityID
  let lotCode: String?
  let fromID: EntityID
  let toID: EntityID
  let quantity: Quantity
  let moved: Quantity
  let state: PutawayTaskState
  let worker: String?
  let device: String?
  /// Whether the barcode that was scanned is the product's; true when none was.
  let barcodeFits: Bool

  var rest: Quantity { get throws(Refusal) { try quantity.subtracting(moved) } }

  /// Whether `scan` confirms this task, at the place that it names. Pure.
  ///
  /// Refuses in this order: `putawayTask.wrongState`, `putawayTask.heldByOther`, `putawayTask.wrongProduct`,
  /// `putawayTask.wrongLot`, `quantity.notPositive`, `putawayTask.overMove`, `reference.unknown`, `location.wrongType`,
  /// `putawayTask.wrongLocation`, `putawayTask.reasonMissing`.
  func confirm(_ scan: PutawayScan, at place: ScannedPlace?, by worker: String) throws(Refusal) -> ScannedPlace {
    guard state == .claimed else {
      throw Refusal(.putawayTaskWrongState, "A task that is \(state.rawValue) is in nobody's hands: claim it first.")
    }
    guard self.worker == worker, device == scan.device else {
      throw Refusal(.putawayTaskHeldByOther, "Somebody else holds this task.")
    }
    guard barcodeFits else {
      throw Refusal(.putawayTaskWrongProduct, "This is not the product of the task.", at: "/barcode")
    }
    guard scan.lot == lotCode else {
      throw Refusal(
        .putawayTaskWrongLot, lotCode == nil ? "This product has no lots." : "This is not the lot of the task.",
        at: "/lot")
    }
    guard scan.quantity.isPositive else {
      throw Refusal(.quantityNotPositive, "The quantity must be more than zero.", at: "/quantity")
    }
    guard try scan.quantity <= rest else {
      throw Refusal(.putawayTaskOverMove, "The task has less than this left.", at: "/quantity")
    }
    guard let place else { throw Refusal(.referenceUnknown, "There is no such location.", at: "/location") }
    guard place.type == "storage" else {
      throw Refusal(.locationKind, "Stock rests in locations of type storage only.", at: "/location")
    }
    guard place.id != fromID, place.warehouseID == warehouseID else {
      throw Refusal(
        .putawayTaskWrongLocation, "Put it to another place of the same warehouse.", at: "/location")
    }
    guard place.id == toID || scan.reason != nil else {
      throw Refusal(.putawayTaskReasonMissing, "This is not the proposed place: give a reason.", at: "/reason")
    }
    return place
  }
}

extension LockedPutaway {
  /// The answer of `PutawayStatements.lockTask`.
  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else { throw Refusal.notFound }
    self.init(
      id: try row.id(0),
      entity: LegalEntity(
        id: try row.id(1), currency: try row.currency(2), fiscalYearStartMonth: Int(try row.int(3))),
      warehouseID: try row.id(4), productID: try row.id(5), baseUnit: try row.text(6), lotKey: try row.id(7),
      lotCode: row.textOrNil(8), fromID: try row.id(9), toID: try row.id(10), quantity: try row.quantity(11),
      moved: try row.quantity(12), state: try row.known(13), worker: row.textOrNil(14), device: row.textOrNil(15),
      barcodeFits: try row.bool(16))
  }
}
