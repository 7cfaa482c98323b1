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
