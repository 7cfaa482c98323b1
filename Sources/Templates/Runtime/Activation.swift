/// The variables of one run of a template, block, macro or recursive loop; nested ones see the outer ones.
final class Activation: Reclaimable {
    private var cells: [String: Value?] = [:]
    private let parent: Activation?

    init(parent: Activation? = nil) { self.parent = parent }

    /// nil for a variable without a value.
    subscript(identifier: String) -> Value? {
        get {
            if let cell = cells[identifier] { return cell }
            return parent?[identifier]
        }
        set { cells.updateValue(newValue, forKey: identifier) }
    }

    func reclaim() { cells = [:] }
}
