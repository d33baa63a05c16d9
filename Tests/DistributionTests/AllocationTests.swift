import BulkheadCore
import Testing

@testable import Distribution

@Suite("Allocation")
struct AllocationTests {
  private let today = CivilDate(Instant(seconds: 1_800_000_000))

  private func stock(
    _ number: UInt64, product: UInt64 = 1, lot: String? = nil, expiry: String? = nil, day: Int64 = 0, free: Int32,
    sequence: Int64 = 0
  ) throws -> FreeStock {
    FreeStock(
      quantID: id(number), productID: id(product), locationCode: "BIN\(number)", pickSequence: sequence, lotCode: lot,
      expiry: try expiry.map { try CivilDate($0) }, inDate: Instant(seconds: day * 86_400), free: Quantity(free))
  }

  private func demand(_ line: Int, product: UInt64 = 1, _ quantity: Int32, _ removal: Removal = .fifo)
    -> Allocation.Demand
  {
    Allocation.Demand(line: line, productID: id(product), removal: removal, quantity: Quantity(quantity))
  }

  @Test("100 of 60 takes lot L1 first: 40 and 20, and leaves 40 without stock")
  func scenario() throws {
    let allocation = try Allocation(
      [demand(0, 100)], from: [stock(2, lot: "L2", free: 20), stock(1, lot: "L1", free: 40)], on: today)
    #expect(allocation.takes.map(\.lotCode) == ["L1", "L2"])
    #expect(allocation.takes.map(\.quantity) == [Quantity(40), Quantity(20)])
    #expect(try allocation.reservedByLine() == [0: Quantity(60)])
  }

  @Test("two lines of one product never get the same unit")
  func sharedProduct() throws {
    let allocation = try Allocation([demand(0, 7), demand(1, 7)], from: [stock(1, free: 10)], on: today)
    #expect(try allocation.reservedByLine() == [0: Quantity(7), 1: Quantity(3)])
  }

  @Test("first in first out by the day it came in, whatever the lot is called")
  func fifo() throws {
    let allocation = try Allocation(
      [demand(0, 5)], from: [stock(1, lot: "A", day: 9, free: 5), stock(2, lot: "Z", day: 1, free: 5)], on: today)
    #expect(allocation.takes.map(\.quantID) == [id(2)])
  }

  @Test("first expired first out, and what has expired is never promised")
  func fefo() throws {
    let stock = [
      try stock(1, lot: "LATE", expiry: "2030-01-01", day: 1, free: 5), try stock(2, lot: "NEVER", day: 0, free: 5),
      try stock(3, lot: "SOON", expiry: "2028-01-01", day: 9, free: 5),
      try stock(4, lot: "GONE", expiry: "2020-01-01", day: 0, free: 5),
    ]
    let allocation = try Allocation([demand(0, 100, .fefo)], from: stock, on: today)
    #expect(allocation.takes.map(\.lotCode) == ["SOON", "LATE", "NEVER"])
  }

  @Test("what is promised is never more than what was free, nor than what was asked", arguments: [UInt64(3), 99])
  func conserves(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let shelf = try (0..<UInt64(random.next() % 8)).map {
        try stock(
          $0 + 1, product: random.next() % 3, day: Int64(random.next() % 5), free: Int32(random.next() % 20) + 1)
      }
      let demands = (0..<Int(random.next() % 6)).map {
        demand($0, product: random.next() % 3, Int32(random.next() % 30) + 1)
      }
      let allocation = try Allocation(demands, from: shelf, on: today)
      let reserved = try allocation.reservedByLine()
      for demand in demands { #expect((reserved[demand.line] ?? .zero) <= demand.quantity, "seed \(seed)") }
      for quant in shelf {
        let taken = allocation.takes.filter { $0.quantID == quant.quantID }.reduce(Int64(0)) {
          $0 + $1.quantity.millionths
        }
        #expect(taken <= quant.free.millionths, "seed \(seed)")
      }
      for product in Set(demands.map(\.productID)) {
        let free = shelf.filter { $0.productID == product }.reduce(Int64(0)) { $0 + $1.free.millionths }
        let asked = demands.filter { $0.productID == product }.reduce(Int64(0)) { $0 + $1.quantity.millionths }
        let given = demands.filter { $0.productID == product }.reduce(Int64(0)) {
          $0 + (reserved[$1.line] ?? .zero).millionths
        }
        #expect(given == min(free, asked), "seed \(seed)")
      }
    }
  }
}

@Suite("Layers")
struct LayerDrawTests {
  private func layer(_ number: UInt64, _ quantity: Int32, _ value: Int64) -> OpenLayer {
    OpenLayer(id: id(number), productID: id(1), lotKey: .zero, quantity: Quantity(quantity), value: value)
  }

  @Test("in 4 at 10 and 2 at 25: out 3 costs 30, the rest is worth 60; then 10, then 25")
  func fifo() throws {
    var layers = [layer(1, 4, 4000), layer(2, 2, 5000)]
    #expect(try LayerDraw.take(Quantity(3), from: &layers)?.map(\.value) == [3000])
    #expect(layers.reduce(0) { $0 + $1.value } == 6000)
    #expect(try LayerDraw.take(Quantity(1), from: &layers)?.map(\.value) == [1000])
    #expect(try LayerDraw.take(Quantity(1), from: &layers)?.map(\.value) == [2500])
  }

  @Test("the last unit takes the remaining cent with it")
  func residue() throws {
    var layers = [layer(1, 3, 1000)]
    let values = try (0..<3).map { _ in try #require(try LayerDraw.take(Quantity(1), from: &layers)).map(\.value) }
    #expect(values.flatMap { $0 }.reduce(0, +) == 1000)
    #expect(layers[0].quantity == .zero)
    #expect(layers[0].value == 0)
  }

  @Test("more than the layers hold is refused and changes nothing")
  func insufficient() throws {
    var layers = [layer(1, 3, 1000)]
    #expect(try LayerDraw.take(Quantity(4), from: &layers) == nil)
    #expect(layers == [layer(1, 3, 1000)])
  }
}
