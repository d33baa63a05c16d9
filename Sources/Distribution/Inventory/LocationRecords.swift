import BulkheadCore
import BulkheadData

/// Places.
enum LocationRecords {
  /// Takes the warehouse from the parent, so that a place always stands under its parent's.
  static let insert = Statement(
    """
    INSERT INTO location (id, code, name, type, parent_id, warehouse_id, zone, aisle, rack, level, bin, pick_sequence,
      is_pickable, is_quarantine, allow_negative)
    VALUES ($1, $2, $3, $4, $5, (SELECT parent.warehouse_id FROM location AS parent WHERE parent.id = $5), $6, $7, $8,
      $9, $10, $11, $12, $13, $14)
    """)

  /// A warehouse and its five places in one statement: foreign keys are checked at its end, so they may refer to each
  /// other. Arrays: id, code, name, type, pickable, negative; the first is the warehouse, then input, storage, output,
  /// picking, lost and found.
  static let insertWarehouse = Statement(
    """
    INSERT INTO location (id, code, name, type, parent_id, warehouse_id, is_pickable, allow_negative, is_default,
      input_id, storage_id, output_id, picking_id, lost_found_id)
    SELECT p.id, p.code, p.name, p.type, CASE WHEN p.id = $1 THEN NULL ELSE $1 END, $1, p.is_pickable,
           p.allow_negative, p.id = $1 AND $8, CASE WHEN p.id = $1 THEN $9::uuid END,
           CASE WHEN p.id = $1 THEN $10::uuid END, CASE WHEN p.id = $1 THEN $11::uuid END,
           CASE WHEN p.id = $1 THEN $12::uuid END, CASE WHEN p.id = $1 THEN $13::uuid END
      FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[])
           AS p (id, code, name, type, is_pickable, allow_negative)
    """)

  static let one = Statement(
    """
    SELECT id, code, name, type, parent_id, warehouse_id, zone, aisle, rack, level, bin, pick_sequence, is_pickable,
           is_quarantine, allow_negative, is_default, is_active, version, input_id, storage_id, output_id, picking_id,
           lost_found_id
      FROM location WHERE id = $1
    """)

  /// `$2` warehouse, `$3` type, each NULL for any.
  static let list = Statement(
    """
    SELECT id, code, name, type, parent_id, warehouse_id, zone, aisle, rack, level, bin, pick_sequence, is_pickable,
           is_quarantine, allow_negative, is_default, is_active, version, input_id, storage_id, output_id, picking_id,
           lost_found_id
      FROM location
     WHERE id > $1 AND ($2::uuid IS NULL OR warehouse_id = $2) AND ($3::text IS NULL OR type = $3)
     ORDER BY id LIMIT $4
    """)

  /// `$2` warehouse, `$3` type, each NULL for any; `$4` code.
  static let byCode = Statement(
    """
    SELECT id, code, name, type, parent_id, warehouse_id, zone, aisle, rack, level, bin, pick_sequence, is_pickable,
           is_quarantine, allow_negative, is_default, is_active, version, input_id, storage_id, output_id, picking_id,
           lost_found_id
      FROM location
     WHERE id > $1 AND ($2::uuid IS NULL OR warehouse_id = $2) AND ($3::text IS NULL OR type = $3) AND code = $4
     ORDER BY id LIMIT $5
    """)

  static let update = Statement(
    """
    UPDATE location SET name = coalesce($3, name), pick_sequence = coalesce($4, pick_sequence),
           is_pickable = coalesce($5::boolean, is_pickable), is_quarantine = coalesce($6::boolean, is_quarantine),
           is_active = coalesce($7::boolean, is_active), version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let exists = Statement("SELECT 1 FROM location WHERE id = $1")

  static func location(_ row: Row) throws(Refusal) -> JSON {
    var members: [JSON.Member] = [
      .init("id", .id(try row.id(0))), .init("code", .string(try row.text(1))),
      .init("name", .string(try row.text(2))), .init("type", .string(try row.text(3))),
      .init("parentId", row.jsonText(4)), .init("warehouseId", row.jsonText(5)), .init("zone", row.jsonText(6)),
      .init("aisle", row.jsonText(7)), .init("rack", row.jsonText(8)), .init("level", row.jsonText(9)),
      .init("bin", row.jsonText(10)), .init("pickSequence", .int(try row.int(11))),
      .init("isPickable", .bool(try row.bool(12))), .init("isQuarantine", .bool(try row.bool(13))),
      .init("allowNegative", .bool(try row.bool(14))), .init("isDefault", .bool(try row.bool(15))),
      .init("isActive", .bool(try row.bool(16))), .init("version", .int(try row.int(17))),
    ]
    let places = ["inputId", "storageId", "outputId", "pickingId", "lostFoundId"]
    for (offset, name) in places.enumerated() { members.append(.init(name, row.jsonText(18 + offset))) }
    return .object(members)
  }
}

/// A warehouse with the five places it works with, ready to be inserted.
struct NewWarehouse: Sendable {
  let id: EntityID
  let query: Query

  /// The places are called `code`-IN, -STOCK, -OUT, -PICK and -LOST. Stock and picking may be promised to orders.
  init(code: String, name: String, isDefault: Bool, ids: [EntityID]) throws(Refusal) {
    let places: [(suffix: String, name: String, type: String, isPickable: Bool)] = [
      ("", name, "warehouse", false), ("-IN", "\(name): input", "storage", false),
      ("-STOCK", "\(name): stock", "storage", true), ("-OUT", "\(name): output", "storage", false),
      ("-PICK", "\(name): picking", "storage", true), ("-LOST", "\(name): lost and found", "lost_found", false),
    ]
    guard ids.count == places.count else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a warehouse has six ids")
    }
    id = ids[0]
    query = Query(
      LocationRecords.insertWarehouse, .id(ids[0]), .ids(ids), .texts(places.map { code + $0.suffix }),
      .texts(places.map { String($0.name.prefix(200)) }), .texts(places.map(\.type)),
      .texts(places.map { $0.isPickable ? "true" : "false" }),
      .texts(places.map { $0.type == "lost_found" ? "true" : "false" }), .bool(isDefault), .id(ids[1]), .id(ids[2]),
      .id(ids[3]), .id(ids[4]), .id(ids[5]))
  }

  /// As many ids as `init` needs.
  static let idCount = 6
}
