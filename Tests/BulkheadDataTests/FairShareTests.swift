import BulkheadCore
import Synchronization
import Testing

@testable import BulkheadData

/// A database of some servers and tenants that want it, in a time of its own: the same seed gives the same run.
private struct Simulation {
  struct Customer {
    let line: ShareLine
    /// Leases it wants at once.
    let wants: Int
    /// Nanoseconds of one lease.
    let cost: @Sendable (SeededRandom) -> Int64
    var from: Int64 = 0
    var to = Int64.max
  }

  private(set) var share: FairShare
  private let customers: [Customer]
  private let random: SeededRandom
  private let perTenantMax: Int
  /// What each had: nanoseconds, leases, and its longest wait.
  private(set) var served: [Int64]
  private(set) var leases: [Int]
  private(set) var longestWait: [Int64]
  private var wanting: [Int]
  private var ticket: UInt64 = 0
  private var owners: [UInt64: (customer: Int, since: Int64)] = [:]
  private var ends: [(at: Int64, ticket: UInt64)] = []

  init(totalMax: Int, reserved: Int = 0, perTenantMax: Int = 8, seed: UInt64 = 1, _ customers: [Customer]) {
    share = FairShare(FairShare.Limits(totalMax: totalMax, reserved: reserved))
    self.customers = customers
    self.perTenantMax = perTenantMax
    random = SeededRandom(seed: seed)
    served = customers.map { _ in 0 }
    leases = served.map { _ in 0 }
    longestWait = served
    wanting = customers.map { _ in 0 }
  }

  mutating func run(until end: Int64) {
    var now: Int64 = 0
    var tick: Int64 = 0
    while now < end {
      for (index, customer) in customers.enumerated() where now >= customer.from && now < customer.to {
        while wanting[index] < customer.wants { arrive(index, now) }
      }
      let starts = customers.map(\.from).filter { $0 > now }
      now = min((ends.first?.at ?? end), starts.min() ?? end, tick + 100_000_000)
      if now == tick + 100_000_000 {
        tick = now
        share.refresh(now: now)
        share.forget()
      }
      while let first = ends.first, first.at <= now {
        ends.removeFirst()
        finish(first.ticket, now)
      }
    }
  }

  private mutating func arrive(_ index: Int, _ now: Int64) {
    ticket += 1
    wanting[index] += 1
    owners[ticket] = (index, now)
    let arrival = share.arrive(ticket, customers[index].line, inUseMax: perTenantMax, waitersMax: 1000, now: now)
    if arrival == .granted { start(ticket, now) } else { grant(now) }
  }

  private mutating func start(_ ticket: UInt64, _ now: Int64) {
    guard let owner = owners[ticket] else { return }
    longestWait[owner.customer] = max(longestWait[owner.customer], now - owner.since)
    let cost = customers[owner.customer].cost(random)
    served[owner.customer] += cost
    leases[owner.customer] += 1
    let at = now + cost
    ends.insert((at, ticket), at: ends.firstIndex { $0.at > at } ?? ends.count)
  }

  private mutating func finish(_ ticket: UInt64, _ now: Int64) {
    if let owner = owners.removeValue(forKey: ticket) { wanting[owner.customer] -= 1 }
    share.release(ticket, now: now)
    grant(now)
  }

  private mutating func grant(_ now: Int64) {
    while let next = share.next(now: now) { start(next, now) }
  }
}

@Suite("Fair shares of the database")
struct FairShareTests {
  private static let millisecond: Int64 = 1_000_000
  private static let second: Int64 = 1_000_000_000

  private func tenant(_ number: Int) -> TenantID { TenantID(EntityID(high: 1, low: UInt64(number))) }

  private func about(_ milliseconds: Int64) -> @Sendable (SeededRandom) -> Int64 {
    { random in Int64(random.next() % UInt64(milliseconds * Self.millisecond)) + milliseconds * Self.millisecond / 2 }
  }

  /// Jain's index of fairness (Jain, Chiu, Hawe 1984): 1 when all have the same.
  private func jain(_ values: [Double]) -> Double {
    let sum = values.reduce(0, +)
    return sum * sum / (Double(values.count) * values.reduce(0) { $0 + $1 * $1 })
  }

  @Test("tenants that want more than there is get the same time, whether their statements are short or long")
  func equalTime() {
    let customers = [1, 1, 2, 5, 20, 100, 1, 300].enumerated().map { number, milliseconds in
      Simulation.Customer(line: ShareLine(tenant: tenant(number)), wants: 8, cost: about(Int64(milliseconds)))
    }
    var simulation = Simulation(totalMax: 6, customers)
    simulation.run(until: 120 * Self.second)
    let served = simulation.served.map(Double.init)
    #expect(jain(served) >= 0.99, "\(served)")
    #expect((served.min() ?? 0) / (served.max() ?? 1) >= 0.9, "\(served)")
    // The control: by count of leases the one with the long statements would have had 300 times the time.
    #expect(simulation.leases[0] > 100 * simulation.leases[7])
  }

  @Test("shares follow weights")
  func weights() {
    let customers = [1, 2, 4].map { weight in
      Simulation.Customer(
        line: ShareLine(tenant: tenant(weight), weight: Int64(weight)), wants: 8, cost: about(Int64(8 / weight)))
    }
    var simulation = Simulation(totalMax: 4, customers)
    simulation.run(until: 60 * Self.second)
    let unit = Double(simulation.served[0])
    #expect(abs(Double(simulation.served[1]) / unit / 2 - 1) < 0.05, "\(simulation.served)")
    #expect(abs(Double(simulation.served[2]) / unit / 4 - 1) < 0.05, "\(simulation.served)")
  }

  @Test("an OEM's customers divide the OEM's share: more of them do not make it larger")
  func hierarchy() {
    let large = ShareLine.Node(id: EntityID(high: 2, low: 1), weight: 1)
    let small = ShareLine.Node(id: EntityID(high: 2, low: 2), weight: 1)
    var customers = (0..<9).map {
      Simulation.Customer(line: ShareLine(tenant: tenant($0), above: [large]), wants: 4, cost: about(2))
    }
    customers.append(
      Simulation.Customer(line: ShareLine(tenant: tenant(100), above: [small]), wants: 8, cost: about(2)))
    var simulation = Simulation(totalMax: 4, customers)
    simulation.run(until: 60 * Self.second)
    let ofLarge = Double(simulation.served.dropLast().reduce(0, +))
    let ofSmall = Double(simulation.served[9])
    #expect(abs(ofLarge / ofSmall - 1) < 0.05, "\(simulation.served)")
    #expect(jain(simulation.served.dropLast().map(Double.init)) >= 0.99)
  }

  @Test("who is alone gets everything, and what one does not want the others have")
  func workConserving() {
    let alone = Simulation.Customer(line: ShareLine(tenant: tenant(1)), wants: 8, cost: about(3))
    var simulation = Simulation(totalMax: 4, [alone])
    simulation.run(until: 10 * Self.second)
    #expect(Double(simulation.served[0]) >= 0.999 * Double(4 * 10 * Self.second))

    // One that wants half a server leaves three and a half to the other.
    let light = Simulation.Customer(line: ShareLine(tenant: tenant(2)), wants: 1, cost: about(1))
    var two = Simulation(totalMax: 4, [alone, light])
    two.run(until: 10 * Self.second)
    #expect(Double(two.served.reduce(0, +)) >= 0.999 * Double(4 * 10 * Self.second))
    #expect(two.served[1] <= two.served[0])
  }

  @Test("silence saves nothing up: who comes back has its share from then on and no more")
  func noCredit() {
    let busy = Simulation.Customer(line: ShareLine(tenant: tenant(1)), wants: 8, cost: about(2))
    let late = Simulation.Customer(
      line: ShareLine(tenant: tenant(2)), wants: 8, cost: about(2), from: 30 * Self.second)
    var simulation = Simulation(totalMax: 4, [busy, late])
    simulation.run(until: 40 * Self.second)
    let possible = Double(4 * 10 * Self.second)
    #expect(abs(Double(simulation.served[1]) / possible - 0.5) < 0.05, "\(simulation.served)")
  }

  @Test("a newcomer finds a lease at once while fewer flood with long statements than leases are kept")
  func newcomers() {
    var customers = (0..<3).map {
      Simulation.Customer(line: ShareLine(tenant: tenant($0)), wants: 50, cost: about(1000))
    }
    customers.append(
      Simulation.Customer(
        line: ShareLine(tenant: tenant(9)), wants: 1, cost: about(1), from: 5 * Self.second + 1))
    var kept = Simulation(totalMax: 16, reserved: 4, customers)
    kept.run(until: 20 * Self.second)
    #expect(kept.longestWait[3] == 0)
    var wall = Simulation(totalMax: 16, reserved: 0, customers)
    wall.run(until: 20 * Self.second)
    #expect(wall.longestWait[3] > 0, "without the reserve it waits for one of the long statements to end")
  }

  @Test("whoever lives on the reserve with long statements does not push back those who come and go")
  func reserveAndClock() {
    func flood(_ number: Int) -> Simulation.Customer {
      Simulation.Customer(line: ShareLine(tenant: tenant(number), weight: 100), wants: 4, cost: about(1))
    }
    let heavy = Simulation.Customer(line: ShareLine(tenant: tenant(3)), wants: 1, cost: about(1000))
    let light = Simulation.Customer(
      line: ShareLine(tenant: tenant(4)), wants: 1, cost: about(1), from: 9 * Self.second)
    var simulation = Simulation(totalMax: 2, reserved: 1, [flood(1), flood(2), heavy, light])
    simulation.run(until: 20 * Self.second)
    // Its share is one in two hundred of a server: a lease of a millisecond about every 200 ms.
    #expect(simulation.longestWait[3] < 2 * Self.second, "\(simulation.longestWait)")
    #expect(simulation.leases[3] > 20, "\(simulation.leases)")
  }

  @Test("nobody buys a lead with estimates that are given back: long statements first, short ones when others come")
  func advances() {
    let oem = ShareLine.Node(id: EntityID(high: 2, low: 1), weight: 1)
    let other = ShareLine.Node(id: EntityID(high: 2, low: 2), weight: 1)
    var customers = (0..<2).map { number in
      let leases = Mutex(0)
      return Simulation.Customer(line: ShareLine(tenant: tenant(number), above: [oem]), wants: 12) { _ in
        let count = leases.withLock { count in
          count += 1
          return count
        }
        return count <= 16 ? 10 * Self.second : Self.millisecond
      }
    }
    customers.append(
      Simulation.Customer(
        line: ShareLine(tenant: tenant(9), above: [other]), wants: 12, cost: about(1), from: 60 * Self.second))
    var simulation = Simulation(totalMax: 12, customers)
    simulation.run(until: 70 * Self.second)
    let possible = Double(12 * 10 * Self.second)
    // It may use eight of the twelve; half of all is its share.
    #expect(Double(simulation.served[2]) / possible > 0.45, "\(simulation.served)")
  }

  @Test("a thousand tenants with ten wants each: nobody starves, and the longest wait is that of an equal turn")
  func thousand() {
    let customers = (0..<1000).map {
      Simulation.Customer(line: ShareLine(tenant: tenant($0)), wants: 10, cost: about(2))
    }
    var simulation = Simulation(totalMax: 20, reserved: 5, customers)
    simulation.run(until: 20 * Self.second)
    let served = simulation.served.map(Double.init)
    #expect(jain(served) >= 0.99, "\(jain(served))")
    #expect((simulation.leases.min() ?? 0) > 0)
    // 10,000 wants of 2 ms by 20 servers are a second: twice that, for waits in which others had two.
    let longest = simulation.longestWait.max() ?? 0
    print("longest wait \(longest / Self.millisecond) ms, Jain \(jain(served))")
    #expect(longest < 3 * Self.second)
  }

  @Test("whatever comes, the bounds hold, every ticket gets one lease or none, and nothing is left behind")
  func anything() {
    for seed in 1...40 as ClosedRange<UInt64> {
      let random = SeededRandom(seed: seed)
      func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
      let totalMax = 1 + pick(8)
      var share = FairShare(FairShare.Limits(totalMax: totalMax, reserved: pick(totalMax)))
      let nodes = (0..<3).map { ShareLine.Node(id: EntityID(high: 3, low: UInt64($0)), weight: Int64(1 + pick(4))) }
      var now: Int64 = 0
      var waiting: Set<UInt64> = []
      var held: [UInt64: Int] = [:]
      var owner: [UInt64: Int] = [:]
      func perTenant(_ tenant: Int) -> Int { held.values.count { $0 == tenant } }
      func drain() {
        while let ticket = share.next(now: now) {
          #expect(waiting.remove(ticket) != nil, "seed \(seed)")
          held[ticket] = owner[ticket]
        }
      }
      for ticket in 1...2000 as ClosedRange<UInt64> {
        now += Int64(pick(5_000_000))
        let number = pick(12)
        owner[ticket] = number
        let line = ShareLine(tenant: tenant(number), above: number < 9 ? [nodes[number / 3]] : [])
        switch share.arrive(ticket, line, inUseMax: 3, waitersMax: 5, now: now) {
        case .granted: held[ticket] = number
        case .queued: waiting.insert(ticket)
        case .full: break
        }
        drain()
        if pick(3) == 0, let some = waiting.randomElement() {
          let left = share.leave(some)
          #expect(left)
          waiting.remove(some)
        }
        while pick(2) == 0, let some = held.keys.min() {
          share.release(some, now: now)
          held[some] = nil
          drain()
        }
        if pick(20) == 0 { share.refresh(now: now) }
        if pick(50) == 0 { share.forget() }
        #expect(share.inUse == held.count && share.waiting == waiting.count && held.count <= totalMax, "seed \(seed)")
        #expect((0..<12).allSatisfy { perTenant($0) <= 3 }, "seed \(seed)")
      }
      while !held.isEmpty {
        for ticket in held.keys.sorted() {
          now += 1_000_000
          share.release(ticket, now: now)
          held[ticket] = nil
          drain()
        }
      }
      #expect(waiting.isEmpty, "seed \(seed): \(waiting.count) starve")
      share.forget()
      #expect(share.remembered == 1 && share.inUse == 0, "seed \(seed): \(share.remembered)")
    }
  }
}
