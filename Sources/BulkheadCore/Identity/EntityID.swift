/// A 128-bit identifier (RFC 9562). Rows, tenants, jobs and requests are named by one.
///
/// New ids are version 7: ordered by creation time, so that an index grows at its end, and otherwise random, so that
/// an id tells nothing about how many rows anyone else has. Text form: 36 lower-case characters with hyphens.
public struct EntityID: Hashable, Sendable, Comparable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The id in `bytes`, which must hold exactly 16; `nil` otherwise.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
    self.init(high: high, low: low)
  }

  /// Reads the canonical 36-character form, either letter case; anything else is `nil`.
  public init?(_ text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    var position = 0
    for byte in text.utf8 {
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard let value = hexValue(byte), digits < 32 else { return nil }
        if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
        digits += 1
      }
      position += 1
    }
    guard position == 36, digits == 32 else { return nil }
    self.init(high: high, low: low)
  }

  /// Reads 32 hexadecimal digits without hyphens.
  public init?(hex text: some StringProtocol) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for byte in text.utf8 {
      guard let value = hexValue(byte), digits < 32 else { return nil }
      if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: high, low: low)
  }

  public static func < (left: EntityID, right: EntityID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// A fresh version 7 id. The 12 bits behind the milliseconds say how far into the millisecond it was (RFC 9562,
  /// section 6.2, method 3), so that what one transaction makes is listed in the order in which it was made.
  public static func make(at instant: Instant, from random: any RandomSource) -> EntityID {
    let milliseconds = UInt64(bitPattern: instant.microseconds / 1000)
    let fraction = instant.microseconds.magnitude % 1000 * 4096 / 1000
    let high = (milliseconds << 16) | 0x7000 | fraction
    let low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    return EntityID(high: high, low: low)
  }

  /// The 16 bytes in network order.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(16)
    for word in [high, low] {
      for shift in stride(from: 56, through: 0, by: -8) { result.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return result
  }

  /// 32 lower-case hexadecimal digits, no hyphens.
  public var hex: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      for index in 0..<32 { buffer[index] = hexDigit(nibble(index)) }
      return 32
    }
  }

  private func nibble(_ index: Int) -> UInt8 {
    let word = index < 16 ? high : low
    return UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 0xF
  }
}

extension EntityID: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var out = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          buffer[out] = UInt8(ascii: "-")
          out += 1
        }
        buffer[out] = hexDigit(nibble(index))
        out += 1
      }
      return 36
    }
  }
}

func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
