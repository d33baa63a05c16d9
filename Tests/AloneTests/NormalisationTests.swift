import BulkheadCore
import Testing

@testable import BulkheadKeys
@testable import BulkheadServer

/// Each normalisation takes out what it says, and what stands right beside it is still seen.
@Suite("Normalisations remove what they say and nothing else")
struct NormalisationTests {
  private static let now = Instant(seconds: 1_795_275_200)
  private static let furnished = (now - .seconds(500))...(now - .seconds(400))

  private struct Stopped: WallClock {
    func now() -> Instant { NormalisationTests.now }
  }

  private static func normaliser() -> Normaliser {
    let normaliser = Normaliser(furnished: furnished, clock: Stopped())
    normaliser.begin(7)
    return normaliser
  }

  private static func text(_ text: String) -> String {
    String(decoding: normaliser().text(Array(text.utf8)), as: UTF8.self)
  }

  private static func id(_ seed: UInt64, at instant: Instant = now) -> EntityID {
    EntityID.make(at: instant, from: SeededRandom(seed: seed))
  }

  /// What one world shows and the other: the same once normalised.
  struct Pair: Sendable, CustomTestStringConvertible {
    let name: String
    let one: String
    let other: String
    let becomes: String
    var testDescription: String { name }
  }

  private static let (a, b, c) = (id(1), id(2), id(3))
  private static let digest = String(repeating: "0a", count: 32)
  private static let otherDigest = String(repeating: "b1", count: 32)
  private static let key = "rDR-7_AkGJzWq2cXDk3w4Q"
  private static let otherKey = "AAR-7_AkGJzWq2cXDk3w4Q"

  private static func token(_ subject: EntityID, _ seconds: Int64, scope: String = "orders.read") -> String {
    let header: JSON = ["alg": "ES256"]
    let claims: JSON = ["sub": .string("user:\(subject)"), "iat": .int(seconds), "scope": .string(scope)]
    return [header.utf8, claims.utf8, Array(subject.bytes)].map { Base64.url.encode($0) }.joined(separator: ".")
  }

  private static func isa(_ date: String, _ control: String = "000000001") -> String {
    "ISA*00*          *00*          *ZZ*SELLER1        *ZZ*BIGBUYER       *\(date)*U*00401*\(control)*0*T*>~"
  }

  static let pairs: [Pair] = [
    Pair(name: "ids", one: "{\"id\":\"\(a)\"}", other: "{\"id\":\"\(b)\"}", becomes: "{\"id\":\"<id s7.1>\"}"),
    Pair(
      name: "an id that comes back", one: "\(a) \(c) \(a)", other: "\(b) \(a) \(b)",
      becomes: "<id s7.1> <id s7.2> <id s7.1>"),
    Pair(name: "ids in hexadecimal", one: "\"\(a.hex)\"", other: "\"\(b.hex)\"", becomes: "\"<id s7.1 in hex>\""),
    Pair(name: "instants of this run", one: "\"\(now)\"", other: "\"\(now - .milliseconds(3))\"", becomes: "\"<now>\""),
    Pair(
      name: "instants of the furnishing", one: "\(furnished.lowerBound)", other: "\(furnished.upperBound)",
      becomes: "<before>"),
    Pair(
      name: "ends of lifetimes", one: "\(now + .seconds(86_400))", other: "\(now + .seconds(86_390))",
      becomes: "<now+24h>"),
    Pair(name: "digests", one: "\"\(digest)\"", other: "\"\(otherDigest)\"", becomes: "\"<digest s7.1>\""),
    Pair(
      name: "keys", one: "{\"kid\":\"\(key)\"} key:\(key)", other: "{\"kid\":\"\(otherKey)\"} key:\(otherKey)",
      becomes: "{\"kid\":\"<key s7.1>\"} key:<key s7.1>"),
    Pair(
      name: "tokens", one: "\"\(token(a, now.seconds))\"", other: "\"\(token(b, now.seconds))\"",
      becomes: "\"<token {\"alg\":\"ES256\"}{\"sub\":\"user:<id s7.1>\",\"iat\":<now>,\"scope\":\"orders.read\"}>\""),
    Pair(
      name: "X12 envelopes", one: isa("261121*1533"), other: isa("261121*1532"),
      becomes: isa("<date>*<time>")),
    Pair(
      name: "X12 groups", one: "GS*PR*S*B*20261121*1533*1*X*004010~", other: "GS*PR*S*B*20261121*1532*1*X*004010~",
      becomes: "GS*PR*S*B*<date>*<time>*1*X*004010~"),
  ]

  @Test("what must differ is taken out", arguments: pairs)
  func removed(_ pair: Pair) {
    #expect(Self.text(pair.one) == pair.becomes)
    #expect(Self.text(pair.other) == pair.becomes)
  }

  @Test("a difference right beside it is still seen", arguments: pairs)
  func besides(_ pair: Pair) {
    let clean = Self.text(pair.one)
    #expect(Self.text(pair.other + "1") != clean)
    #expect(Self.text("x" + pair.other) != clean)
    #expect(Self.text(pair.other + " " + pair.other) != clean)
    // One character changed anywhere: either it lies in what is taken out, or it is seen. Nothing is swallowed whole.
    let letters = Array(pair.one.utf8)
    let seen = letters.indices.count { index in
      var changed = letters
      changed[index] = changed[index] == UInt8(ascii: "#") ? UInt8(ascii: "!") : UInt8(ascii: "#")
      return Self.text(String(decoding: changed, as: UTF8.self)) != clean
    }
    #expect(seen >= letters.count * 9 / 10 || pair.name == "tokens", "\(seen) of \(letters.count)")
  }

  /// Values of the same look that are not of this run, or not of this form, stay and are compared.
  static let kept: [String] = [
    "\"\(id(1, at: now - .seconds(86_400)))\"", "\"\(id(1, at: now + .seconds(3600)))\"",
    "\"0e2c1a52-98a4-4b1e-9c3e-0a57b3a8b0ff\"", "\"\(a)\"".uppercased(), "\(a)0",
    "\"\(now - .seconds(200))\"", "\"\(now + .seconds(5000))\"", "\"2030-01-01T00:00:00.000000Z\"",
    "\"2026-11-21\"", "SO-2026-000001", String(digest.dropLast()), "{\"name\":\"\(key)\"}", "key:\(key)",
    isa("251121*1140"), "GS*PO*B*S*20251121*1140*1*X*004010~", "{\"iat\":1}", "eyJ.eyJ.sig", "{\"version\":12}",
  ]

  @Test("values that say something stay", arguments: kept)
  func stays(_ text: String) { #expect(Self.text(text) == text) }

  @Test("a scope in a token is seen")
  func tokenScope() {
    let one = Self.text(Self.token(Self.a, Self.now.seconds))
    #expect(one != Self.text(Self.token(Self.a, Self.now.seconds, scope: "orders.write")))
    #expect(one != Self.text(Self.token(Self.a, Self.now.seconds - 9000)))
  }

  @Test("which id comes first is seen")
  func order() {
    let one = Self.normaliser()
    let other = Self.normaliser()
    _ = one.text(Array("\(Self.a) \(Self.b)".utf8))
    _ = other.text(Array("\(Self.a) \(Self.b)".utf8))
    #expect(one.text(Array("\(Self.a)".utf8)) != other.text(Array("\(Self.b)".utf8)))
  }

  @Test("headers: the length, the date and the span are taken out, nothing else is")
  func headers() {
    func face(_ fields: [(String, String)], _ body: String = "{}") -> String {
      let seen = Seen(status: 200, fields: fields.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
      return String(decoding: Self.normaliser().face(seen), as: UTF8.self)
    }
    #expect(face([("content-length", "2")]).contains("content-length: <length>"))
    #expect(face([("content-length", "3")]).contains("content-length: 3"))
    #expect(face([("date", DateHeader.format(Self.now))]).contains("date: <date>"))
    #expect(face([("date", DateHeader.format(Self.now - .seconds(60)))]).contains("GMT"))
    #expect(
      face([("traceparent", "00-\(Self.a.hex)-00f067aa0ba902b7-01")]).contains("00-<id s7.1 in hex>-<span>-01"))
    #expect(face([("etag", "\"12\"")]).contains("etag: \"12\""))
    #expect(face([("x-count", "12")]) != face([]))
    #expect(face([("a", "1"), ("b", "2")]) != face([("b", "2"), ("a", "1")]))
  }

  @Test("an id made by the furnishing or since has the form that all ids have")
  func shape() {
    #expect(Self.text("\(Self.id(9, at: Self.furnished.lowerBound))") == "<id s7.1>")
    let version4 = EntityID(high: Self.a.high & ~0xF000 | 0x4000, low: Self.a.low)
    #expect(Self.text("\(version4)") == "\(version4)")
  }
}
