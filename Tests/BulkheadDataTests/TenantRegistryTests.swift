import BulkheadCore
import Synchronization
import Testing

@testable import BulkheadData

/// A control database that counts what it is asked and answers when told to.
private final class CountingControl: ControlQueries {
  struct State {
    var asked = 0
    var isOpen = true
    var fails = false
    var epoch: Int64 = 1
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  let state = Mutex(State())

  var asked: Int { state.withLock { $0.asked } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.resume() }
  }

  func run(_ sql: String, _ parameters: [SQLValue]) async throws -> Rows {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        state.asked += 1
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    let (fails, epoch) = state.withLock { ($0.fails, $0.epoch) }
    if fails { throw DataError(.connectionLost, diagnostic: "down") }
    guard case .id(let id)? = parameters.first else { return Self.rows([]) }
    return Self.rows([
      id.description, "acme", "Acme", nil, "pooled", "main", "bulkhead_cell", "pooled", "bulkhead_pool", "\(epoch)",
      "active", "standard", "2026-01-01 00:00:00+00", "{}", #"[{"id": null, "weight": 1, "limits": {}}]"#,
    ])
  }

  func runAll(_ statements: [(sql: String, parameters: [SQLValue])]) async throws -> [Rows] { [] }

  /// One row of text, or none.
  private static func rows(_ cells: [String?]) -> Rows {
    var bytes: [UInt8] = []
    var starts: [Int32] = []
    var ends: [Int32] = []
    for cell in cells {
      starts.append(cell == nil ? -1 : Int32(bytes.count))
      bytes += (cell ?? "").utf8
      ends.append(cell == nil ? -1 : Int32(bytes.count))
    }
    return Rows(columnCount: max(1, cells.count), starts: starts, ends: ends, bytes: bytes, affected: 1)
  }
}

@Suite struct TenantRegistryTests {
  private let id = TenantID(EntityID(high: 1, low: 2))

  @Test("a thousand callers that miss at once ask once")
  func singleFlight() async throws {
    let control = CountingControl()
    control.state.withLock { $0.isOpen = false }
    let registry = TenantRegistry(control: control, memoryMax: .seconds(3600))
    try await withThrowingTaskGroup(of: TenantRecord?.self) { group in
      for _ in 0..<1000 { group.addTask { try await registry.tenant(id) } }
      while control.asked == 0 { await Task.yield() }
      control.open()
      for try await record in group { #expect(record?.id == id) }
    }
    #expect(control.asked == 1)
    _ = try await registry.tenant(id)
    #expect(control.asked == 1)
  }

  @Test("what was forgotten is asked for again, and an answer from before is neither shared nor kept")
  func forgotten() async throws {
    let control = CountingControl()
    control.state.withLock { $0.isOpen = false }
    let registry = TenantRegistry(control: control, memoryMax: .seconds(3600))
    let early = Task { try await registry.tenant(id)?.placement.epoch }
    while control.asked == 0 { await Task.yield() }
    registry.forget(id)
    let late = Task { try await registry.tenant(id)?.placement.epoch }
    while control.asked < 2 { await Task.yield() }
    control.state.withLock { $0.epoch = 2 }
    control.open()
    _ = try await early.value
    #expect(try await late.value == 2)
    #expect(try await registry.tenant(id)?.placement.epoch == 2)
    #expect(control.asked == 2)
  }

  @Test("without the control database a known tenant is served for a while, an unknown one is not")
  func stale() async throws {
    let control = CountingControl()
    let registry = TenantRegistry(control: control, memoryMax: .zero)
    #expect(try await registry.tenant(id) != nil)
    control.state.withLock { $0.fails = true }
    #expect(try await registry.tenant(id) != nil)
    await #expect(throws: DataError.self) { try await registry.tenant(TenantID(EntityID(high: 3, low: 4))) }
    registry.forget(id)
    await #expect(throws: DataError.self) { try await registry.tenant(id) }
    let strict = TenantRegistry(control: control, memoryMax: .zero, staleMax: .zero)
    control.state.withLock { $0.fails = false }
    #expect(try await strict.tenant(id) != nil)
    control.state.withLock { $0.fails = true }
    await #expect(throws: DataError.self, "the bound") { try await strict.tenant(id) }
  }
}
