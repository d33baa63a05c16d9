import BulkheadCore
import Testing

@testable import Distribution

@Suite("Where goods are proposed to go")
struct PutawayTests {
  private func id(_ number: UInt64) -> EntityID { EntityID(high: 0, low: number) }
  private let storage = PutawayPlan.Place(
    id: EntityID(high: 0, low: 99), zone: nil, sequence: 0, capacity: nil, mix: .any, load: .zero, products: [],
    lots: [])

  private func place(
    _ number: UInt64, zone: String = "A", capacity: Int32? = nil, mix: PutawayPlan.MixRule = .any, load: Int32 = 0,
    products: Set<EntityID> = [], lots: Set<EntityID> = []
  ) -> PutawayPlan.Place {
    PutawayPlan.Place(
      id: id(number), zone: zone, sequence: Int64(number), capacity: capacity.map { Quantity($0) }, mix: mix,
      load: Quantity(load), products: products, lots: lots)
  }

  private func plan(
    _ goods: [(product: UInt64, lot: UInt64, quantity: Int32)], _ rules: [PutawayPlan.Rule],
    _ places: [PutawayPlan.Place]
  ) throws -> [String] {
    let goods = goods.map {
      PutawayPlan.Goods(productID: id($0.product), lotKey: id($0.lot), quantity: Quantity($0.quantity))
    }
    let plan = try PutawayPlan(
      goods, rules: Dictionary(goods.map { ($0.productID, rules) }, uniquingKeysWith: { first, _ in first }),
      places: places, storage: storage)
    return plan.proposals.map { "\($0.index): \($0.quantity) to \($0.placeID.low)" }
  }

  private func zone(_ capacity: Int32? = nil) -> PutawayPlan.Rule {
    PutawayPlan.Rule(id: id(50), target: .zone("A"), capacity: capacity.map { Quantity($0) })
  }

  @Test("places are filled in order, what finds no room goes to storage")
  func fills() throws {
    #expect(
      try plan([(1, 0, 25)], [zone(10)], [place(11), place(12)]) == ["0: 10 to 11", "0: 10 to 12", "0: 5 to 99"])
    #expect(try plan([(1, 0, 25)], [zone()], [place(11)]) == ["0: 25 to 11"], "no capacity is no bound")
    #expect(try plan([(1, 0, 25)], [], [place(11)]) == ["0: 25 to 99"])
    #expect(try plan([(1, 0, 25)], [zone()], [place(11, zone: "B")]) == ["0: 25 to 99"])
  }

  @Test("a rule's capacity goes before the place's own, and what lies there takes room")
  func capacity() throws {
    #expect(try plan([(1, 0, 9)], [zone()], [place(11, capacity: 5, load: 2)]) == ["0: 3 to 11", "0: 6 to 99"])
    #expect(try plan([(1, 0, 9)], [zone(20)], [place(11, capacity: 5, load: 2)]) == ["0: 9 to 11"])
    #expect(try plan([(1, 0, 9)], [zone(5)], [place(11, load: 7)]) == ["0: 9 to 99"], "over its capacity already")
  }

  @Test("rules are tried in their order, and goods of one receipt see what was proposed for those before")
  func order() throws {
    let first = PutawayPlan.Rule(id: id(51), target: .place(id(12)), capacity: Quantity(4))
    #expect(
      try plan([(1, 0, 6), (2, 0, 6)], [first, zone(4)], [place(11), place(12)]) == [
        "0: 4 to 12", "0: 2 to 11", "1: 2 to 11", "1: 4 to 99",
      ])
  }

  @Test("what must not be mixed is not")
  func mixing() throws {
    let mine = place(11, mix: .singleProduct, products: [id(1)])
    #expect(try plan([(1, 0, 5), (2, 0, 5)], [zone()], [mine]) == ["0: 5 to 11", "1: 5 to 99"])
    let lot = place(11, mix: .singleLot)
    #expect(
      try plan([(1, 7, 5), (1, 8, 5), (1, 7, 1)], [zone()], [lot]) == ["0: 5 to 11", "1: 5 to 99", "2: 1 to 11"])
  }

  @Test("of goods that leave the dock the tasks walked to last end, one is cut, and a worker keeps what is in hand")
  func withdrawal() throws {
    // The third is in a worker's hands.
    let tasks = [(1, 30), (2, 40), (3, 25), (4, 40)].map { number, rest in
      PutawayWithdrawal.Task(id: id(number), rest: Quantity(Int32(rest)), isClaimed: number == 3)
    }
    func says(_ staying: Int32) throws -> String {
      let plan = try PutawayWithdrawal(staying: Quantity(staying), tasks: tasks)
      let rests = plan.replaced.map { "\($0.quantity) of \($0.task.low)" }
      return "\(plan.cancelled.map(\.low)) \(rests)"
    }
    #expect(try says(135) == "[] []")
    #expect(try says(134) == "[4] [\"39 of 4\"]")
    #expect(try says(75) == #"[2, 4] ["20 of 2"]"#)
    #expect(try says(55) == "[2, 4] []")
    #expect(try says(10) == #"[3, 1, 2, 4] ["10 of 3"]"#)
    #expect(try says(0) == "[3, 1, 2, 4] []")
  }
}
