import BulkheadCore
import BulkheadReport
import Foundation

/// Where a flood comes in.
enum Entry: String, CaseIterable {
  case http
  case queue
}

/// One scenario: an entry and how many lines a document has.
struct Scenario: Hashable {
  let entry: Entry
  let shape: Int

  var name: String {
    "\(entry == .http ? "HTTP API" : "job queue"), \(shape) \(shape == 1 ? "line" : "lines") a document"
  }
}

/// How long the parts of a round last, and how much is asked for.
struct RoundPlan {
  let quietSeconds: Double
  let afterSeconds: Double
  /// The least that a burst lasts.
  let burstSeconds: Double
  let lines: Int
  let rate: Double
  let seed: UInt64
  let floodConnections: Int
  /// A flood by the queue is cut after so many seconds.
  let queueSeconds: Double

  /// Connections that a flood of documents of many lines uses.
  static let fewConnections = 8

  func connections(_ shape: Int) -> Int { shape == 1 ? floodConnections : min(Self.fewConnections, floodConnections) }
}

/// What was seen in one round: quiet, burst, quiet again.
struct BurstRound {
  let samples: [CustomerSample]
  /// Times of `LoadClock`: begin of the quiet part, of the burst, its end, end of the last part.
  let start: Int64
  let burst: Range<Int64>
  let end: Int64
  let flood: FloodResult
  /// In the burst, and in the whole round.
  let cpu: CPUShares
  let cpuOfAll: CPUShares
  /// Milliseconds from when jobs of quiet tenants were due to when they were done, or to the end of the burst.
  var jobs: [Double] = []

  var quiet: [CustomerSample] { samples.filter { $0.due < burst.lowerBound } }
  var loaded: [CustomerSample] { samples.filter { burst.contains($0.due) } }

  var refused: Int { samples.count { $0.status == 429 || $0.status == 503 } }
  var failed: Int { samples.count { $0.status != 200 } - refused }

  /// The samples for people who look at time: seconds from the begin of the burst, milliseconds.
  var timeline: [Recovery.Sample] {
    samples.map {
      Recovery.Sample(at: Double($0.due - burst.lowerBound) / 1e9, latency: Double($0.latency) / 1e6)
    }
  }

  func seconds(_ moment: Int64) -> Double { Double(moment - burst.lowerBound) / 1e9 }
}

extension [CustomerSample] {
  var milliseconds: [Double] { map { Double($0.latency) / 1e6 } }
}

extension BurstRound {
  /// In milliseconds.
  func p99(_ samples: [CustomerSample]) -> Double { Quantile.of(samples.milliseconds.sorted(), 0.99) }
}
