import BulkheadCore
import BulkheadData
import BulkheadServer

/// Files of products, stock, prices and orders.
struct ImportRoutes {
  let services: Services

  var routes: [Route] { [create, put, check, run, cancel, list, one, refused] }

  private var desk: ImportDesk { ImportDesk(services) }
  private static let tag = "imports"
  private static let parameter = PathParameter("import", .id(of: "import"), "The import's id.")
  private static let delimiters = CSVDelimiter.allCases.map(\.rawValue)

  private static let column = Schema.object([
    Shapes.field("field", .string(minLength: 1, maxLength: 40), "A field of the kind."),
    Shapes.optional("column", .nullable(Shapes.name), "Name in the first row of the file; its case is no matter."),
    Shapes.optional("value", .nullable(Shapes.name), "For rows that have nothing in the column, or for all."),
  ])

  private static let job = Schema.object([
    Shapes.field("id", .id(of: "import")), Shapes.field("kind", .oneOf(ImportKind.allCases.map(\.rawValue))),
    Shapes.field("fileName", Shapes.name), Shapes.field("state", .oneOf(ImportState.allCases.map(\.rawValue))),
    Shapes.field(
      "columns",
      .array(
        .object([
          Shapes.field("field", Shapes.text(40)), Shapes.nullable("column", Shapes.name),
          Shapes.nullable("value", Shapes.name),
        ]), maxItems: 100)),
    Shapes.nullable("delimiter", .oneOf(delimiters)), Shapes.nullable("size", .integer(0...Int64.max), "Bytes."),
    Shapes.nullable("sha256", Shapes.text(64), "Of the whole file."),
    Shapes.field("percent", .integer(0...100), "How much of the file the pass under way has gone through."),
    Shapes.field(
      "checked",
      .object([
        Shapes.field("rows", .integer(0...Int64.max)), Shapes.field("refused", .integer(0...Int64.max)),
      ]), "What the dry run has found."),
    Shapes.field(
      "run",
      .object([
        Shapes.field("rows", .integer(0...Int64.max)), Shapes.field("refused", .integer(0...Int64.max)),
        Shapes.field("made", .integer(0...Int64.max), "Products, stock lines, rules or orders."),
      ])),
    Shapes.nullable(
      "failure", .object([Shapes.field("code", Shapes.text(80)), Shapes.field("reason", Shapes.text(500))])),
    Shapes.field("createdBy", Shapes.text(500)), Shapes.field("createdAt", Shapes.instant),
    Shapes.field("changedAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ])

  /// What each kind reads, for the people who prepare files.
  private static let kinds = ImportKind.allCases.map { kind in
    "\(kind.rawValue): " + kind.fields.map { "\($0.name) (\($0.description))" }.joined(separator: " ")
  }.joined(separator: "\n\n")

  private var create: Route {
    Route(
      .post, "/v1/imports", access: .tenant(.importsWrite), tag: Self.tag, summary: "Begin the import of a CSV file",
      details: """
        Then send the file in parts, check it, and run it. The first row names the columns; those called like a field \
        need not be named here. Needs the permission to write what is imported, too.

        \(Self.kinds)
        """,
      body: .json(
        .object([
          Shapes.field("kind", .oneOf(ImportKind.allCases.map(\.rawValue))),
          Shapes.optional("fileName", Shapes.name),
          Shapes.optional("columns", .array(Self.column, maxItems: 100)),
          Shapes.optional("delimiter", .nullable(.oneOf(Self.delimiters)), "Found in the first row by default."),
        ])),
      responses: Shapes.created(Self.job, "The import, waiting for its file"),
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        guard let kind = ImportKind(rawValue: try body.requiredText("kind")) else {
          throw body.refusal(.inputInvalid, "This kind of file is not known.", "kind")
        }
        try request.context.require(kind.permission)
        let sources = try body.items("columns").map { item throws(Refusal) in
          ImportSource(field: try item.requiredText("field"), column: item.text("column"), value: item.text("value"))
        }
        let made = try await desk.create(
          ImportDesk.New(
            kind: kind, fileName: body.text("fileName") ?? "\(kind.rawValue).csv", sources: sources,
            delimiter: body.text("delimiter").flatMap { CSVDelimiter(rawValue: $0) }), in: tx)
        return .created(made.json, version: made.version, location: "/v1/imports/\(made.id)")
      })
  }

  private var put: Route {
    Route(
      .put, "/v1/imports/{import}/parts/{part}", access: .tenant(.importsWrite), tag: Self.tag,
      summary: "Send a part of the file",
      details: """
        Parts are numbered from 1 to \(ImportJob.partsMax), have at most \(ImportJob.partBytesMax) bytes, may come in \
        any order and may be cut anywhere. The same part again changes nothing.
        """,
      parameters: [Self.parameter, PathParameter("part", .text(maxLength: 2), "The part's number.")],
      body: .bytes(
        contentTypes: ["text/csv", "application/octet-stream", "text/plain"], bytesMax: ImportJob.partBytesMax),
      responses: Shapes.answer(
        .object([
          Shapes.field("importId", .id(of: "import")),
          Shapes.field("number", .integer(1...Int64(ImportJob.partsMax))),
          Shapes.field("size", .integer(1...Int64(ImportJob.partBytesMax))), Shapes.field("sha256", Shapes.text(64)),
        ]), "The part as it is kept"),
      handler: .write { request, tx in
        guard let part = Int(try request.text("part")), (1...ImportJob.partsMax).contains(part) else {
          throw Refusal.notFound
        }
        return .ok(try await desk.put(request.bytes, part: part, of: try request.id("import"), in: tx))
      })
  }

  private var check: Route {
    Route(
      .post, "/v1/imports/{import}/check", access: .tenant(.importsWrite), tag: Self.tag,
      summary: "Say that the file is whole and check it", details: "A dry run over all rows; nothing is changed.",
      parameters: [Self.parameter],
      body: .json(
        .object([
          Shapes.field("parts", .integer(1...Int64(ImportJob.partsMax)), "How many parts the file has."),
          Shapes.optional("sha256", .nullable(.string(minLength: 64, maxLength: 64)), "Of the whole file."),
        ])),
      responses: [ResponseShape(.accepted, "The import, being checked", .json(Self.job))],
      handler: .write { request, tx in
        let body = BodyReader(request.body)
        let job = try await desk.check(
          try request.id("import"), parts: try body.requiredInt("parts"), sha256: body.text("sha256"), in: tx)
        return .accepted(job.json)
      })
  }

  private var run: Route {
    Route(
      .post, "/v1/imports/{import}/run", access: .tenant(.importsWrite), tag: Self.tag,
      summary: "Take in the rows of a checked file",
      details: "Rows are judged again, as things are by then. A row that is refused does not stop the others.",
      parameters: [Self.parameter],
      body: .json(.object([Shapes.optional("again", .boolean, "Also when the same file was taken in before.")])),
      responses: [ResponseShape(.accepted, "The import, running", .json(Self.job))],
      handler: .write { request, tx in
        let job = try await desk.run(
          try request.id("import"), again: request.body["again"]?.bool ?? false, in: tx)
        return .accepted(job.json)
      })
  }

  private var cancel: Route {
    Route(
      .post, "/v1/imports/{import}/cancel", access: .tenant(.importsWrite), tag: Self.tag, summary: "Stop an import",
      details: "What has been taken in stays.", parameters: [Self.parameter],
      responses: Shapes.answer(Self.job, "The import as it is now"),
      handler: .write { request, tx in .ok(try await desk.cancel(try request.id("import"), in: tx).json) })
  }

  private var list: Route {
    Route(
      .get, "/v1/imports", access: .tenant(.importsRead), tag: Self.tag, summary: "List imports, newest first",
      query: QueryParameter.page + [
        QueryParameter("state", .oneOf(ImportState.allCases.map(\.rawValue)), "Only imports in this state.")
      ], responses: Shapes.page(of: Self.job, "Imports"),
      handler: .read { request in
        try await listPage(
          request, ImportStatements.list, [.optional(request.parts.queryText("state"))], from: .greatest
        ) { row throws(Refusal) in try ImportJob(row).json }
      })
  }

  private var one: Route {
    Route(
      .get, "/v1/imports/{import}", access: .tenant(.importsRead), tag: Self.tag,
      summary: "Read an import and how far it is", parameters: [Self.parameter],
      responses: Shapes.answer(Self.job, "The import"),
      handler: .read { request in
        try await readOne(request, Query(ImportStatements.one, .id(try request.id("import"))), version: 22) {
          row throws(Refusal) in try ImportJob(row).json
        }
      })
  }

  private var refused: Route {
    Route(
      .get, "/v1/imports/{import}/refused", access: .tenant(.importsRead), tag: Self.tag,
      summary: "Download the refused rows",
      details: """
        CSV: the rows as they stood in the file, then import_line, import_column, import_code and import_reason. \
        Mended, it can be imported as it is. Of a row beyond 2,000 bytes, the beginning. At most \
        \(ImportJob.refusalsMax) rows.
        """,
      parameters: [Self.parameter],
      query: [
        QueryParameter(
          "pass", .oneOf(ImportPass.allCases.map(\.rawValue)), "Of which way through the file; the last by default.")
      ],
      responses: [ResponseShape(.ok, "The rows", .bytes(contentType: ImportReport.contentType))],
      handler: .read { request in
        let id = try request.id("import")
        guard let row = try await request.tenant.read(Query(ImportStatements.one, .id(id)))[0].first else {
          throw Refusal.notFound
        }
        let job = try ImportJob(row)
        let asked = request.parts.queryText("pass").flatMap { ImportPass(rawValue: $0) }
        let pass = asked ?? (job.state == .running || job.runRows > 0 ? .run : .check)
        let rows = try await request.tenant.read(Query(ImportStatements.refusals, .id(id), .text(pass.rawValue)))[0]
        return Response(
          .ok, .bytes(try ImportReport.refused(rows, of: job), contentType: ImportReport.contentType))
      })
  }
}
