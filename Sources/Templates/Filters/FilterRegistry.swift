/// Jinja2's filters by name.
enum FilterRegistry {
    typealias Filter = @Sendable (Runtime, Value, Arguments) throws -> Value

    static let filters: [String: Filter] =
        TextFilters.all.merging(LayoutFilters.all) { $1 }.merging(MarkupFilters.all) { $1 }
        .merging(NumberFilters.all) { $1 }.merging(SequenceFilters.all) { $1 }.merging(OrderFilters.all) { $1 }
        .merging(SelectionFilters.all) { $1 }.merging(DataFilters.all) { $1 }
}

extension Runtime {
    /// `soft_str`: markup stays markup.
    func softText(_ value: Value) throws -> Text {
        let text = try text(of: value)
        try spend(text.count)
        return text
    }
}
