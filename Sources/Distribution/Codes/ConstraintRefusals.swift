import BulkheadCore
import BulkheadData

/// What a broken constraint of our tables means to the person who asked.
///
/// Desks check first and refuse precisely; a constraint speaks when two requests race, or where it is itself the check
/// (unique codes, references by id). Foreign and absent ids break the same constraint and read the same.
public enum ConstraintRefusals {
  /// The refusal for `error`, or `nil` when the error is not about a rule of this module.
  public static func refusal(for error: DataError) -> Refusal? {
    let constraint = error.constraint ?? ""
    switch error.kind {
    case .uniqueViolation: return unique[constraint]
    case .foreignKeyViolation: return reference(constraint)
    case .checkViolation: return check[constraint]
    case .ruleBroken: return final.contains(constraint) ? changedMeanwhile : rule[constraint]
    // Every number is checked before it is sent; only a sum with what is there already can leave its range.
    case .valueInvalid: return Refusal(.quantityOverflow, "Together with what is there the number is too large.")
    case .notNullViolation, .retry, .timedOut, .resultTooLarge, .connectionLost, .denied, .other: return nil
    }
  }

  private static let rule: [String: Refusal] = [
    "ledger_entry_period_open": Refusal(
      .periodClosed, "The month that this falls into is closed: use a date in an open one, or have it opened again."),
    "ledger_entry_balanced": Refusal(.ledgerUnbalanced, "Debits and credits of the entry are not the same sum."),
    "ledger_line_control": Refusal(
      .ledgerControlAccount, "A control account is posted to by its documents only, never by hand."),
    "fiscal_period_final": Refusal(.periodLocked, "The month is locked for good."),
    "stock_move_period_open": Refusal(
      .stockPeriodClosed, "Stock is closed for the day that this falls on: use a later one, or have it opened again."),
    "invoice_final": Refusal(.invoiceNotDraft, "A posted or cancelled invoice is not changed any more."),
  ]

  /// Rules that protect final states; a race with whoever reached the final state first ends here.
  private static let final: Set<String> = [
    "sales_order_final", "stock_reservation_final", "planned_move_final",
    "wave_final", "shipment_final", "pick_task_final", "putaway_task_final", "package_final", "count_task_final",
    "purchase_order_final",
    "supplier_contract_final", "replenishment_suggestion_final", "landed_cost_final", "landed_cost_line_final",
    "supplier_invoice_final", "customer_return_final", "supplier_return_final", "supplier_return_line_final",
    "stock_period_final",
    "asn_final", "edi_exception_final",
    "pos_session_final", "pos_order_final", "kitchen_ticket_final", "alert_final",
    "notification_final",
    "import_job_final",
  ]
  private static let changedMeanwhile = Refusal(
    .changedMeanwhile, "Somebody has just finished this; it cannot be changed any more.")

  /// Runs `body` and translates what its statements broke.
  static func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch let error as DataError {
      if let refusal = refusal(for: error) { throw refusal }
      throw error
    }
  }

  private static func reference(_ constraint: String) -> Refusal? {
    if constraint.hasSuffix("uom_fkey") || constraint == "uom_conversion_from_fkey"
      || constraint == "uom_conversion_to_fkey"
    {
      return Refusal(.unitUnknown, "There is no such unit of measure.", at: pointers[constraint] ?? "/unit")
    }
    return pointers[constraint].map { Refusal(.referenceUnknown, "There is nothing of this id.", at: $0) }
  }

  /// Which member of the body each foreign key comes from.
  private static let pointers: [String: String] = [
    "product_base_uom_fkey": "/baseUnit", "product_category_fkey": "/categoryId",
    "product_identifier_uom_fkey": "/unit", "product_identifier_party_fkey": "/partyId",
    "product_identifier_product_fkey": "", "uom_conversion_from_fkey": "/unit", "uom_conversion_to_fkey": "/baseUnit",
    "product_category_parent_fkey": "/parentId", "price_list_parent_fkey": "/parentId",
    "party_customer_group_fkey": "/customerGroupId", "party_price_list_fkey": "/priceListId",
    "location_parent_fkey": "/parentId", "lot_product_fkey": "/productId",
    "customer_contract_customer_fkey": "/customerId", "price_rule_list_fkey": "/priceListId",
    "price_rule_customer_fkey": "/customerId", "price_rule_group_fkey": "/customerGroupId",
    "price_rule_contract_fkey": "/contractId", "price_rule_product_fkey": "/productId",
    "price_rule_category_fkey": "/categoryId", "account_legal_entity_fkey": "/legalEntityId",
    "account_role_account_fkey": "/accountId", "customer_billing_term_fkey": "/paymentTermId",
    "tax_rule_legal_entity_fkey": "/legalEntityId", "tax_rule_code_fkey": "/taxCodeId",
    "supplier_price_supplier_fkey": "/supplierId", "supplier_price_product_fkey": "/productId",
    "supplier_contract_supplier_fkey": "/supplierId", "reorder_policy_product_fkey": "/productId",
    "reorder_policy_warehouse_fkey": "/warehouseId", "reorder_policy_supplier_fkey": "/supplierId",
    "putaway_rule_product_fkey": "/productId",
    "putaway_rule_category_fkey": "/categoryId", "landed_cost_carrier_fkey": "/carrierId",
    "recipe_product_fkey": "/productId",
    "recipe_component_product_fkey": "/components", "notification_subscription_endpoint_fkey": "/endpointId",
  ]

  private static func taken(_ what: String, at pointer: String, _ code: RefusalCode = .codeTaken) -> Refusal {
    Refusal(code, "There is already \(what).", at: pointer)
  }

  private static let unique: [String: Refusal] = [
    "uom_code_key": taken("a unit of this code", at: "/code"),
    "product_category_code_key": taken("a category of this code", at: "/code"),
    "customer_group_code_key": taken("a group of this code", at: "/code"),
    "legal_entity_code_key": taken("a legal entity of this code", at: "/code"),
    "legal_entity_one_default": taken("a default legal entity", at: "/isDefault", .defaultTaken),
    "price_list_code_key": taken("a price list of this code", at: "/code"),
    "price_list_one_default": taken("a default price list of this currency", at: "/isDefault", .defaultTaken),
    "party_code_key": taken("a party of this code", at: "/code"),
    "party_gln_key": taken("a party of this GLN", at: "/gln", .identifierTaken),
    "product_sku_key": taken("a product of this SKU", at: "/sku"),
    "product_identifier_value_key": taken("a product with this identifier", at: "/value", .identifierTaken),
    "uom_conversion_pkey": taken("a conversion of this unit", at: "/unit"),
    "location_code_key": taken("a location of this code", at: "/code"),
    "location_one_default": taken("a default warehouse", at: "/isDefault", .defaultTaken),
    "lot_code_key": taken("a lot of this code", at: "/code"),
    "customer_contract_code_key": taken("a contract of this code", at: "/code"),
    "sales_order_po_key": duplicatePO,
    "putaway_scan_once": Refusal(.scanReused, "This device has used this number for another scan.", at: "/seq"),
    "pick_scan_once": Refusal(.scanReused, "This device has used this number for another scan.", at: "/seq"),
    "pick_task_reservation_once": changedMeanwhile, "shipment_one_waiting": changedMeanwhile,
    "gs1_prefix_key": taken("this prefix with this extension digit", at: "/prefix"),
    "gs1_prefix_one_default": taken("a default prefix", at: "/isDefault", .defaultTaken),
    "count_task_one_open": Refusal(.countTaskExists, "A count of this balance is under way.", at: "/quantId"),
    "account_code_key": taken("an account of this code", at: "/code"),
    "payment_term_code_key": taken("a payment term of this code", at: "/code"),
    "payment_term_one_default": taken("a default payment term", at: "/isDefault", .defaultTaken),
    "tax_code_code_key": taken("a tax code of this code", at: "/code"),
    "tax_rule_key": Refusal(.taxRuleTaken, "There is already a rule for exactly this case."),
    "tax_rate_from_key": Refusal(.taxRateOverlaps, "There is already a rate from this day on.", at: "/validFrom"),
    "ledger_entry_reversal_key": Refusal(.ledgerAlreadyReversed, "This entry has been reversed already."),
    "supplier_contract_code_key": taken("a contract of this code", at: "/code"),
    "supplier_contract_line_product_key": Refusal(
      .supplierContractProductTwice, "A contract names each product once.", at: "/lines"),
    "reorder_policy_place_key": taken("a policy for this product and warehouse", at: "/productId"),
    "replenishment_suggestion_one_open": changedMeanwhile,
    "purchase_order_line_suggestion_key": changedMeanwhile,
    "supplier_return_credit_once": Refusal(
      .supplierReturnCreditTaken, "This supplier's credit note of this number is here already.", at: "/supplierNumber"),
    "supplier_invoice_once": duplicateInvoice, "asn_number_key": duplicateNotice,
    "landed_cost_reversal_key": Refusal(.landedCostWrongState, "This cost has been reversed already."),
    "stock_period_closed_once": changedMeanwhile,
    "pos_terminal_code_key": taken("a terminal of this code", at: "/code"),
    "pos_session_one_open": Refusal(
      .posSessionAlreadyOpen, "This terminal has a session that is not closed.", at: "/terminalId"),
    "pos_order_client_key": changedMeanwhile, "recipe_one_active": changedMeanwhile,
    "alert_one_open": changedMeanwhile,
    "notification_subscription_event_key": Refusal(
      .notificationSubscribed, "This endpoint is told of this event already.", at: "/event"),
    "recipe_component_product_key": Refusal(.lineRepeated, "A recipe names each product once.", at: "/components"),
    "stock_quant_serial_once": Refusal(.serialTwice, "This serial number is in stock already."),
  ]

  private static let check: [String: Refusal] = [
    "stock_quant_balance": Refusal(.stockInsufficient, "There is not enough free stock for this."),
    "stock_quant_lot_required": Refusal(.lotRequired, "This product is tracked: name the lot."),
    "stock_quant_serial_single": Refusal(.serialNotSingle, "A serial number is one unit."),
    "location_pickable_is_storage": Refusal(
      .locationKind, "Only places of type storage can be picked from.", at: "/isPickable"),
    "price_rule_dates": Refusal(.priceRuleInvalid, "The rule ends before it begins.", at: "/validTo"),
    "invoice_open_range": Refusal(.allocationBeyondOpen, "More would be settled than is open."),
    "payment_open_range": Refusal(.allocationBeyondSource, "More would be allocated than there is."),
    "supplier_price_dates": Refusal(.inputInvalid, "The price ends before it begins.", at: "/validTo"),
    "supplier_contract_dates": Refusal(.inputInvalid, "The contract ends before it begins.", at: "/validTo"),
    "supplier_contract_line_min_release": Refusal(
      .inputInvalid, "The least release is more than what is committed.", at: "/lines"),
    "supplier_contract_line_released": Refusal(
      .supplierContractExhausted, "The contract has not so much left; somebody has just called it off."),
    "reorder_policy_target": Refusal(.inputInvalid, "The target is below the reorder point.", at: "/target"),
    "supplier_invoice_due": Refusal(.inputInvalid, "The invoice is due before it was made.", at: "/dueOn"),
    "customer_contract_dates": Refusal(.inputInvalid, "The contract ends before it begins.", at: "/validTo"),
  ]

  static let duplicateInvoice = Refusal(
    .supplierInvoiceDuplicate, "This supplier's invoice of this number and year is here already.",
    at: "/supplierNumber")

  static let duplicateNotice = Refusal(
    .asnDuplicate, "This supplier's ship notice of this number is here already.", at: "/number")

  /// One text, whether found by looking or by the constraint.
  static let duplicatePO = Refusal(
    .orderDuplicatePO, "This customer has an order with this PO number already.", at: "/poNumber")
}
