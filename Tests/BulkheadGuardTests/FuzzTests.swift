import BulkheadCore
import Foundation
import Testing

@testable import BulkheadGuard

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// `BULKHEAD_SEED`, or a fixed one; printed so that a failure can be run again.
  static func announced(_ purpose: String) -> SeededGenerator {
    let seed = ProcessInfo.processInfo.environment["BULKHEAD_SEED"].flatMap { UInt64($0) } ?? 20_260_131
    print("seed of \(purpose): \(seed)")
    return SeededGenerator(seed: seed)
  }
}

@Suite("Mutated statements")
struct FuzzTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)
  static let rounds = 6_000
  /// Spliced in at random: what attacks are made of.
  static let scraps = [
    "tenant_id", "*", "pg_class", "set_config('a','b',true)", "::regclass", ";", "--", "/*", "'", "\"", "$$", "$1", "(",
    ")",
    " FROM product ", " UNION SELECT ", " INTO t ", "ctid", "p.*", " FOR UPDATE ", "U&\"tenant\\005fid\"", "E'\\'", ",",
    " WHERE ", "app.", " product ", "NULL", " OR true ", " RETURNING * ", "\\", "é", "[1]", ".x", "OVER ()",
  ]

  func mutated(_ text: String, _ generator: inout SeededGenerator) -> String {
    var characters = Array(text)
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0...characters.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: characters.removeSubrange(place...)
      case 1:
        let end = min(characters.count, place + Int.random(in: 1...8, using: &generator))
        characters.removeSubrange(place..<end)
      case 2:
        let scrap = Self.scraps.randomElement(using: &generator) ?? ""
        characters.insert(contentsOf: Array(scrap), at: place)
      case 3:
        let end = min(characters.count, place + Int.random(in: 1...20, using: &generator))
        let piece = Array(characters[place..<end])
        characters.insert(contentsOf: piece, at: Int.random(in: 0...characters.count, using: &generator))
      default:
        let other = Array(Corpus.cases.randomElement(using: &generator)?.statement ?? "")
        let cut = Int.random(in: 0...other.count, using: &generator)
        characters = Array(characters[..<place]) + Array(other[cut...])
      }
    }
    return String(characters)
  }

  func verdict(_ text: String) -> String {
    do throws(Refusal) { return try guarding.check(text, schema: "app").text } catch { return error.debugDescription }
  }

  @Test("never crash the guard, always give the same verdict, and pass only with every range narrowed")
  func mutations() throws {
    var generator = SeededGenerator.announced("the mutations")
    var passed = 0
    for _ in 0..<Self.rounds {
      let text = mutated(Corpus.cases.randomElement(using: &generator)?.statement ?? "", &generator)
      let first = verdict(text)
      #expect(verdict(text) == first, "\(text)")
      guard let guarded = try? guarding.check(text, schema: "app") else { continue }
      passed += 1
      #expect(try RangeAudit.unguarded(guarded.text).isEmpty, "\(text)")
      for forbidden in ["set_config(", "regclass", "pg_class", "pg_sleep", "ctid"]
      where guarded.text.contains(forbidden) {
        #expect(isOnlyQuoted(forbidden, in: guarded.text), "\(text)\n\(guarded.text)")
      }
    }
    print("of \(Self.rounds) mutations \(passed) passed")
    #expect(passed > 100)
    #expect(passed < Self.rounds)
  }

  /// True when `word` stands inside string literals or aliases alone, told by taking the literals away.
  private func isOnlyQuoted(_ word: String, in text: String) -> Bool {
    let bare = text.replacing(#/E?'(?:[^'\\]|''|\\.)*'/#, with: "''").replacing(#/"(?:[^"]|"")*"/#, with: "\"\"")
      .replacing(#/(?i)\bas \w+/#, with: "")
    return !bare.contains(word) || !bare.contains("\(word)(") && !bare.contains("::\(word)") && word != "set_config("
  }

  @Test("every truncation of every accepted statement is judged")
  func truncations() {
    for block in Corpus.accepted {
      let characters = Array(block.statement)
      for end in characters.indices { _ = verdict(String(characters[..<end])) }
    }
  }
}
