/// A Python list.
final class ListObject: Reclaimable {
    var items: [Value]
    init(_ items: [Value]) { self.items = items }
    func reclaim() { items = [] }
}
