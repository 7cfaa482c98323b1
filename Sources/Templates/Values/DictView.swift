/// What `keys()`, `values()` and `items()` answer: a live view of a dict.
final class DictView: RuntimeObject {
    enum Part: String { case keys, values, items }

    let dict: DictObject
    let part: Part

    init(_ dict: DictObject, _ part: Part) {
        self.dict = dict
        self.part = part
    }

    var typeName: String { "dict_\(part.rawValue)" }

    func element(_ index: Int, _ runtime: Runtime) throws -> Value {
        switch part {
        case .keys: dict.keys[index]
        case .values: dict.values[index]
        case .items: try runtime.tuple([dict.keys[index], dict.values[index]])
        }
    }

    func iterator(_ runtime: Runtime) throws -> IteratorObject? {
        var index = 0
        let count = dict.count
        return runtime.iterator("dict_iterator") { [self] in
            guard dict.count == count else { throw Failure.runtime("the dictionary changed size during iteration") }
            guard index < count else { return nil }
            index += 1
            return try element(index - 1, runtime)
        }
    }

    func length(_ runtime: Runtime) throws -> Int? { dict.count }

    func contains(_ value: Value, _ runtime: Runtime) throws -> Bool? {
        switch part {
        case .keys: return dict.value(for: try runtime.hashKey(value)) != nil
        case .values: return nil
        case .items:
            guard case .tuple(let pair) = value, pair.items.count == 2,
                let found = dict.value(for: try runtime.hashKey(pair.items[0]))
            else { return false }
            return try runtime.areEqual(found, pair.items[1])
        }
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        let list = try (0..<dict.count).map { try element($0, runtime) }
        return Text("\(typeName)(") + (try runtime.representation(ofItems: list, "[", "]")) + ")"
    }
}
