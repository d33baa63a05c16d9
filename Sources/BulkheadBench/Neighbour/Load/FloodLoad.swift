import Foundation

/// What a flood did.
struct FloodResult: Sendable {
  let start: Int64
  let end: Int64
  let documents: Int
  let lines: Int
  /// Told to come again later, which it then did.
  let refusals: Int
  let failures: Int

  var seconds: Double { Double(end - start) / 1e9 }
  var linesPerSecond: Double { seconds > 0 ? Double(lines) / seconds : 0 }
}

/// One tenant that sends as much as it is let: a closed loop of so many connections. What is refused is sent again when
/// the answer says so.
struct FloodLoad: Sendable {
  let port: Int
  let token: String
  /// Lines of one document.
  let shape: Int
  let connections: Int
  /// How many lines the tenant has: documents go round through them.
  let tenantLines: Int
  /// The flood goes on until it has updated so many lines, and lasted so long.
  let lines: Int
  let seconds: Double

  func run(until stop: LoadSwitch = LoadSwitch()) throws -> FloodResult {
    var watch = try SocketWatch()
    var sockets = try (0..<connections).map { _ in try LoadConnection(port: port) }
    defer { for socket in sockets { close(socket.descriptor) } }
    for socket in sockets { watch.add(socket.descriptor) }
    let head =
      "POST /v1/lines HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer \(token)\r\n"
      + "Content-Type: application/json\r\nContent-Length: "
    var number = 0
    var underWay: [[UInt8]?] = sockets.map { _ in nil }
    var waiting: [(index: Int, until: Int64)] = []
    var (documents, refusals, failures) = (0, 0, 0)
    let start = LoadClock.now
    let leastEnd = start + Int64(seconds * 1e9)

    func send(_ index: Int, _ request: [UInt8]) {
      underWay[index] = sockets[index].send(request) ? request : nil
      if underWay[index] == nil { failures += 1 }
    }
    func sendNext(_ index: Int) {
      guard number * shape < lines || LoadClock.now < leastEnd, !stop.hasEnded else { return }
      let body = FloodDocument(number: number, lines: shape, of: tenantLines).json.text
      number += 1
      send(index, Array("\(head)\(body.utf8.count)\r\n\r\n\(body)".utf8))
    }

    for index in sockets.indices { sendNext(index) }
    while !waiting.isEmpty || underWay.contains(where: { $0 != nil }) {
      let now = LoadClock.now
      for (index, _) in waiting.filter({ $0.until <= now }) {
        if let request = underWay[index] { send(index, request) }
      }
      waiting.removeAll { $0.until <= now }
      for index in watch.ready(within: 20_000_000) {
        switch sockets[index].receive() {
        case .unfinished: continue
        case .answer(let status, let retryAfter) where status == 429 || status == 503:
          refusals += 1
          waiting.append((index, LoadClock.now + Int64(max(1, retryAfter)) * LoadClock.second))
        case .answer(let status, _):
          if status == 200 { documents += 1 } else { failures += 1 }
          underWay[index] = nil
          sendNext(index)
        case .closed:
          failures += 1
          underWay[index] = nil
          close(sockets[index].descriptor)
          sockets[index] = try LoadConnection(port: port)
          watch.replace(at: index, with: sockets[index].descriptor)
          sendNext(index)
        }
      }
    }
    return FloodResult(
      start: start, end: LoadClock.now, documents: documents, lines: documents * shape, refusals: refusals,
      failures: failures)
  }
}
