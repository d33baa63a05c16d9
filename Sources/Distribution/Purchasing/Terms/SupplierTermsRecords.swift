import BulkheadCore
import BulkheadData

/// Supplier prices and contracts.
enum SupplierTermsRecords {
  static let insertPrice = Statement(
    """
    INSERT INTO supplier_price (id, supplier_id, product_id, currency, min_qty, unit_price, valid_from, valid_to,
      lead_time_days, moq, pack_multiple)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """)

  static let price = Statement(
    """
    SELECT id, supplier_id, product_id, currency, min_qty, unit_price, valid_from, valid_to, lead_time_days, moq,
           pack_multiple
      FROM supplier_price WHERE id = $1
    """)

  /// `$2` supplier, `$3` product, each NULL for any.
  static let prices = Statement(
    """
    SELECT id, supplier_id, product_id, currency, min_qty, unit_price, valid_from, valid_to, lead_time_days, moq,
           pack_multiple
      FROM supplier_price
     WHERE id > $1 AND ($2::uuid IS NULL OR supplier_id = $2) AND ($3::uuid IS NULL OR product_id = $3)
     ORDER BY id LIMIT $4
    """)

  static let endPrice = Statement("UPDATE supplier_price SET valid_to = $2 WHERE id = $1")

  static func price(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "supplierId": .id(try row.id(1)), "productId": .id(try row.id(2)),
      "currency": .string(try row.text(3)), "minQuantity": try row.quantity(4).json,
      "unitPrice": try row.price(5).json, "validFrom": .string(try row.text(6)), "validTo": row.jsonText(7),
      "leadTimeDays": .int(try row.int(8)), "minimumOrder": try row.quantity(9).json,
      "packMultiple": try row.quantity(10).json,
    ]
  }

  static let insertContract = Statement(
    """
    INSERT INTO supplier_contract (id, supplier_id, code, currency, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)

  static let insertContractLines = Statement(
    """
    INSERT INTO supplier_contract_line (contract_id, id, line_no, product_id, committed_qty, min_release, unit_price)
    SELECT $1::uuid, l.id, l.line_no, l.product_id, l.committed, l.min_release, l.unit_price
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::numeric[], $6::numeric[], $7::numeric[])
           AS l (id, line_no, product_id, committed, min_release, unit_price)
    """)

  static let contract = Statement(
    """
    SELECT id, supplier_id, code, currency, valid_from, valid_to, state, version FROM supplier_contract WHERE id = $1
    """)

  static let lockContract = Statement("SELECT state FROM supplier_contract WHERE id = $1 FOR UPDATE")

  static let setContractState = Statement(
    "UPDATE supplier_contract SET state = $2, version = version + 1 WHERE id = $1")

  /// `$2` supplier, NULL for any.
  static let contracts = Statement(
    """
    SELECT id, supplier_id, code, currency, valid_from, valid_to, state, version
      FROM supplier_contract WHERE id > $1 AND ($2::uuid IS NULL OR supplier_id = $2) ORDER BY id LIMIT $3
    """)

  static let contractLines = Statement(
    """
    SELECT id, line_no, product_id, committed_qty, released_qty, min_release, unit_price
      FROM supplier_contract_line WHERE contract_id = $1 ORDER BY line_no
    """)

  /// Everything about one contract: two queries for one round trip.
  static func contractQueries(_ id: EntityID) -> [Query] {
    [Query(contract, .id(id)), Query(contractLines, .id(id))]
  }

  /// The answer of `contractQueries` as JSON, with the version; `nil`: no such contract.
  static func wholeContract(_ rows: ArraySlice<Rows>) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 2, let row = rows[rows.startIndex].first, case .object(var members) = try contract(row) else {
      return nil
    }
    var lines: [JSON] = []
    for line in rows[rows.startIndex + 1] {
      lines.append([
        "id": .id(try line.id(0)), "line": .int(try line.int(1)), "productId": .id(try line.id(2)),
        "committed": try line.quantity(3).json, "released": try line.quantity(4).json,
        "minRelease": try line.quantity(5).json, "unitPrice": try line.price(6).json,
      ])
    }
    members.append(.init("lines", .array(lines)))
    return (.object(members), try row.int(7))
  }

  static func contract(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "supplierId": .id(try row.id(1)), "code": .string(try row.text(2)),
      "currency": .string(try row.text(3)), "validFrom": .string(try row.text(4)), "validTo": row.jsonText(5),
      "state": .string(try row.text(6)), "version": .int(try row.int(7)),
    ]
  }
}
