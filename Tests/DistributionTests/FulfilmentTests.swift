import BulkheadCore
import Testing

@testable import Distribution

@Suite("Picking, packing and shipping, decided")
struct FulfilmentDecisionTests {
  @Test(
    "a shipment's state follows from its tasks, what was found and how its order ships",
    arguments: [
      (2, 0, OrderRequest.ShipPolicy.shipPartial, false, ShipmentPhase.assigned),
      (1, 5, .shipComplete, true, .assigned), (0, 5, .shipPartial, false, .picked), (0, 5, .shipPartial, true, .picked),
      (0, 5, .cancelBackorder, true, .picked), (0, 0, .shipPartial, true, .cancelled),
      (0, 5, .shipComplete, false, .picked), (0, 5, .shipComplete, true, .waiting),
      (0, 0, .shipComplete, true, .waiting),
    ])
  func phases(
    _ open: Int, _ picked: Int32, _ policy: OrderRequest.ShipPolicy, _ hasOpen: Bool, _ expected: ShipmentPhase
  ) {
    #expect(
      ShipmentPhase.afterPicking(
        openTasks: open, picked: Quantity(picked), shipPolicy: policy, orderHasOpenLines: hasOpen) == expected)
  }

  private func task(
    _ state: PickTaskState = .claimed, lot: String? = "L1", picked: Int32 = 0, barcodeFits: Bool = true
  ) -> LockedTask {
    LockedTask(
      id: id(1), waveID: id(2), shipmentID: id(3), lineID: id(4), orderLineID: id(5), reservationID: id(6),
      productID: id(7), removal: .fifo, baseUnit: "EA", lotKey: lot == nil ? .zero : id(8), lotCode: lot, fromID: id(9),
      fromCode: "A-01", toID: id(10), quantity: Quantity(40), picked: Quantity(picked), state: state,
      worker: "user:1", device: "RF-1", barcodeFits: barcodeFits)
  }

  private func scan(
    _ quantity: Int32 = 40, device: String = "RF-1", bin: String = "A-01", lot: String? = "L1"
  ) -> PickScan {
    PickScan(device: device, sequence: 1, location: bin, lot: lot, quantity: Quantity(quantity))
  }

  @Test("a scan that fits is taken, also in parts")
  func fits() throws {
    try task().confirm(scan(), by: "user:1")
    try task(picked: 24).confirm(scan(16), by: "user:1")
    try task(lot: nil).confirm(scan(lot: nil), by: "user:1")
  }

  @Test("a scan that does not fit is refused by the first rule it breaks")
  func refused() {
    let cases: [(LockedTask, PickScan, String, String)] = [
      (task(.open), scan(99, device: "RF-2", bin: "B", lot: "X"), "user:1", "pickTask.wrongState"),
      (task(.done), scan(), "user:1", "pickTask.wrongState"),
      (task(), scan(device: "RF-2"), "user:1", "pickTask.heldByOther"),
      (task(), scan(bin: "B"), "user:2", "pickTask.heldByOther"),
      (task(barcodeFits: false), scan(bin: "B", lot: "X"), "user:1", "pickTask.wrongLocation"),
      (task(barcodeFits: false), scan(lot: "X"), "user:1", "pickTask.wrongProduct"),
      (task(), scan(99, lot: "L2"), "user:1", "pickTask.wrongLot"),
      (task(), scan(lot: nil), "user:1", "pickTask.wrongLot"),
      (task(lot: nil), scan(), "user:1", "pickTask.wrongLot"), (task(), scan(0), "user:1", "quantity.notPositive"),
      (task(), scan(41), "user:1", "pickTask.overPick"), (task(picked: 24), scan(17), "user:1", "pickTask.overPick"),
    ]
    for (task, scan, worker, code) in cases {
      let refusal = #expect(throws: Refusal.self, "\(code)") { try task.confirm(scan, by: worker) }
      #expect(refusal?.code.name == code)
    }
  }

  @Test("a number that a device sends again is the same message or is refused")
  func repeated() throws {
    let taken = TakenScan(kind: .pick, taskID: id(1), quantity: Quantity(5))
    #expect(try !LockedTask.isRepeated(nil, kind: .pick, task: id(1), quantity: Quantity(5)))
    #expect(try LockedTask.isRepeated(taken, kind: .pick, task: id(1), quantity: Quantity(5)))
    let others: [(PickScan.Kind, EntityID, Quantity?)] = [
      (.pick, id(1), Quantity(6)), (.pick, id(2), Quantity(5)), (.short, id(1), nil),
    ]
    for (kind, task, quantity) in others {
      let refusal = #expect(throws: Refusal.self) {
        try LockedTask.isRepeated(taken, kind: kind, task: task, quantity: quantity)
      }
      #expect(refusal?.code.name == "scan.reused")
    }
  }

  private let available = [
    PackingPlan.Available(
      lineID: id(1), orderLine: 1, productID: id(7), lotKey: id(11), lotCode: "L1", picked: Quantity(40),
      packed: Quantity(10)),
    PackingPlan.Available(
      lineID: id(1), orderLine: 1, productID: id(7), lotKey: id(12), lotCode: "L2", picked: Quantity(20), packed: .zero),
    PackingPlan.Available(
      lineID: id(2), orderLine: 2, productID: id(8), lotKey: .zero, lotCode: nil, picked: Quantity(5), packed: .zero),
  ]

  private func content(_ line: Int64, _ lot: String?, _ quantity: Int32) -> PackingPlan.Content {
    PackingPlan.Content(line: line, lot: lot, quantity: Quantity(quantity))
  }

  @Test("a package takes what was picked and not packed, lot by lot")
  func packs() throws {
    let plan = try PackingPlan([content(1, "L1", 20), content(2, nil, 5), content(1, "L1", 10)], from: available)
    #expect(plan.items.map(\.quantity) == [Quantity(30), Quantity(5)])
    #expect(try plan.sums().map(\.quantity) == [Quantity(30), Quantity(5)])
  }

  @Test("what was not picked cannot be packed, and the place of the item is named")
  func overpacks() {
    let cases: [([PackingPlan.Content], String, String)] = [
      ([content(3, nil, 1)], "reference.unknown", "/items/0/line"),
      ([content(1, nil, 1)], "lot.required", "/items/0/lot"),
      ([content(2, nil, 1), content(1, "L3", 1)], "pickTask.wrongLot", "/items/1/lot"),
      ([content(2, "L1", 1)], "pickTask.wrongLot", "/items/0/lot"),
      ([content(1, "L1", 31)], "package.exceedsPicked", "/items/0/quantity"),
      (
        [content(1, "L1", 20), content(1, "L2", 20), content(1, "L1", 11)], "package.exceedsPicked", "/items/2/quantity"
      ),
    ]
    for (contents, code, place) in cases {
      let refusal = #expect(throws: Refusal.self, "\(code)") { try PackingPlan(contents, from: available) }
      #expect(refusal?.code.name == code)
      #expect(refusal?.violations.map(\.pointer) == [place])
    }
  }

  @Test("60 of 100 at 1125.00 are 675.00, and the last 40 are 450.00")
  func amounts() throws {
    #expect(
      try ShipmentAmount.part(of: 112_500, billable: Quantity(100), before: .zero, quantity: Quantity(60)) == 67_500)
    #expect(
      try ShipmentAmount.part(of: 112_500, billable: Quantity(100), before: Quantity(60), quantity: Quantity(40))
        == 45_000)
  }

  @Test("however a line is split, its parts add up to its amount", arguments: [UInt64(1), 2, 3])
  func splits(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let amount = Int64(random.next() % 1_000_000)
      let billable = try Quantity(millionths: Int128(random.next() % 900_000_000 + 1))
      var before = Quantity.zero
      var sum: Int64 = 0
      while before < billable {
        let rest = try billable.subtracting(before)
        let part = try Quantity(millionths: min(Int128(rest.millionths), Int128(random.next() % 300_000_000 + 1)))
        let minor = try ShipmentAmount.part(of: amount, billable: billable, before: before, quantity: part)
        #expect(minor >= 0)
        sum += minor
        before = try before.adding(part)
      }
      #expect(sum == amount, "seed \(seed)")
    }
  }

  @Test("what a short pick misses is fetched elsewhere, but never from the bin that had too little")
  func short() throws {
    func place(_ number: UInt64, free: Int32) -> ShortPlan.Place {
      ShortPlan.Place(
        stock: FreeStock(
          quantID: id(number), productID: id(7), locationCode: "B\(number)", pickSequence: 0, lotCode: "L1",
          expiry: nil,
          inDate: Instant(seconds: 0), free: Quantity(free)), locationID: id(100 + number), lotKey: id(8))
    }
    let day = CivilDate(Instant(seconds: 1_800_000_000))
    let plan = try ShortPlan(
      task(picked: 10), places: [place(50, free: 99), place(51, free: 12)], doubtful: id(50), on: day, Ambient())
    #expect(plan.replacements.map(\.quantity) == [Quantity(12)])
    #expect(plan.replacements.map(\.place.stock.quantID) == [id(51)])
    #expect(plan.missing == Quantity(18), "40 asked, 10 found, 12 elsewhere")
  }

  @Test("a walk has one line for each line of an order and one task for each reservation, in the order of the bins")
  func walk() throws {
    func reserved(_ number: UInt64, line: UInt64, from: UInt64, _ quantity: Int32) -> PickWalk.Reserved {
      PickWalk.Reserved(
        shipmentID: id(1), orderLineID: id(line), productID: id(7), reservationID: id(number), lotKey: .zero,
        fromID: id(from), toID: id(99), pickSequence: 0, quantity: Quantity(quantity), lineID: nil)
    }
    let walk = try PickWalk(
      [reserved(1, line: 2, from: 5, 4), reserved(2, line: 3, from: 5, 1), reserved(3, line: 2, from: 6, 3)], Ambient())
    #expect(walk.lines.map(\.quantity) == [Quantity(7), Quantity(1)])
    #expect(walk.tasks.map(\.reserved.reservationID) == [id(1), id(2), id(3)])
    #expect(walk.tasks[0].lineID == walk.tasks[2].lineID)
    let refusal = #expect(throws: Refusal.self) { try PickWalk([reserved(1, line: 2, from: 99, 4)], Ambient()) }
    #expect(refusal?.code == .locationKind)
  }
}
