/// A page that stands alone: no script, no font, no picture from elsewhere, so it can be mailed and archived.
package struct HTMLPage: Sendable {
  /// A cell of a table.
  package struct Cell: Sendable {
    package let text: String
    /// A class of the page's style: `critical`, `high`, `medium`, `low`, `note`, `good`, `bad`, `quiet`, `number`.
    package let style: String

    package init(_ text: String, style: String = "") {
      self.text = text
      self.style = style
    }
  }

  private let title: String
  private let lead: String
  private var body = ""

  package init(title: String, lead: String) {
    self.title = title
    self.lead = lead
  }

  package mutating func heading(_ text: String) { body += "<h2>\(Markup.escaped(text))</h2>\n" }
  package mutating func paragraph(_ text: String) { body += "<p>\(Markup.escaped(text))</p>\n" }
  package mutating func code(_ text: String) { body += "<pre>\(Markup.escaped(text))</pre>\n" }

  package mutating func table(_ headings: [String], _ rows: [[Cell]]) {
    body += "<table><thead><tr>" + headings.map { "<th>\(Markup.escaped($0))</th>" }.joined() + "</tr></thead><tbody>\n"
    for row in rows {
      let cells = row.map { "<td class=\"\(Markup.escaped($0.style))\">\(Markup.escaped($0.text))</td>" }
      body += "<tr>" + cells.joined() + "</tr>\n"
    }
    body += "</tbody></table>\n"
  }

  /// A part that opens on a click. `content` writes into it.
  package mutating func details(_ summary: String, style: String = "", _ content: (inout HTMLPage) -> Void) {
    var inner = HTMLPage(title: "", lead: "")
    content(&inner)
    body +=
      "<details><summary class=\"\(Markup.escaped(style))\">\(Markup.escaped(summary))</summary>\n"
      + inner.body + "</details>\n"
  }

  package var text: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>\(Markup.escaped(title))</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(Self.style)</style></head>
    <body><h1>\(Markup.escaped(title))</h1><p class="lead">\(Markup.escaped(lead))</p>
    \(body)</body></html>

    """
  }

  private static let style = """
    :root{color-scheme:light dark}
    body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
    h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2rem}.lead,.quiet{opacity:.75}
    table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;
    vertical-align:top}th{font-weight:600}pre{background:#8882;padding:.6rem;overflow:auto;font-size:13px}
    .number{text-align:right;font-variant-numeric:tabular-nums}details{margin:.4rem 0}summary{cursor:pointer}
    .critical,.bad{color:#c00020;font-weight:600}.high{color:#d0450a;font-weight:600}.medium{color:#a06a00}
    .low,.note{opacity:.85}.good{color:#0a7a3c}
    @media (prefers-color-scheme:dark){.critical,.bad{color:#ff6b7d}.high{color:#ff9a66}.medium{color:#e6b450}
    .good{color:#5fd38d}}
    """
}
