import BulkheadCore

/// The `traceparent` header of W3C Trace Context (level 1, section 3.2).
struct Traceparent: Hashable, Sendable {
  /// 16 bytes, never all zero.
  let traceID: EntityID
  /// 8 bytes, never zero: the caller's span, or the one made here.
  let spanID: UInt64
  let flags: UInt8

  init(traceID: EntityID, spanID: UInt64, flags: UInt8) {
    self.traceID = traceID
    self.spanID = spanID
    self.flags = flags
  }

  /// Reads the header strictly. What is not exactly as the standard says is `nil`, and a new trace begins: lower-case
  /// hexadecimal only, no zero ids, version `ff` invalid, and more fields only in versions above 00.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let dash = UInt8(ascii: "-")
    guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
      let version = Self.word(bytes[0..<2]), version != 0xFF,
      version == 0 ? bytes.count == 55 : (bytes.count == 55 || bytes[55] == dash),
      let high = Self.word(bytes[3..<19]), let low = Self.word(bytes[19..<35]), high | low != 0,
      let span = Self.word(bytes[36..<52]), span != 0,
      let flags = Self.word(bytes[53..<55])
    else { return nil }
    self.init(traceID: EntityID(high: high, low: low), spanID: span, flags: UInt8(truncatingIfNeeded: flags))
  }

  /// The caller's trace with a span of our own, or a new trace that is named like the request.
  static func continuing(_ text: String?, request: EntityID, random: any RandomSource) -> Traceparent {
    // A span id of zero is invalid; the one value in 2^64 becomes 1.
    let span = max(random.next(), 1)
    guard let caller = text.flatMap({ Traceparent($0) }) else {
      return Traceparent(traceID: request, spanID: span, flags: 0)
    }
    // Only the sampled bit is defined; the others must be sent as zero.
    return Traceparent(traceID: caller.traceID, spanID: span, flags: caller.flags & 1)
  }

  /// `00-<trace>-<span>-<flags>`.
  var text: String {
    String(unsafeUninitializedCapacity: 55) { buffer in
      var out = 0
      func put(_ byte: UInt8) {
        buffer[out] = byte
        out += 1
      }
      func put(_ word: UInt64, digits: Int) {
        for shift in stride(from: 4 * (digits - 1), through: 0, by: -4) {
          put(Self.digits[Int(truncatingIfNeeded: word >> UInt64(shift)) & 0xF])
        }
      }
      put(0, digits: 2)
      put(UInt8(ascii: "-"))
      put(traceID.high, digits: 16)
      put(traceID.low, digits: 16)
      put(UInt8(ascii: "-"))
      put(spanID, digits: 16)
      put(UInt8(ascii: "-"))
      put(UInt64(flags), digits: 2)
      return out
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
