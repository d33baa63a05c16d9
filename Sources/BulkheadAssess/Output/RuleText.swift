import BulkheadReport

/// The rules themselves, for people.
package enum RuleText {
  /// One line for each rule.
  package static var list: String {
    var table = Table(["RULE", "SEVERITY", "VERB", "LAYER", "WHAT"])
    for rule in Rule.all {
      table.add([rule.id, rule.severity.rawValue, rule.verb.rawValue, rule.layer.rawValue, rule.title])
    }
    return table.text
  }

  /// Everything about one.
  package static func explanation(_ rule: Rule) -> String {
    """
    \(rule.id) \(rule.title)
    \(rule.severity.rawValue) · \(rule.layer.rawValue) · lets one tenant \(rule.verb.rawValue)

    The leak: \(rule.leak)

    The cure: \(rule.remedy)

    How it is found (t are tenant tables, hand the roles whose privileges reach tenants' sessions):

    \(rule.query)
    """
  }
}
