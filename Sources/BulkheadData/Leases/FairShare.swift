import BulkheadCore

/// Decides who is next at the database, and nothing else: no clock, no lock, no task. `FairLeases` gives it those.
///
/// **Start-time fair queueing** (Goyal, Vin, Cheng: SIGCOMM 1996), hierarchical, over the time that leases are really
/// held. Each node of the org tree has a tag: how much of the database it has had, divided by its weight. Among those
/// siblings that want a lease the one with the least tag gets it. A node that wants nothing saves nothing up: when it
/// comes back its tag is lifted to where its siblings are. So shares follow weights while there is contention, an OEM's
/// customers divide the OEM's share among themselves, and whoever is alone gets everything at once.
///
/// What a lease will take is not known when it is given. It is charged what the tenant's leases took lately, again and
/// again while it lasts longer than that (`refresh`), and the difference when it ends: a thousand lines in one
/// statement cost what they took, not what a request costs. (Retroactive and refresh charging: Mace et al., 2DFQ,
/// SIGCOMM 2016.)
///
/// The last few leases are kept for tenants that hold none, in the order in which they come: few that flood cannot keep
/// a newcomer waiting for the end of a long statement.
struct FairShare {
  /// Names one that waits.
  typealias Ticket = UInt64

  /// Nanoseconds.
  typealias Time = Int64

  struct Limits {
    var totalMax: Int
    /// Leases that only tenants without one get.
    var reserved: Int
    /// The least that a lease is charged: giving it out costs something too.
    var costMin: Time = 20_000
    /// The most that is charged in advance; what lasts longer is charged by `refresh`. What is given back at the end of
    /// a lease is a credit to the node, so an advance must not be worth more than a moment.
    var advanceMax: Time = 100_000_000
  }

  /// A lease that is held.
  private struct Held {
    let node: Int
    let since: Time
    /// One of those that are kept for tenants without a lease.
    let isReserved: Bool
    var charged: Time
  }

  private struct Node {
    let id: EntityID
    /// -1 for the root.
    let parent: Int
    var weight: Int64
    var tag: Time = 0
    /// Where its children are: the tag of the one that was served last.
    var clock: Time = 0
    /// Its children that want a lease: a binary heap, least tag first.
    var ready: [Int] = []
    /// In the parent's heap; -1 when it is not ready.
    var position = -1
    var children = 0
    /// Forgotten; its place is used again.
    var isFree = false

    // Of tenants.
    var isTenant = false
    var inUse = 0
    var inUseMax = 0
    var waiting: [Ticket] = []
    /// What a lease took lately.
    var estimate: Time = 1_000_000
    /// Set while it is in the line of newcomers.
    var isNewcomer = false
  }

  private let limits: Limits
  private var nodes: [Node]
  private var free: [Int] = []
  private var byID: [EntityID: Int] = [:]
  private var held: [Ticket: Held] = [:]
  private var waiters: [Ticket: Int] = [:]
  /// Tenants that wait and hold nothing, in the order in which they came; some may have been served since.
  private var newcomers: [Int] = []

  private(set) var inUse = 0
  private var reservedInUse = 0
  var waiting: Int { waiters.count }
  /// Nodes that are remembered, the root included.
  var remembered: Int { byID.count + 1 }

  init(_ limits: Limits) {
    self.limits = limits
    nodes = [Node(id: EntityID(high: 0, low: 0), parent: -1, weight: 1)]
  }

  // MARK: Coming and going

  enum Arrival: Equatable {
    /// The ticket holds a lease.
    case granted
    case queued
    /// So many of the tenant wait already.
    case full
  }

  /// - Parameters:
  ///   - inUseMax: leases of the tenant at once.
  ///   - waitersMax: tickets of the tenant that may wait.
  mutating func arrive(
    _ ticket: Ticket, _ line: ShareLine, inUseMax: Int, waitersMax: Int, now: Time
  ) -> Arrival {
    let node = find(line)
    nodes[node].inUseMax = inUseMax
    refreshReadiness(of: node)
    if nodes[node].waiting.isEmpty, nodes[node].inUse < inUseMax {
      // Whoever waits while there is room would have been served.
      let takesReserved = !hasRoom && nodes[node].inUse == 0 && reservedInUse < limits.reserved
      if hasRoom || takesReserved {
        enter(node)
        grant(ticket, node, now, isReserved: takesReserved)
        return .granted
      }
    }
    guard nodes[node].waiting.count < waitersMax else { return .full }
    nodes[node].waiting.append(ticket)
    waiters[ticket] = node
    noteNewcomer(node)
    refreshReadiness(of: node)
    return .queued
  }

  /// Ends a lease. Then `next` may have tickets.
  mutating func release(_ ticket: Ticket, now: Time) {
    guard let lease = held.removeValue(forKey: ticket) else { return }
    let used = max(limits.costMin, now - lease.since)
    let node = lease.node
    nodes[node].inUse -= 1
    inUse -= 1
    if lease.isReserved { reservedInUse -= 1 }
    noteNewcomer(node)
    // An exponential mean over about eight leases.
    nodes[node].estimate += (used - nodes[node].estimate) / 8
    charge(node, used - lease.charged)
    refreshReadiness(of: node)
  }

  /// Takes one out that does not want to wait any longer. False when it does not wait.
  mutating func leave(_ ticket: Ticket) -> Bool {
    guard let node = waiters.removeValue(forKey: ticket) else { return false }
    nodes[node].waiting.removeAll { $0 == ticket }
    refreshReadiness(of: node)
    return true
  }

  /// The next ticket that gets a lease, if there is one to give.
  mutating func next(now: Time) -> Ticket? {
    var isReserved = false
    var found = hasRoom ? leastReady() : nil
    if found == nil, reservedInUse < limits.reserved {
      isReserved = true
      found = newcomer()
    }
    guard let node = found else { return nil }
    let ticket = nodes[node].waiting.removeFirst()
    waiters[ticket] = nil
    grant(ticket, node, now, isReserved: isReserved)
    refreshReadiness(of: node)
    return ticket
  }

  /// Charges what leases that are still held have taken beyond what they were charged. To be called every
  /// `Limits.advanceMax` or so.
  mutating func refresh(now: Time) {
    for (ticket, lease) in held where now - lease.since > lease.charged {
      charge(lease.node, now - lease.since - lease.charged)
      held[ticket]?.charged = now - lease.since
    }
  }

  /// Whether one of the leases that everyone may have is left.
  private var hasRoom: Bool { inUse - reservedInUse < limits.totalMax - limits.reserved }

  // MARK: The tree

  /// The tenant's node; it and those above are made when they are not known, and take the weights of now.
  private mutating func find(_ line: ShareLine) -> Int {
    var parent = 0
    for place in line.nodes {
      if let known = byID[place.id], nodes[known].parent == parent {
        nodes[known].weight = place.weight
        parent = known
        continue
      }
      // A node that moved in the tree starts anew below its new parent; the old one is forgotten when it is idle.
      let node = Node(id: place.id, parent: parent, weight: place.weight)
      let index: Int
      if let reused = free.popLast() {
        nodes[reused] = node
        index = reused
      } else {
        nodes.append(node)
        index = nodes.count - 1
      }
      nodes[index].tag = nodes[parent].clock
      nodes[parent].children += 1
      byID[place.id] = index
      parent = index
    }
    nodes[parent].isTenant = true
    return parent
  }

  /// Forgets tenants that have nothing to be remembered for. To be called now and then: it looks at all of them.
  ///
  /// Nodes without a use keep their tag until their siblings have caught up: nobody sheds a debt by being silent for a
  /// moment. When nothing at all is going on no debt matters.
  mutating func forget() {
    for node in newcomers where !isNewcomer(node) { nodes[node].isNewcomer = false }
    newcomers = newcomers.filter { nodes[$0].isNewcomer }
    let isIdle = inUse == 0 && waiters.isEmpty
    var found = true
    while found {
      found = false
      for index in nodes.indices.dropFirst().reversed()
      where !nodes[index].isFree && isForgettable(index, isIdle: isIdle) {
        if byID[nodes[index].id] == index { byID[nodes[index].id] = nil }
        nodes[nodes[index].parent].children -= 1
        nodes[index].isFree = true
        free.append(index)
        found = true
      }
    }
  }

  private func isForgettable(_ index: Int, isIdle: Bool) -> Bool {
    // Field by field: a node is not copied to be looked at.
    nodes[index].children == 0 && nodes[index].inUse == 0 && !nodes[index].isNewcomer
      && nodes[index].waiting.isEmpty && (isIdle || nodes[index].tag <= nodes[nodes[index].parent].clock)
  }

  // MARK: Tags

  /// Gives `ticket` a lease, charged with what the tenant's leases take.
  private mutating func grant(_ ticket: Ticket, _ node: Int, _ now: Time, isReserved: Bool) {
    let charged = max(limits.costMin, min(nodes[node].estimate, limits.advanceMax))
    held[ticket] = Held(node: node, since: now, isReserved: isReserved, charged: charged)
    if isReserved { reservedInUse += 1 }
    nodes[node].inUse += 1
    inUse += 1
    // Only who was served as the least tells where the siblings are. The reserve serves whoever holds nothing, with
    // whatever tag; were the clock to follow that, all who come back would be lifted behind those who never left.
    var index = node
    while index != 0, !isReserved {
      let parent = nodes[index].parent
      nodes[parent].clock = max(nodes[parent].clock, nodes[index].tag)
      index = parent
    }
    charge(node, charged)
  }

  /// A tenant that is served without having waited: its tags and those above are lifted to where the others are.
  private mutating func enter(_ node: Int) {
    var index = node
    while index != 0 {
      let parent = nodes[index].parent
      if nodes[index].position < 0 { nodes[index].tag = max(nodes[index].tag, nodes[parent].clock) }
      index = parent
    }
  }

  /// Adds `cost`, which may be negative, to the tags on the way up.
  private mutating func charge(_ node: Int, _ cost: Time) {
    var index = node
    while index != 0 {
      nodes[index].tag += cost / nodes[index].weight
      if nodes[index].position >= 0 { settle(at: nodes[index].position, below: nodes[index].parent) }
      index = nodes[index].parent
    }
  }

  // MARK: Readiness

  /// The tenant with the least tags on the way down.
  private func leastReady() -> Int? {
    var index = 0
    while let least = nodes[index].ready.first { index = least }
    return index == 0 ? nil : index
  }

  private func isNewcomer(_ node: Int) -> Bool {
    nodes[node].inUse == 0 && !nodes[node].waiting.isEmpty && nodes[node].inUseMax > 0
  }

  private mutating func noteNewcomer(_ node: Int) {
    guard isNewcomer(node), !nodes[node].isNewcomer else { return }
    nodes[node].isNewcomer = true
    newcomers.append(node)
  }

  /// The tenant that has waited longest among those that hold nothing.
  private mutating func newcomer() -> Int? {
    while !newcomers.isEmpty {
      let node = newcomers.removeFirst()
      nodes[node].isNewcomer = false
      if isNewcomer(node) { return node }
    }
    return nil
  }

  /// Puts a node into its parent's heap or takes it out, as it now wants a lease or not; and those above it.
  private mutating func refreshReadiness(of node: Int) {
    var index = node
    while index != 0 {
      let parent = nodes[index].parent
      let wants =
        nodes[index].isTenant
        ? !nodes[index].waiting.isEmpty && nodes[index].inUse < nodes[index].inUseMax : !nodes[index].ready.isEmpty
      if wants, nodes[index].position < 0 {
        nodes[index].tag = max(nodes[index].tag, nodes[parent].clock)
        nodes[parent].ready.append(index)
        rise(from: nodes[parent].ready.count - 1, below: parent)
      } else if !wants, nodes[index].position >= 0 {
        remove(at: nodes[index].position, below: parent)
      } else {
        return
      }
      index = parent
    }
  }

  // MARK: The heap of a node

  private mutating func remove(at position: Int, below parent: Int) {
    nodes[nodes[parent].ready[position]].position = -1
    let last = nodes[parent].ready.removeLast()
    guard position < nodes[parent].ready.count else { return }
    put(last, at: position, below: parent)
    settle(at: position, below: parent)
  }

  /// Moves the node at `position` to where its changed tag belongs.
  private mutating func settle(at position: Int, below parent: Int) {
    if rise(from: position, below: parent) == position { sink(from: position, below: parent) }
  }

  private mutating func put(_ index: Int, at position: Int, below parent: Int) {
    nodes[parent].ready[position] = index
    nodes[index].position = position
  }

  @discardableResult
  private mutating func rise(from start: Int, below parent: Int) -> Int {
    var position = start
    let index = nodes[parent].ready[position]
    while position > 0 {
      let above = nodes[parent].ready[(position - 1) / 2]
      guard nodes[index].tag < nodes[above].tag else { break }
      put(above, at: position, below: parent)
      position = (position - 1) / 2
    }
    put(index, at: position, below: parent)
    return position
  }

  private mutating func sink(from start: Int, below parent: Int) {
    var position = start
    let index = nodes[parent].ready[position]
    while true {
      var below = position * 2 + 1
      guard below < nodes[parent].ready.count else { break }
      if below + 1 < nodes[parent].ready.count,
        nodes[nodes[parent].ready[below + 1]].tag < nodes[nodes[parent].ready[below]].tag
      {
        below += 1
      }
      let least = nodes[parent].ready[below]
      guard nodes[least].tag < nodes[index].tag else { break }
      put(least, at: position, below: parent)
      position = below
    }
    put(index, at: position, below: parent)
  }
}
