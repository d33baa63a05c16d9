import BulkheadCore
import Testing

@Suite("Ids, instants and hexadecimal text")
struct ValueTests {
  struct FixedClock: WallClock {
    let instant: Instant
    func now() -> Instant { instant }
  }

  @Test("an id reads back from each of its forms")
  func idForms() throws {
    let random = SeededRandom(seed: 7)
    for _ in 0..<1000 {
      let id = EntityID(high: random.next(), low: random.next())
      #expect(EntityID(id.description) == id)
      #expect(EntityID(id.description.uppercased()) == id)
      #expect(EntityID(hex: id.hex) == id)
      #expect(EntityID(bytes: id.bytes) == id)
    }
  }

  @Test(
    "what is not exactly an id is none",
    arguments: [
      "", "0", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
      "00000000x0000-0000-0000-000000000000", "g0000000-0000-0000-0000-000000000000",
      "00000000-0000-0000-0000-00000000000é", "{0000000-0000-0000-0000-000000000000}",
    ])
  func notIDs(text: String) {
    #expect(EntityID(text) == nil)
  }

  @Test("new ids are of version 7, ordered by time, and differ")
  func version7() {
    let ambient = Ambient(clock: FixedClock(instant: Instant(seconds: 1_700_000_000)), random: SeededRandom(seed: 1))
    let later = Ambient(clock: FixedClock(instant: Instant(seconds: 1_700_000_001)), random: SeededRandom(seed: 1))
    let ids = (0..<1000).map { _ in ambient.makeID() }
    #expect(Set(ids).count == 1000)
    #expect(ids.allSatisfy { $0.description.split(separator: "-")[2].first == "7" })
    #expect(ids.allSatisfy { "89ab".contains($0.description.split(separator: "-")[3].prefix(1)) })
    #expect(ids.allSatisfy { $0 < later.makeID() })
  }

  @Test(
    "an instant is written in RFC 3339 and read as PostgreSQL writes it",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (1_732_233_599_123_456, "2024-11-21T23:59:59.123456Z"),
      (4_102_444_800_000_000, "2100-01-01T00:00:00.000000Z"),
    ])
  func instants(microseconds: Int64, text: String) {
    let instant = Instant(microseconds: microseconds)
    #expect(instant.description == text)
    #expect(Instant(postgres: text) == instant)
    let asStored = text.replacing("T", with: " ").replacing("Z", with: "+00")
    #expect(Instant(postgres: asStored) == instant)
  }

  @Test("an instant of any day survives its text")
  func instantProperty() {
    let random = SeededRandom(seed: 3)
    for _ in 0..<5000 {
      let instant = Instant(microseconds: Int64(random.next() % 8_000_000_000_000_000) - 2_000_000_000_000_000)
      #expect(Instant(postgres: instant.description) == instant)
    }
  }

  @Test("half a digit pair is no hexadecimal text")
  func hex() {
    #expect(Hex.decode("00ff") == [0, 255])
    #expect(Hex.decode("0") == nil)
    #expect(Hex.decode("0g") == nil)
    #expect(Hex.encode([0, 255, 16]) == "00ff10")
  }

  @Test("a secret shows itself in no text")
  func secrets() {
    let secret = Secret("hunter2")
    #expect("\(secret)" == "<secret>" && String(reflecting: secret) == "<secret>")
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }
}
