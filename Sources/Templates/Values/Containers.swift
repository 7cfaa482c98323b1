/// A Python list.
final class ListObject: Reclaimable {
    var items: [Value]
    init(_ items: [Value]) { self.items = items }
    func reclaim() { items = [] }
}

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

/// A Python dict: entries in the order of insertion.
final class DictObject: Reclaimable {
    private(set) var keys: [Value] = []
    private(set) var values: [Value] = []
    private var places: [HashKey: Int] = [:]

    var count: Int { keys.count }

    func value(for key: HashKey) -> Value? { places[key].map { values[$0] } }

    func set(_ key: HashKey, _ original: Value, _ value: Value) {
        if let place = places[key] {
            values[place] = value
        } else {
            places[key] = keys.count
            keys.append(original)
            values.append(value)
        }
    }

    func remove(_ key: HashKey) -> (key: Value, value: Value)? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        for (other, index) in places where index > place { places[other] = index - 1 }
        return (keys.remove(at: place), values.remove(at: place))
    }

    func removeAll() {
        keys = []
        values = []
        places = [:]
    }

    func reclaim() { removeAll() }
}

/// What makes two dictionary keys the same in Python: `1`, `1.0` and `True` are one key.
indirect enum HashKey: Hashable {
    case undefined
    case null
    case int(Int)
    case double(Double)
    case string(Text)
    case tuple([HashKey])
    case identity(ObjectIdentifier)
}
