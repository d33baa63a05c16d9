import BulkheadCore

@testable import BulkheadKeys
@testable import BulkheadServer

/// Takes out of what a tenant sees that which must differ between any two runs, and nothing else.
///
/// | what | becomes | only when |
/// | --- | --- | --- |
/// | id, with or without hyphens | `<id s7.2>`: the second new one of step 7 | version 7 and made while the house was \
/// furnished or since, or a foreign id that the script itself sent |
/// | instant | `<now>`, `<before>`, `<now+24h>` | in this run; while the house was furnished; a whole number of hours \
/// from now, within 3 minutes |
/// | digest (64 hexadecimal digits) | `<digest s7.1>` | always: digests cover ids and times |
/// | id and coordinates of a public key | `<key s7.1>` | in `kid`, `x`, `y`, and after `key:` when seen there |
/// | token | `<token …>`, header and claims normalised, no signature | three parts of base64url, two of them JSON |
/// | date and time of an X12 envelope (ISA09-10, GS04-05) | `<date>*<time>` | in this run |
/// | header `date` | `<date>` | it is the present second, or the one before or after |
/// | header `content-length` | `<length>` | it is the length of the body |
/// | span in header `traceparent` | `<span>` | 16 hexadecimal digits |
///
/// A label names the step and place where a value first appeared, so a value that comes back is known again, and one
/// that appears earlier, later or elsewhere than in the other world is a difference.
final class Normaliser {
  private let furnished: ClosedRange<Instant>
  /// When this run began, give or take what the database's clock reads behind ours.
  private let began: Instant
  private let clock: any WallClock

  private var step = 0
  private var counts: [String: Int] = [:]
  private var names: [EntityID: String] = [:]
  private var ids: [String: EntityID] = [:]
  private var opaque: [[UInt8]: String] = [:]

  init(furnished: ClosedRange<Instant>, clock: any WallClock) {
    self.furnished = furnished
    self.clock = clock
    began = max(clock.now() - .milliseconds(50), furnished.upperBound)
  }

  /// What follows belongs to step `number`.
  func begin(_ number: Int) {
    step = number
    counts = [:]
  }

  /// Gives an id a name before it is seen.
  func name(_ id: EntityID, _ name: String) {
    if names[id] == nil { names[id] = name }
    ids[name] = id
  }

  /// The id that a label stands for in this world.
  func id(_ label: String) -> EntityID? { ids[label] }

  /// The label of an id that has been seen.
  func label(_ id: EntityID) -> String? { names[id] }

  private func fresh(_ kind: String) -> String {
    counts[kind, default: 0] += 1
    return "s\(step).\(counts[kind] ?? 0)"
  }

  // MARK: Whole answers

  /// The answer as one text that is the same in both worlds.
  func face(_ seen: Seen) -> [UInt8] {
    var face = Array("\(seen.status)\n".utf8)
    for field in seen.fields {
      face += Array("\(field.name): ".utf8)
      face += value(of: field, in: seen)
      face.append(UInt8(ascii: "\n"))
    }
    face.append(UInt8(ascii: "\n"))
    return face + text(seen.body)
  }

  private func value(of field: (name: String, value: String), in seen: Seen) -> [UInt8] {
    switch field.name {
    case "content-length" where field.value == String(seen.body.count): return Array("<length>".utf8)
    case "date":
      let now = clock.now()
      let isPresent = (-1...1).contains { DateHeader.format(now + .seconds($0)) == field.value }
      return Array((isPresent ? "<date>" : field.value).utf8)
    case "traceparent":
      let parts = field.value.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 4, parts[2].utf8.count == 16, parts[2].utf8.allSatisfy(Scan.isHex) else { break }
      return text(Array("\(parts[0])-\(parts[1])-".utf8)) + Array("<span>-\(parts[3])".utf8)
    default: break
    }
    return text(Array(field.value.utf8))
  }

  // MARK: Text

  /// `bytes` word by word.
  func text(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { scan($0, into: &out) }
    return out
  }

  private func scan(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\\"), at + 1 < bytes.count {
        out.append(byte)
        out.append(bytes[at + 1])
        at += 2
      } else if Scan.isWord(byte) {
        let end = Scan.wordEnd(bytes, at)
        if let (replacement, next) = replacement(bytes, at, end) {
          out += replacement
          at = next
        } else {
          out.append(contentsOf: bytes[at..<end])
          at = end
        }
      } else if byte == UInt8(ascii: "\""), let (replacement, next) = member(bytes, at) {
        out += replacement
        at = next
      } else {
        out.append(byte)
        at += 1
      }
    }
  }

  /// What stands for the word from `start` to `end`, and where to go on.
  private func replacement(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> ([UInt8], Int)? {
    let length = end - start
    switch length {
    case 8:
      guard let id = Scan.uuid(bytes, start), let name = known(id) else { return nil }
      return (Array("<id \(name)>".utf8), start + 36)
    case 4: return instant(bytes, start)
    case 32:
      guard let id = EntityID(hex: Scan.string(bytes, start, end)), let name = known(id) else { return nil }
      return (Array("<id \(name) in hex>".utf8), end)
    case 64:
      guard (start..<end).allSatisfy({ Scan.isHex(bytes[$0]) }) else { return nil }
      return (Array("<digest \(hidden(Array(bytes[start..<end]), "digest"))>".utf8), end)
    case 3 where Scan.matches(bytes, start, "ISA*"): return envelope(bytes, start)
    case 3 where Scan.matches(bytes, start, "key:"):
      let stop = Scan.base64End(bytes, end + 1)
      guard let name = opaque[Array(bytes[(end + 1)..<stop])] else { return nil }
      return (Array("key:<key \(name)>".utf8), stop)
    case 2 where Scan.matches(bytes, start, "GS*"): return group(bytes, start)
    default: return Scan.matches(bytes, start, "eyJ") ? token(bytes, start) : nil
    }
  }

  /// The name of an id of this run, of the house, or of what the script was given.
  private func known(_ id: EntityID) -> String? {
    if let name = names[id] { return name }
    let isVersion7 = id.high >> 12 & 0xF == 7 && id.low >> 62 == 2
    let made = Instant(microseconds: Int64(id.high >> 16) * 1000)
    guard isVersion7, made >= furnished.lowerBound - .milliseconds(1), made <= clock.now() + .seconds(1) else {
      return nil
    }
    let name = fresh("id")
    self.name(id, name)
    return name
  }

  private func hidden(_ value: [UInt8], _ kind: String) -> String {
    if let name = opaque[value] { return name }
    let name = fresh(kind)
    opaque[value] = name
    return name
  }

  // MARK: Times

  private func instant(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> ([UInt8], Int)? {
    guard let (value, end) = Scan.instant(bytes, start), let words = relative(value) else { return nil }
    return (Array(words.utf8), end)
  }

  /// `nil` for a time that says something.
  private func relative(_ value: Instant) -> String? {
    let now = clock.now()
    if value > began, value <= now + .milliseconds(50) { return "<now>" }
    if furnished.contains(value) { return "<before>" }
    let seconds = value.seconds - now.seconds
    let hours = (Double(seconds) / 3600).rounded()
    guard hours != 0, abs(hours) <= 24 * 401, abs(Double(seconds) - hours * 3600) <= 180 else { return nil }
    return "<now+\(Int(hours))h>"
  }

  private func isNow(_ date: String, _ time: String) -> Bool {
    guard let value = Scan.minute(date, time) else { return false }
    return value >= began - .seconds(120) && value <= clock.now() + .seconds(60)
  }

  // MARK: Members, tokens, envelopes

  private static let keyMembers: [StaticString] = ["\"kid\":\"", "\"x\":\"", "\"y\":\""]
  private static let timeMembers: [StaticString] = ["\"iat\":", "\"nbf\":", "\"exp\":"]
  private static let initials = Array("kxyine".utf8)

  /// Members whose values are keys or seconds.
  private func member(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> ([UInt8], Int)? {
    // Most members are others; these begin with one of six letters.
    guard start + 1 < bytes.count, Self.initials.contains(bytes[start + 1]) else { return nil }
    for name in Self.keyMembers where Scan.matches(bytes, start, name) {
      let first = start + name.utf8CodeUnitCount
      let end = Scan.base64End(bytes, first)
      guard end - first >= 20 else { return nil }
      return (Array("\(name)<key \(hidden(Array(bytes[first..<end]), "key"))>".utf8), end)
    }
    for name in Self.timeMembers where Scan.matches(bytes, start, name) {
      let first = start + name.utf8CodeUnitCount
      guard let (value, end) = Scan.seconds(bytes, first), let words = relative(value) else { return nil }
      return (Array("\(name)\(words)".utf8), end)
    }
    return nil
  }

  private func token(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> ([UInt8], Int)? {
    let end = Scan.tokenEnd(bytes, start)
    let parts = Scan.string(bytes, start, end).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Base64.url.decode(parts[0].utf8),
      let claims = Base64.url.decode(parts[1].utf8), (try? JSONParser.parse(header)) != nil,
      (try? JSONParser.parse(claims)) != nil
    else { return nil }
    return (Array("<token ".utf8) + text(header) + text(claims) + Array(">".utf8), end)
  }

  /// ISA is 106 bytes of fixed columns (X12.5).
  private func envelope(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> ([UInt8], Int)? {
    guard start + 81 <= bytes.count else { return nil }
    let date = Scan.string(bytes, start + 70, start + 76)
    guard isNow(date, Scan.string(bytes, start + 77, start + 81)) else { return nil }
    return (Array(bytes[start..<(start + 70)]) + Array("<date>*<time>".utf8), start + 81)
  }

  private func group(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> ([UInt8], Int)? {
    var stars = 0
    var at = start
    while at < bytes.count, stars < 4, at - start < 60 {
      if bytes[at] == UInt8(ascii: "*") { stars += 1 }
      at += 1
    }
    guard stars == 4, at + 13 <= bytes.count else { return nil }
    let date = Scan.string(bytes, at + 2, at + 8)
    guard Scan.string(bytes, at, at + 2) == "20", isNow(date, Scan.string(bytes, at + 9, at + 13)) else { return nil }
    return (Array(bytes[start..<at]) + Array("<date>*<time>".utf8), at + 13)
  }
}
