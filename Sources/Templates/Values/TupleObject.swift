/// A Python tuple; `groupby` answers one whose two items have names.
final class TupleObject: Reclaimable {
    private(set) var items: [Value]
    let names: [String]

    init(_ items: [Value], names: [String] = []) {
        self.items = items
        self.names = names
    }

    func reclaim() { items = [] }
}
