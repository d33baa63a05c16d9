import BulkheadCore
import BulkheadData
import Distribution
import Testing

@testable import bulkhead

@Suite("Files of products, stock, prices and orders")
struct ImportTests {
  private static let products =
    "Artikel;Bezeichnung;EAN;Unit\nBOLT-M8;\"Bolt M8; zinc\";4006381333931;EA\nNUT-M8;\"Nut \"\"M8\"\"\";;"

  private static let stock = "sku,quantity,unit cost\r\nBOLT-M8,100,0.25\r\nNUT-M8,40,0.10\r\nBOLT-M8,20,0.30\r\n"

  private static let prices = """
    priceList,sku,currency,value,minQuantity
    STD-USD,BOLT-M8,USD,1.00,
    STD-USD,BOLT-M8,USD,0.80,50
    STD-USD,NUT-M8,USD,0.50,
    """

  private static let orders = """
    poNumber,customer,sku,gtin,quantity
    PO-1,CUST-001,BOLT-M8,,10
    PO-1,CUST-001,NUT-M8,,4
    PO-2,CUST-001,,4006381333931,60
    PO-3,CUST-001,NUT-M8,,100
    """

  @Test("four files make a company that trades, in every tier, with the same ids and figures")
  func whole() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants { group.addTask { try await play(ImportHouse(system: system, tenant: tenant)) } }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private func play(_ house: ImportHouse) async throws {
    let columns: JSON = [
      ["field": "sku", "column": "ARTIKEL"], ["field": "name", "column": "Bezeichnung"],
      ["field": "gtin", "column": "EAN"], ["field": "baseUnit", "column": "Unit", "value": "EA"],
    ]
    let products = try await house.take("products", Self.products, columns: columns, partBytes: 7)
    #expect(products["run"] == ["rows": 2, "refused": 0, "made": 2] && products["delimiter"] == "semicolon")
    let bolt = try await house.system.get("/v1/products?sku=BOLT-M8", house.tenant).json["items"]?[0]
    #expect(bolt?["name"] == "Bolt M8; zinc" && bolt?["baseUnit"] == "EA")

    let stock = try await house.take("stock", Self.stock)
    #expect(stock["run"] == ["rows": 3, "refused": 0, "made": 3])
    // 310.00 were there; 100 x 0.25 + 40 x 0.10 + 20 x 0.30 = 35.00.
    #expect(try await house.system.stockValue(house.tenant) == 345_00)
    #expect(try await house.take("prices", Self.prices)["run"] == ["rows": 3, "refused": 0, "made": 3])

    let orders = try await house.take("orders", Self.orders)
    #expect(orders["run"] == ["rows": 4, "refused": 0, "made": 3])
    let list = try await house.system.get("/v1/orders", house.tenant).json["items"]?.array ?? []
    // The contract takes a tenth off: 10 x 0.90 + 4 x 0.45 = 10.80; 60 x 0.72 = 43.20; 100 x 0.45 = 45.00.
    let found = list.map { "\($0["poNumber"]?.string ?? "") \($0["total"]?["amount"]?.string ?? "")" }
    #expect(Set(found) == ["PO-1 10.80", "PO-2 43.20", "PO-3 45.00"])
    #expect(Set(list.compactMap { $0["number"]?.string?.suffix(6) }) == ["000001", "000002", "000003"])
    let third = try #require(list.first { $0["poNumber"] == "PO-3" }?["id"]?.string)
    let line = try await house.system.get("/v1/orders/\(third)", house.tenant).json["lines"]?[0]
    #expect(line?["reserved"] == "36" && line?["backordered"] == "64", "4 of 40 nuts went to PO-1")
    let history = try await house.system.get("/v1/orders/\(third)/history", house.tenant).json["items"]?.array
    #expect(history?.map { $0["event"]?.string } == ["order.confirmed"])
  }

  @Test("refused rows are told by line, column, code and reason, and come back as a file that can be mended")
  func refusedRows() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .pooled)
      let csv = """
        sku,name,baseUnit,Class
        A-1,Good,EA,A
        A-2,Bad unit,XX,
        A-1,Same again,EA,
        ,No SKU,EA,
        A-3,"Bad class",EA,Z
        A-4,too,many,fields,here
        WIDGET-001,Taken,EA,
        A-5,"quo"te,EA,
        A-6,Good too,CA,
        """
      let mapping: JSON = [["field": "abcClass", "column": "class"]]
      let before = try await system.rowsOf(house.tenant)
      let path = try await house.upload("products", csv, columns: mapping)
      let checked = try await house.settle(path)
      #expect(checked["checked"] == ["rows": 9, "refused": 7] && checked["state"] == "checked")
      let after = try await system.rowsOf(house.tenant)
      let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
      #expect(
        changed == [
          "audit_entry", "audit_head", "import_claim", "import_job", "import_part", "import_refusal", "outbox",
        ],
        "a dry run changes nothing else")
      #expect(
        try await house.refused(path) == [
          "sku,name,baseUnit,Class,import_line,import_column,import_code,import_reason",
          "A-2,Bad unit,XX,,3,baseUnit,unit.unknown,There is no such unit of measure.",
          "A-1,Same again,EA,,4,sku,import.rowRepeated,Line 2 has the same SKU.",
          ",No SKU,EA,,5,sku,input.invalid,This is required.",
          "A-3,Bad class,EA,Z,6,Class,input.invalid,\"One of A, B, C.\"",
          "A-4,too,many,fields,7,,import.fieldCount,The row has 5 fields and the first row 4.",
          "WIDGET-001,Taken,EA,,8,sku,code.taken,There is already a product of this SKU.",
          "A-5,quo,EA,,9,name,csv.textAfterQuote,\(CSVRowFault.textAfterQuote.reason)",
        ])
      _ = try await system.post("\(path)/run", house.tenant, [:])
      let done = try await house.settle(path)
      #expect(done["state"] == "done" && done["run"] == ["rows": 9, "refused": 7, "made": 2])

      let report = try await system.get("\(path)/refused", house.tenant).text
      let mended = report.replacing("XX", with: "EA").replacing(",Z,", with: ",C,")
      let again = try await house.take("products", mended, columns: mapping)
      #expect(again["run"] == ["rows": 7, "refused": 4, "made": 3], "\(again.text)")
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  @Test("an order is taken whole or not at all, and one that is refused takes no other with it")
  func refusedOrders() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .schema)
      _ = try await system.post("/v1/orders", house.tenant, Bodies.order(1, po: "OLD"))
      let csv = """
        poNumber,customer,sku,quantity
        OLD,CUST-001,WIDGET-001,1
        P-1,CUST-001,WIDGET-001,5
        P-1,CUST-001,GHOST,5
        P-2,CUST-001,WIDGET-001,0
        P-2,CUST-001,WIDGET-001,1
        P-3,NOBODY,WIDGET-001,1
        P-4,CUST-001,WIDGET-001,7
        P-5,CUST-001,WIDGET-001,1
        P-4,CUST-001,WIDGET-001,8
        """
      let done = try await house.take("orders", csv)
      #expect(done["run"] == ["rows": 9, "refused": 7, "made": 2], "\(done.text)")
      let told = try await house.refused(house.path(done)).dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).dropFirst(4).prefix(3).joined(separator: " ")
      }
      #expect(
        told == [
          "2 poNumber order.duplicatePO", "3  import.orderRefused", "4 sku reference.unknown",
          "5 quantity quantity.notPositive", "6  import.orderRefused", "7 customer reference.unknown",
          "10 poNumber import.rowRepeated",
        ])
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  @Test("a file with a neighbour's ids finds what a file with ids that nobody has finds: nothing")
  func foreignIDs() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .pooled)
      let neighbour = try await system.tenant(.pooled)
      let product = try await system.widget(neighbour)
      let customers = try await system.get("/v1/parties?code=CUST-001", neighbour).json
      let customer = try #require(customers["items"]?[0]?["id"]?.string)
      let nobody = "0199a0a0-0000-7000-8000-000000000001"
      let untouched = try await system.rowsOf(neighbour)
      func told(_ product: String, _ customer: String) async throws -> [[String]] {
        let stock = "productId,quantity,unitCost,lot,tenant_id\n\(product),5,1.00,L1,\(neighbour.id)\n"
        let prices = "customer,productId,currency,value\nCUST-001,\(product),USD,1.00\n"
        let orders = """
          poNumber,customerId,productId,sku,quantity,tenant
          F-1,\(customer),,WIDGET-001,5,\(neighbour.slug)
          """
        var found: [[String]] = []
        for (kind, csv) in [("stock", stock), ("prices", prices), ("orders", orders)] {
          let done = try await house.take(kind, csv)
          #expect(done["run"] == ["rows": 1, "refused": 1, "made": 0], "\(done.text)")
          found.append(try await house.refused(house.path(done)))
        }
        return found
      }
      let foreign = try await told(product, customer)
      let absent = try await told(nobody, nobody)
      func neutral(_ all: [[String]]) -> [[String]] {
        all.map { $0.map { $0.replacing(product, with: nobody).replacing(customer, with: nobody) } }
      }
      #expect(neutral(foreign) == absent)
      #expect(foreign.allSatisfy { $0[1].contains("reference.unknown") })
      #expect(try await system.rowsOf(neighbour) == untouched)
    }
  }

  @Test("an import that is broken off goes on where it stopped, and two workers at once take no row twice")
  func resumes() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .dedicated)
      // 4,000 rows are eight steps of 500.
      let rows = (1...4000).map { "S-\($0 / 2),CUST-001,WIDGET-001,0.000001" }
      let path = try await house.upload("orders", "poNumber,customer,sku,quantity\n" + rows.joined(separator: "\n"))
      #expect(try await house.settle(path)["checked"] == ["rows": 4000, "refused": 0])
      _ = try await system.post("\(path)/run", house.tenant, [:])
      let broken = Task { try await house.go(path) }
      let begun = try await ChaosProcess.poll("the first step") {
        let rows = try await house.read(path)["run"]?["rows"]?.int ?? 0
        return rows > 0 ? rows : nil
      }
      broken.cancel()
      _ = try? await broken.value
      let midway = try await house.read(path)
      #expect(begun < 4000 && midway["state"] == "running", "it was broken off midway: \(midway.text)")
      async let first: Void = house.go(path)
      async let second: Void = house.go(path)
      _ = try await (first, second)
      let done = try await house.settle(path)
      #expect(done["state"] == "done" && done["run"] == ["rows": 4000, "refused": 0, "made": 2001], "\(done.text)")
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  @Test("what only the database can refuse costs its own row")
  func serialTwice() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .pooled)
      try await house.take("products", "sku,name,baseUnit,tracking\nDRILL,Drill,EA,serial\n")
      let rows = (1...40).map { "DRILL,1,80.00,SN-\($0 == 30 ? 7 : $0)" }
      let done = try await house.take("stock", "sku,quantity,unitCost,lot\n" + rows.joined(separator: "\n"))
      #expect(done["state"] == "done" && done["run"] == ["rows": 40, "refused": 1, "made": 39], "\(done.text)")
      let told = try await house.refused(house.path(done))
      #expect(told.count == 2 && told[1].hasPrefix("DRILL,1,80.00,SN-7,31,,serial."), "\(told)")
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  @Test("parts come in any order and twice; a part that differs, is missing or is not of the file is refused")
  func parts() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .pooled)
      let made = try await system.post("/v1/imports", house.tenant, ["kind": "products"]).json
      let path = house.path(made)
      let head = Array("sku,name,ba".utf8)
      let tail = Array("seUnit\nP-1,\"One\nthing\",EA".utf8)
      #expect(try await house.put(path, 2, tail).status == 200)
      #expect(try await house.put(path, 2, tail).json["size"] == .int(tail.count))
      #expect(try await house.put(path, 2, head).code == "import.partDiffers")
      #expect(try await house.put(path, 0, head).status == 404)
      #expect(try await house.put(path, 65, head).status == 404)
      #expect(try await house.put(path, 3, []).code == "import.partEmpty")
      let big = [UInt8](repeating: 65, count: (1 << 20) + 1)
      #expect(try await house.put(path, 3, big).code == "body.tooLarge")
      #expect(try await system.post("\(path)/check", house.tenant, ["parts": 2]).code == "import.partsMissing")
      #expect(try await house.put(path, 1, head).status == 200)
      let wrong: JSON = ["parts": 2, "sha256": .string(String(repeating: "0", count: 64))]
      #expect(try await system.post("\(path)/check", house.tenant, wrong).code == "import.hashMismatch")
      #expect(try await system.post("\(path)/run", house.tenant, [:]).code == "import.wrongState")
      #expect(try await system.post("\(path)/check", house.tenant, ["parts": 2]).status == 202)
      #expect(try await house.put(path, 3, head).code == "import.wrongState")
      let checked = try await house.settle(path)
      #expect(checked["checked"] == ["rows": 1, "refused": 1], "a name has no line ends")
      #expect(try await system.post("\(path)/cancel", house.tenant, [:]).code == "body.unexpected")
      let cancelled = try await system.call("POST", "\(path)/cancel", token: house.tenant.token)
      #expect(cancelled.status == 200 && cancelled.json["state"] == "cancelled")
      let again = try await system.call("POST", "\(path)/cancel", token: house.tenant.token)
      #expect(again.code == "import.wrongState")
      #expect(try await system.brokenInvariants(house.tenant) == [])
    }
  }

  @Test("a file that cannot be read fails at its check, with the place named, and the same file runs once")
  func files() async throws {
    try await TestSystem.run { system in
      let house = try await ImportHouse.of(system, .schema)
      func failure(_ kind: String, _ csv: String) async throws -> String {
        let ended = try await house.settle(try await house.upload(kind, csv))
        #expect(ended["state"] == "failed")
        return "\(ended["failure"]?["code"]?.string ?? "") \(ended["failure"]?["reason"]?.string ?? "")"
      }
      #expect(
        try await failure("products", "sku,name,baseUnit\nA,\"B,EA\nC,D,EA\n")
          == "csv.unclosedQuote A quote that is opened in line 2, field 2 is never closed.")
      #expect(try await failure("products", "sku,name\nA,B\n").hasPrefix("import.columnMissing"))
      #expect(try await failure("products", "sku,name,baseUnit\n\n").hasPrefix("import.noRows"))
      let unknown: JSON = ["kind": "stock", "columns": [["field": "tenantId", "column": "tenant_id"]]]
      let refused = try await system.post("/v1/imports", house.tenant, unknown)
      #expect(refused.code == "import.fieldUnknown" && refused.places == ["/columns/0/field import.fieldUnknown"])

      let csv = "sku,quantity,unitCost,lot\nWIDGET-001,1,5.00,L1\n"
      try await house.take("stock", csv)
      let path = try await house.upload("stock", csv)
      _ = try await house.settle(path)
      #expect(try await system.post("\(path)/run", house.tenant, [:]).code == "import.fileRepeated")
      #expect(try await system.post("\(path)/run", house.tenant, ["again": true]).status == 202)
      #expect(try await house.settle(path)["state"] == "done")
      #expect(try await system.stockValue(house.tenant) == 320_00)

      let reader = try await system.token(
        house.tenant.record, permissions: PermissionSet([.importsWrite, .importsRead, .ordersWrite]))
      let denied = try await system.call("POST", "/v1/imports", token: reader, json: ["kind": "stock"])
      #expect(denied.code == "permission.missing", "to import stock takes the right to write stock")
    }
  }

  @Test("the worker takes a file from upload to the end by itself")
  func worker() async throws {
    try await TestSystem.run(worker: true) { system in
      let house = try await ImportHouse.of(system, .pooled)
      let rows = (1...9000).map { "W-\($0),Thing \($0),EA" }
      let path = try await house.upload(
        "products", "sku,name,baseUnit\n" + rows.joined(separator: "\n"), partBytes: 100_000)
      func state(_ wanted: JSON) async throws -> JSON {
        try await ChaosProcess.poll("\(wanted)") {
          let now = try await house.read(path)
          // JSON has a null of its own, which is not meant here.
          return now["state"] == wanted ? Optional.some(now) : Optional<JSON>.none
        }
      }
      #expect(try await state("checked")["checked"] == ["rows": 9000, "refused": 0])
      _ = try await system.post("\(path)/run", house.tenant, [:])
      #expect(try await state("done")["run"] == ["rows": 9000, "refused": 0, "made": 9000])
    }
  }
}
