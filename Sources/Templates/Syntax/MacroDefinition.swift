/// What `{% macro %}` and `{% call %}` have in common.
struct MacroDefinition: Sendable {
    var parameters: [String]
    /// For the last parameters.
    var defaults: [Expression]
    var body: [Statement]

    func defaultValue(of index: Int) -> Expression? {
        let place = index - (parameters.count - defaults.count)
        return place >= 0 ? defaults[place] : nil
    }
}
