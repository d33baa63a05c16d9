import BulkheadCore

/// How much of an interchange is read. Beyond a limit the whole interchange is refused with `edi.tooLarge`; nothing
/// in it is looked at half.
public struct X12Limits: Sendable {
  /// Bytes of one interchange.
  public var bytesMax = 4 << 20
  /// Segments of one interchange, envelope included.
  public var segmentsMax = 100_000
  /// Elements of one segment; no X12 segment defines more than about thirty.
  public var elementsPerSegmentMax = 64
  /// Bytes of one element; the longest defined in the sets read here has 80 characters.
  public var elementBytesMax = 4096
  /// Functional groups of one interchange.
  public var groupsMax = 64
  /// Transaction sets of one interchange.
  public var setsMax = 1000
  /// Findings kept per transaction set; further ones still decide the verdict.
  public var findingsMax = 100

  public init() {}

  public static let standard = X12Limits()
}

extension RefusalCode {
  /// The bytes do not begin like an X12 interchange, or their ISA cannot be read.
  public static let ediNotX12 = RefusalCode("edi.notX12", .malformed)
  /// The bytes end inside the ISA.
  public static let ediTruncated = RefusalCode("edi.truncated", .malformed)
  /// Over one of `X12Limits`.
  public static let ediTooLarge = RefusalCode("edi.tooLarge", .tooLarge)
}
