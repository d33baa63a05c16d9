/// An interchange that has been read and checked against the dictionary, before anything is looked up for it.
struct EDIArrival: Sendable {
  let bytes: [UInt8]
  let report: X12Report

  /// Refuses with `edi.notX12`, `edi.truncated` and `edi.tooLarge` bytes that have no envelope to answer.
  init(_ bytes: [UInt8], supported: Set<String>) throws {
    self.bytes = bytes
    report = X12Validator(supported: supported).check(try X12Reader.read(bytes))
  }

  /// What is said of it when its control number has been used before.
  var repeated: X12Report { X12Report(interchange: report.interchange.repeated, groups: report.groups) }
}
