import BulkheadCore
import BulkheadData

/// Many price rules in one statement.
enum PriceRuleBatch {
  static func insert(_ rules: [NewPriceRule], _ ambient: Ambient) -> Query {
    func holders(_ pick: (NewPriceRule.Holder) -> EntityID?) -> SQLValue { .ids(rules.map { pick($0.holder) }) }
    func subjects(_ pick: (NewPriceRule.Subject) -> EntityID?) -> SQLValue { .ids(rules.map { pick($0.subject) }) }
    return Query(
      statement, .ids(rules.map { _ in ambient.makeID() }), .texts(rules.map(\.holder.source.rawValue)),
      holders { if case .list(let id) = $0 { id } else { nil } },
      holders {
        switch $0 {
        case .customer(let id), .contract(_, customer: let id): id
        case .list, .group: nil
        }
      },
      holders { if case .group(let id) = $0 { id } else { nil } },
      holders { if case .contract(let id, customer: _) = $0 { id } else { nil } },
      .texts(rules.map(\.subject.scope)), subjects { if case .product(let id) = $0 { id } else { nil } },
      subjects { if case .category(let id) = $0 { id } else { nil } }, .texts(rules.map(\.currency.code)),
      .texts(rules.map(\.kind.rawValue)), .prices(rules.map(\.value)), .prices(rules.map(\.surcharge)),
      .texts(rules.map { $0.rounding?.description }), .quantities(rules.map(\.minimum)),
      .ints(rules.map(\.priority)), .texts(rules.map { $0.validFrom?.description }),
      .texts(rules.map { $0.validTo?.description }))
  }

  static let statement = Statement(
    """
    INSERT INTO price_rule (id, source, price_list_id, customer_id, customer_group_id, contract_id, scope, product_id,
      category_id, currency, kind, value, surcharge, rounding, min_qty, priority, valid_from, valid_to)
    SELECT r.id, r.source, r.list_id, r.customer_id, r.group_id, r.contract_id, r.scope, r.product_id, r.category_id,
           r.currency, r.kind, r.value, r.surcharge, r.rounding, r.min_qty, r.priority, r.valid_from, r.valid_to
      FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::uuid[],
                  $9::uuid[], $10::text[], $11::text[], $12::numeric[], $13::numeric[], $14::numeric[],
                  $15::numeric[], $16::int[], $17::date[], $18::date[])
           AS r (id, source, list_id, customer_id, group_id, contract_id, scope, product_id, category_id, currency,
                 kind, value, surcharge, rounding, min_qty, priority, valid_from, valid_to)
    """)
}

extension NewPriceRule.Holder {
  fileprivate var source: PriceSource {
    switch self {
    case .list: .list
    case .customer: .customer
    case .group: .group
    case .contract: .contract
    }
  }
}

extension NewPriceRule.Subject {
  fileprivate var scope: String {
    switch self {
    case .product: "product"
    case .category: "category"
    case .everything: "global"
    }
  }
}
