import BulkheadCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Something in bytes on their way out that must not be there.
package enum Sighting: Hashable, Sendable {
  /// The mark of a decoy, which no statement that keeps to its tenant can return.
  case mark(CanaryMark)
  /// The id of a tenant other than the one that the bytes are for.
  case stranger(TenantID)
}

/// Finds marks of decoys and ids of other tenants in bytes, in one pass.
///
/// Ids are looked for in their usual form, 8-4-4-4-12 hexadecimal digits. The pass goes from hyphen to hyphen; where
/// there is the shape of an id, its first eight digits decide: zeros may be a mark, which its HMAC decides, and digits
/// that some tenant's id begins with (a filter of 8 KiB) may be that tenant. Time is linear in the bytes whatever they
/// are, nothing is copied, and what is found is not kept.
package final class LeakScanner: Sendable {
  /// Length of an id's text.
  private static let shapeBytes = 36

  /// All tenants at one moment. Replaced as a whole.
  private final class Tenants: Sendable {
    let ids: Set<EntityID>
    /// One bit for each hash of the first eight digits of a tenant's id.
    let filter: [UInt64]

    init(_ ids: Set<EntityID>) {
      self.ids = ids
      var filter = [UInt64](repeating: 0, count: 1024)
      for id in ids {
        let slot = LeakScanner.slot(Array(id.description.utf8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        filter[slot >> 6] |= 1 << UInt64(slot & 63)
      }
      self.filter = filter
    }
  }

  private let marks: CanaryMarks
  private let tenants = Mutex(Tenants([]))

  package init(marks: CanaryMarks) { self.marks = marks }

  /// From now on these are the tenants there are. Until the first call no stranger is found.
  package func know(_ tenants: [TenantID]) {
    let known = Tenants(Set(tenants.map(\.id)))
    self.tenants.withLock { $0 = known }
  }

  /// The mark in `bytes`, or else an id of a tenant other than `tenant`, or `nil`.
  ///
  /// - Parameter tenant: whom the bytes are for; `nil` looks for marks alone.
  package func scan(_ bytes: [UInt8], for tenant: TenantID?) -> Sighting? {
    bytes.withUnsafeBytes { scan($0, for: tenant) }
  }

  package func scan(_ text: String, for tenant: TenantID?) -> Sighting? {
    var text = text
    return text.withUTF8 { scan(UnsafeRawBufferPointer($0), for: tenant) }
  }

  private func scan(_ bytes: UnsafeRawBufferPointer, for tenant: TenantID?) -> Sighting? {
    guard let base = bytes.baseAddress, bytes.count >= Self.shapeBytes else { return nil }
    let known = tenants.withLock { $0 }
    let last = bytes.count - Self.shapeBytes + 8
    var stranger: Sighting?
    var position = 8
    while position <= last, let found = memchr(base + position, Self.hyphen, last - position + 1) {
      let hyphen = base.distance(to: UnsafeRawPointer(found))
      position = hyphen + 1
      guard bytes[hyphen + 5] == 0x2D, bytes[hyphen + 10] == 0x2D, bytes[hyphen + 15] == 0x2D else { continue }
      let head = bytes.loadUnaligned(fromByteOffset: hyphen - 8, as: UInt64.self)
      if head == Self.zeros {
        guard let id = Self.id(bytes, at: hyphen - 8), let mark = marks.read(id) else { continue }
        return .mark(mark)
      }
      guard let tenant, stranger == nil else { continue }
      let slot = Self.slot(head)
      guard known.filter[slot >> 6] >> UInt64(slot & 63) & 1 == 1, let id = Self.id(bytes, at: hyphen - 8),
        id != tenant.id, known.ids.contains(id)
      else { continue }
      stranger = .stranger(TenantID(id))
    }
    return stranger
  }

  private static let hyphen = Int32(UInt8(ascii: "-"))
  private static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// Where the filter keeps an id that begins with these eight digits. Letters count in either case.
  private static func slot(_ head: UInt64) -> Int {
    Int(truncatingIfNeeded: ((head | 0x2020_2020_2020_2020) &* 0x9E37_79B9_7F4A_7C15) >> 48)
  }

  private static func id(_ bytes: UnsafeRawBufferPointer, at start: Int) -> EntityID? {
    EntityID(String(decoding: bytes[start..<(start + shapeBytes)], as: UTF8.self))
  }
}
