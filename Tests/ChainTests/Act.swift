import BulkheadCore

/// One thing that somebody in a company does, with the numbers that decide how.
struct Act: Sendable, CustomStringConvertible {
  enum Kind: String, Sendable, CaseIterable {
    case receive, correct, order, cancelOrder, allocate, wave, pick, shortPick, pack, voidPackage, ship, cancelShipment
    case invoice, credit, pay, bounce, purchase, receivePurchase, landedCost, supplierInvoice, count
    case putAway, sendBack, shipBack
    case returnGoods, takeBack, till, tillSale, tillRefund, tillClose, importStock
    /// Database sessions of whoever works at the moment are ended in the middle of what they do.
    case crash
  }

  let number: Int
  let kind: Kind
  /// 0 or 1: which of the two companies.
  let company: Int
  /// 0 or 1: which of its two workers.
  let worker: Int
  let dice: [Int]

  var description: String { "\(number) company \(company) worker \(worker) \(kind.rawValue) \(dice)" }
}

/// What four workers of two companies do at the same time, all of it from one seed.
struct Play: Sendable {
  let acts: [Act]

  /// The ways that work usually takes through a company.
  private static let stories: [[Act.Kind]] = [
    [.order, .wave, .pick, .pick, .pack, .ship, .invoice, .credit, .pay],
    [.order, .order, .wave, .pick, .shortPick, .pick, .pack, .ship, .invoice, .pay, .bounce],
    [.receive, .order, .wave, .pick, .cancelShipment, .wave, .pick, .pack, .voidPackage, .pack, .ship],
    [.purchase, .receivePurchase, .landedCost, .supplierInvoice, .receivePurchase, .allocate],
    [.order, .allocate, .count, .cancelOrder, .receive, .allocate, .wave, .pick, .pack, .ship, .invoice],
    [.receive, .count, .correct, .count, .purchase, .receivePurchase, .supplierInvoice],
    [.order, .wave, .pick, .pack, .ship, .returnGoods, .invoice, .takeBack, .pay],
    [.till, .till, .tillSale, .tillSale, .tillRefund, .tillClose, .tillSale],
    [.purchase, .receivePurchase, .putAway, .sendBack, .supplierInvoice, .putAway, .shipBack, .supplierInvoice],
    [.purchase, .receivePurchase, .supplierInvoice, .sendBack, .shipBack, .putAway, .landedCost, .sendBack, .shipBack],
    [.importStock, .order, .tillSale, .wave, .pick, .count, .till],
  ]
  /// Chance in a hundred that an act of a story is replaced by another, left out, or done twice.
  private static let disorder = 25

  init(acts: [Act]) { self.acts = acts }

  init(seed: UInt64) {
    let random = SeededRandom(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    var acts: [Act] = []
    for (company, worker) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      for kind in Self.stories[below(Self.stories.count)] {
        var kinds = [kind]
        if below(100) < Self.disorder {
          let other = Act.Kind.allCases[below(Act.Kind.allCases.count)]
          kinds = [[other], [], [kind, kind], [other, kind]][below(4)]
        }
        for kind in kinds {
          acts.append(
            Act(
              number: acts.count, kind: kind, company: company, worker: worker,
              dice: (0..<3).map { _ in below(1000) }))
        }
      }
    }
    self.acts = acts
  }
}
