import BulkheadCore
import Distribution

extension Side {
  /// What exchanging documents leaves behind: a ship notice, and something that somebody has to see to.
  mutating func makeExchange(_ stand: Stand) async throws {
    let notice = try await stand.post("/v1/asns", tenant, try Bodies.purchase("POST /v1/asns", self) ?? .null)
    try take("asn", notice, at: ["id"])
    try take("asn_line", notice, at: ["lines", "id"])
    _ = try await stand.call(
      "POST", "/v1/edi/channels/\(try id("edi_channel"))/interchanges", token: tenant.token,
      bytes: Self.faulty(to: address), headers: ["Content-Type": "application/edi-x12"])
    try take("edi_exception", try await stand.get("/v1/edi/exceptions", tenant), at: ["items", "id"])
  }

  /// An order without a beginning, from the partner that the side has agreed with: it is rejected and listed.
  private static func faulty(to receiver: String) -> [UInt8] {
    let padded = receiver + String(repeating: " ", count: max(0, 15 - receiver.count))
    let segments = [
      "ISA*00*          *00*          *ZZ*PARTNER        *ZZ*\(padded)*260101*1200*U*00401*000000001*0*T*>",
      "GS*PO*PARTNER*\(receiver)*20260101*1200*1*X*004010", "ST*850*0001", "SE*2*0001", "GE*1*1",
      "IEA*1*000000001",
    ]
    return Array(segments.map { $0 + "~" }.joined().utf8)
  }
}
