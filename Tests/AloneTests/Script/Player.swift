import BulkheadCore
import BulkheadData

@testable import bulkhead

/// Plays steps as one tenant of one world.
///
/// Sendable unchecked: a player is handed from task to task, but plays one step after the other.
final class Player: @unchecked Sendable {
  let world: World
  let resident: Resident
  let normaliser: Normaliser
  private let door: Door
  private let run: Int
  private let administrator: String
  private let reader: String
  private var versions: [String: String] = [:]
  private var tokens: [Int: String] = [:]
  /// Ids of other tenants' things, by kind; none where there are no others.
  private let foreign: @Sendable (_ kind: String, _ index: Int) -> EntityID?

  /// How many requests had an effect.
  private(set) var effects = 0

  /// `run` tells runs apart where time would, since logins are limited: in the addresses of users and in the caller's
  /// own. It is the same number in both worlds, and for the neighbours, whose network is another.
  init(
    _ world: World, _ resident: Resident, run: Int, network: Int = 10,
    foreign: @escaping @Sendable (_ kind: String, _ index: Int) -> EntityID? = { _, _ in nil }
  ) async throws {
    self.world = world
    self.resident = resident
    self.run = run
    self.foreign = foreign
    door = try Door(world.api, peer: "\(network).\(run >> 16 & 255).\(run >> 8 & 255).\(run & 255)")
    normaliser = Normaliser(furnished: world.house.furnished, clock: world.ambient.clock)
    normaliser.name(resident.id.id, "tenant")
    // Made of the installation's own master key, and so another in each.
    normaliser.name(world.platform.operatorActor.id, "operator")
    administrator = try await world.token(resident.record)
    reader = try await world.token(resident.record, permissions: PermissionSet(["orders.read"]))
  }

  /// Sends one step and answers what came back.
  func send(_ step: Step) async throws -> Seen {
    normaliser.begin(step.number)
    let sent = sent(step)
    if let answered = world.seams.entrance(sent, resident.id) { return answered }
    let seen = world.seams.exit(sent, resident.id, try await door.call(sent))
    if seen.isSuccess, step.isWrite { effects += 1 }
    if seen.isSuccess, let token = seen.json?["token"]?.string { tokens[step.number] = token }
    return seen
  }

  /// Sends one step and learns from the answer what later steps will speak of.
  func answer(_ step: Step) async throws -> (face: [UInt8], seen: Seen) {
    let seen = try await send(step)
    let face = normaliser.face(seen)
    remember(step, seen)
    return (face, seen)
  }

  /// Plays one step: everything that the tenant can see of it, as a text that is the same in both worlds.
  func play(_ step: Step) async throws -> (face: [UInt8], seen: Seen) {
    var (face, seen) = try await answer(step)
    if step.settles {
      try await world.jobs.settle(resident)
      for document in world.deliveries.take(resident.id) {
        face += Array("\n>> ".utf8) + normaliser.text(Array(document.utf8))
      }
    }
    return (face, seen)
  }

  /// The version of the thing that an answer is about.
  private func remember(_ step: Step, _ seen: Seen) {
    guard let version = seen.field("etag") else { return }
    let place = seen.field("location") ?? sent(step).path
    let ids = place.split { $0 == "/" || $0 == "?" }.compactMap { EntityID($0) }
    guard let id = ids.first, let label = normaliser.label(id) else { return }
    versions[label] = version
  }

  private func sent(_ step: Step) -> Sent {
    var sent = Sent(method: step.method, path: fill(step.path))
    let token: String? =
      switch step.identity {
      case .administrator: administrator
      case .reader: reader
      case .none: nil
      case .garbage: "nonsense"
      case .issued(let number): tokens[number] ?? "nonsense"
      }
    if let token { sent.fields.append(("authorization", "Bearer \(token)")) }
    for field in step.fields { sent.fields.append((field.name, fill(field.value))) }
    sent.body = Array(fill(step.body).utf8)
    return sent
  }

  private func fill(_ text: String) -> String {
    Template.fill(text) { name in
      let parts = name.split(separator: ":").map(String.init)
      switch (parts[0], parts.count) {
      case ("id", 2): return (normaliser.id(parts[1]) ?? Self.missing).description
      case ("hex", 2): return (normaliser.id(parts[1]) ?? Self.missing).hex
      case ("version", 2): return versions[parts[1]] ?? "\"1\""
      case ("foreign", 3): return foreignID(parts[1], Int(parts[2]) ?? 0).description
      case ("tenant", 1): return resident.id.description
      case ("slug", 1): return resident.slug
      case ("address", 1): return resident.address
      case ("address15", 1): return resident.address + String(repeating: " ", count: 15 - resident.address.utf8.count)
      case ("run", 1): return Self.mark(run)
      case (_, _): return String(name)
      }
    }
  }

  /// Of one width, so that nothing else about an answer changes with it.
  static func mark(_ run: Int) -> String { String(String(1_000_000 + run % 1_000_000).dropFirst()) }

  /// What a step names whose maker was taken out of the script.
  private static let missing = EntityID(high: 0x0000_0000_0000_7000, low: 0x8000_0000_0000_0BAD)

  /// The id of somebody else's thing, or of nobody's where there is nobody else.
  private func foreignID(_ kind: String, _ index: Int) -> EntityID {
    let name = "foreign \(kind) \(index)"
    if let known = normaliser.id(name) { return known }
    // Two names never mean one thing, else "twice the same" would be told only where there are others.
    let theirs = (index..<index + 8).compactMap { foreign(kind, $0) }.first { normaliser.label($0) == nil }
    let id = theirs ?? world.ambient.makeID()
    normaliser.name(id, name)
    return id
  }
}
