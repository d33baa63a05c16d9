import BulkheadCore
import BulkheadServer
import Synchronization

/// Ids of the neighbours' things, for the tenant under test to try.
final class ForeignThings: Sendable {
  private let things = Mutex<[String: [EntityID]]>([:])

  func add(_ kind: String, _ id: EntityID) {
    things.withLock { things in
      if things[kind, default: []].count < 8 { things[kind, default: []].append(id) }
    }
  }

  func id(_ kind: String, _ index: Int) -> EntityID? {
    things.withLock { things in
      let ids = things[kind] ?? []
      return ids.isEmpty ? nil : ids[index % ids.count]
    }
  }
}

/// The other tenants, at work while the tenant under test plays its script.
///
/// The *twin* sends what the tenant under test sends, at the same moment: the same codes, numbers, keys and documents.
/// The *wild* ones write scripts of their own out of the same vocabulary. Every so often all of them come at once.
final class Neighbours: Sendable {
  /// Every so many steps all neighbours send at once, this many requests each.
  static let floodEvery = 50
  static let floodRequests = 4

  let things = ForeignThings()
  private let twin: Player
  private let wild: [WildNeighbour]
  private let dice: SeededRandom

  init(_ world: World, _ residents: [Resident], seed: UInt64, run: Int) async throws {
    dice = SeededRandom(seed: seed &* 31 &+ 7)
    twin = try await Player(world, residents[0], run: run, network: 11)
    var wild: [WildNeighbour] = []
    for (index, resident) in residents.dropFirst().enumerated() {
      let player = try await Player(world, resident, run: run, network: 12 + index)
      wild.append(WildNeighbour(player, seed: seed &* 1009 &+ UInt64(index) &+ 1, things: things))
    }
    self.wild = wild
    for neighbour in wild { for _ in 0..<14 { try await neighbour.act() } }
  }

  /// Requests of neighbours that had an effect.
  var effects: Int { twin.effects + wild.reduce(0) { $0 + $1.effects } }

  /// What goes on while `step` is played.
  func beside(_ step: Step) async throws {
    let isFlood = step.number % Self.floodEvery == 0
    let chance = dice.next() % 100
    try await withThrowingTaskGroup(of: Void.self) { group in
      // The lists at the beginning tell the twin of its own things, as they tell the tenant.
      if step.number <= Author.opening.count || (step.isWrite && (isFlood || chance < 60)) {
        group.addTask { [twin] in _ = try await twin.answer(step) }
      }
      for (index, neighbour) in wild.enumerated() where isFlood || Int(chance) % 6 == index {
        group.addTask {
          for _ in 0..<(isFlood ? Self.floodRequests : 1) { try await neighbour.act() }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// A neighbour with a script of its own. Sendable unchecked: it acts once at a time, in whichever task.
final class WildNeighbour: @unchecked Sendable {
  private let player: Player
  private let routes: [String: Route]
  private let things: ForeignThings
  private var author: Author
  private var number = 0

  init(_ player: Player, seed: UInt64, things: ForeignThings) {
    self.player = player
    self.things = things
    let all = player.world.routes
    routes = Dictionary(uniqueKeysWithValues: all.map { ($0.label, $0) })
    author = Author(seed: seed, routes: all)
  }

  var effects: Int { player.effects }

  func act() async throws {
    number += 1
    guard let (step, route) = author.next(number, routes: routes) else { return }
    let seen = try await player.send(step)
    _ = player.normaliser.text(seen.body)
    author.note(step, route, seen, player.normaliser)
    for (kind, labels) in author.memory.labels {
      for label in labels.suffix(2) { if let id = player.normaliser.id(label) { things.add(kind, id) } }
    }
  }
}
