import BulkheadCore

/// Where received goods are proposed to go. Pure: rules and places have been read.
///
/// Rules for the product come first, then those of its category and the ones above it, then those for everything; among
/// equals the lowest sequence. A rule's places are filled in the order in which they are walked, each up to what it can
/// hold; what no rule has room for goes to the warehouse's own storage.
struct PutawayPlan: Sendable {
  struct Goods: Sendable, Hashable {
    let productID: EntityID
    let lotKey: EntityID
    let quantity: Quantity
  }

  /// A rule that may place a product, as the statements rank it.
  struct Rule: Sendable, Hashable {
    enum Target: Sendable, Hashable {
      case place(EntityID)
      case zone(String)
    }

    let id: EntityID
    let target: Target
    /// The most that one place is to hold, in base units of whatever lies there; `nil`: the place's own.
    let capacity: Quantity?
  }

  enum MixRule: String, Sendable {
    case any
    case singleProduct = "single_product"
    case singleLot = "single_lot"
  }

  struct Place: Sendable, Hashable {
    let id: EntityID
    let zone: String?
    let sequence: Int64
    let capacity: Quantity?
    let mix: MixRule
    /// What lies there and what is on its way.
    var load: Quantity
    var products: Set<EntityID>
    var lots: Set<EntityID>
  }

  struct Proposal: Sendable, Hashable {
    /// Which of the goods.
    let index: Int
    let placeID: EntityID
    let sequence: Int64
    let ruleID: EntityID?
    let quantity: Quantity
  }

  private(set) var proposals: [Proposal] = []
  private var places: [Place]

  /// `rules` of each product and `places` are in the order in which they count. Refuses with `quantity.overflow`.
  init(
    _ goods: [Goods], rules: [EntityID: [Rule]], places: [Place], storage: Place
  ) throws(Refusal) {
    self.places = places
    for (index, one) in goods.enumerated() {
      var rest = one.quantity
      for rule in rules[one.productID] ?? [] where rest.isPositive {
        rest = try place(one, index, rest, by: rule)
      }
      guard rest.isPositive else { continue }
      proposals.append(
        Proposal(index: index, placeID: storage.id, sequence: storage.sequence, ruleID: nil, quantity: rest))
    }
  }

  /// Answers what found no room.
  private mutating func place(
    _ goods: Goods, _ index: Int, _ quantity: Quantity, by rule: Rule
  ) throws(Refusal) -> Quantity {
    var rest = quantity
    for at in places.indices where rest.isPositive && rule.names(places[at]) && places[at].takes(goods) {
      var taken = rest
      if let capacity = rule.capacity ?? places[at].capacity {
        let room = try capacity.subtracting(places[at].load)
        guard room.isPositive else { continue }
        taken = min(rest, room)
      }
      places[at].load = try places[at].load.adding(taken)
      places[at].products.insert(goods.productID)
      places[at].lots.insert(goods.lotKey)
      rest = try rest.subtracting(taken)
      proposals.append(
        Proposal(
          index: index, placeID: places[at].id, sequence: places[at].sequence, ruleID: rule.id, quantity: taken))
    }
    return rest
  }
}

extension PutawayPlan.Rule {
  fileprivate func names(_ place: PutawayPlan.Place) -> Bool {
    switch target {
    case .place(let id): place.id == id
    case .zone(let zone): place.zone == zone
    }
  }
}

extension PutawayPlan.Place {
  /// Whether these goods may lie with what is there.
  fileprivate func takes(_ goods: PutawayPlan.Goods) -> Bool {
    switch mix {
    case .any: true
    case .singleProduct: products.isSubset(of: [goods.productID])
    case .singleLot: products.isSubset(of: [goods.productID]) && lots.isSubset(of: [goods.lotKey])
    }
  }
}
