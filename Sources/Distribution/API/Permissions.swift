import BulkheadCore

/// The permissions that this module's routes ask for; those of EDI stand with its routes.
extension Permission {
  public static let catalogueRead: Permission = "catalogue.read"
  public static let catalogueWrite: Permission = "catalogue.write"
  public static let partiesRead: Permission = "parties.read"
  public static let partiesWrite: Permission = "parties.write"
  public static let inventoryRead: Permission = "inventory.read"
  public static let inventoryWrite: Permission = "inventory.write"
  public static let pricingRead: Permission = "pricing.read"
  public static let pricingWrite: Permission = "pricing.write"
  public static let ordersRead: Permission = "orders.read"
  public static let ordersWrite: Permission = "orders.write"
  /// To confirm orders on hold within the credit limit.
  public static let ordersRelease: Permission = "orders.release"
  /// To confirm orders beyond the credit limit.
  public static let creditApprove: Permission = "credit.approve"
  public static let purchasingRead: Permission = "purchasing.read"
  public static let purchasingWrite: Permission = "purchasing.write"
  /// To confirm purchase orders, post landed cost and release invoices that were held.
  public static let purchasingApprove: Permission = "purchasing.approve"
  public static let receivingWrite: Permission = "receiving.write"
}

/// What each role of a tenant may do in this module. A credential holds permissions, not the role: changing a role
/// changes the credentials issued from then on.
public enum DistributionRoles {
  public static let admin = "admin"
  public static let warehouseManager = "warehouse_manager"
  public static let orderClerk = "order_clerk"
  /// Orders from suppliers; somebody else confirms.
  public static let buyer = "buyer"
  public static let viewer = "viewer"
  public static let ediPartner = "edi_partner"

  private static let reading: [Permission] = [
    .catalogueRead, .partiesRead, .inventoryRead, .pricingRead, .ordersRead, "edi.read",
    .purchasingRead,
  ]

  public static let permissions: [String: PermissionSet] = [
    admin: PermissionSet(
      reading + [
        .catalogueWrite, .partiesWrite, .inventoryWrite, .pricingWrite, .ordersWrite, .ordersRelease, .creditApprove,
        "edi.exchange", "edi.manage", .purchasingWrite, .purchasingApprove, .receivingWrite,
      ]),
    warehouseManager: PermissionSet([
      .catalogueRead, .catalogueWrite, .partiesRead, .inventoryRead, .inventoryWrite, .ordersRead,
      .purchasingRead, .receivingWrite,
    ]),
    buyer: PermissionSet(reading + [.purchasingWrite]),
    orderClerk: PermissionSet(reading + [.ordersWrite, .ordersRelease]),
    viewer: PermissionSet(reading),
    ediPartner: PermissionSet(["edi.exchange"]),
  ]
}
