import Testing

@testable import BulkheadAssess

@Suite("What a policy rests on")
struct PolicyTextTests {
  @Test("settings are found however they are written")
  func settings() {
    #expect(PolicyText.settings(in: "(t = (current_setting('app.tenant'::text, true))::uuid)") == ["app.tenant"])
    #expect(PolicyText.settings(in: "SELECT Current_Setting ( E'App.X' )") == ["app.x"])
    #expect(PolicyText.settings(in: "current_setting(name || '.x')") == ["*"])
    #expect(PolicyText.settings(in: "x := pg_catalog.current_setting('app.y')") == ["app.y"])
    #expect(PolicyText.settings(in: "my_current_settings('x')").isEmpty)
  }

  @Test("what comments say is not code")
  func comments() {
    let source = PolicyText.withoutComments("/* current_user\n */ SELECT 1 -- current_setting('a.b')\n, 2")
    #expect(!PolicyText.namesCurrentUser(source))
    #expect(PolicyText.settings(in: source).isEmpty)
    #expect(source.contains(", 2"))
    let lines = PolicyText.withoutComments("-- who\r\nSELECT '--', current_setting('a.b'), \"/*\"\r\n")
    #expect(PolicyText.settings(in: lines) == ["a.b"])
    #expect(PolicyText.withoutComments("a /* b") == "a  ")
    #expect(PolicyText.withoutComments("a 'b") == "a 'b")
  }

  @Test("only what stands outside of sub-selects and strings is evaluated for each row")
  func perRow() {
    #expect(PolicyText.perRowPart(of: "(tenant_id = ( SELECT app.who() AS who))") == "(tenant_id = )")
    #expect(PolicyText.perRowPart(of: "(tenant_id = app.who())") == "(tenant_id = app.who())")
    #expect(
      PolicyText.perRowPart(of: "((a = ( SELECT f((1)) AS f)) AND (b = g()) AND (c = ') ( SELECT h()'))")
        == "((a = ) AND (b = g()) AND (c = ))")
    #expect(PolicyText.perRowPart(of: "(((") == "(((")
  }

  @Test("calls are found quoted and plain")
  func calls() {
    #expect(
      PolicyText.calls(in: #"app.who() = "we""ird name"(x) AND a IN (1)"#).isSuperset(of: ["who", "we\"ird name"]))
  }

  @Test("a binding is copied from a policy of the plain form only")
  func binding() {
    #expect(PolicyText.binding(in: "(tenant_id = ( SELECT app.who() AS who))", column: "tenant_id") == "app.who()")
    #expect(
      PolicyText.binding(in: "(\"Org\" = ( SELECT (f.g())::bigint AS g))", column: "Org") == "(f.g())::bigint")
    #expect(PolicyText.binding(in: "(tenant_id = ( SELECT x.y FROM x AS y))", column: "tenant_id") == nil)
    #expect(
      PolicyText.binding(in: "((tenant_id = ( SELECT f() AS f)) OR (note IS NULL))", column: "tenant_id") == nil)
    #expect(PolicyText.binding(in: "true", column: "tenant_id") == nil)
  }
}
