extension Runtime {
    /// `value.name`: the attribute, else the item, else undefined.
    func attribute(_ name: String, of value: Value) throws -> Value {
        if let found = try pythonAttribute(name, of: value) { return found }
        if let found = try item(.text(name), of: value) { return found }
        return .undefined(undefined("'\(describe(value))' has no attribute '\(name)'"))
    }

    /// `value[key]`: the item, else the attribute, else undefined.
    func subscripted(_ value: Value, _ key: Value) throws -> Value {
        if case .undefined(let undefined) = value { throw undefined.failure }
        if let found = try item(key, of: value) { return found }
        if let name = key.asText {
            if let found = try pythonAttribute(name.string, of: value) { return found }
            return .undefined(undefined("'\(describe(value))' has no attribute '\(name.string)'"))
        }
        let shown = key.isUndefined ? "Undefined" : try representation(of: key).string
        return .undefined(undefined("\(describe(value)) has no element \(shown)"))
    }

    /// What Jinja2 calls a value in its messages.
    private func describe(_ value: Value) -> String {
        value.isNone ? "None" : "\(value.typeName) object"
    }

    /// Python's `getattr`; nil is `AttributeError`.
    func pythonAttribute(_ name: String, of value: Value) throws -> Value? {
        if case .undefined(let undefined) = value {
            throw undefined.failure
        }
        if name == "__class__" { return classObject(of: value) }
        switch value {
        case .string(let text):
            guard let method = StringMethods.all[name] else { return nil }
            return bound(name) { arguments, runtime in try method(runtime, text, arguments) }
        case .list(let list):
            guard let method = ListMethods.all[name] else { return nil }
            return bound(name) { arguments, runtime in try method(runtime, list, arguments) }
        case .dict(let dict):
            guard let method = DictMethods.all[name] else { return nil }
            return bound(name) { arguments, runtime in try method(runtime, dict, arguments) }
        case .tuple(let tuple):
            if let place = tuple.names.firstIndex(of: name) { return tuple.items[place] }
            guard let method = TupleMethods.all[name] else { return nil }
            return bound(name) { arguments, runtime in try method(runtime, tuple, arguments) }
        case .bool, .int, .double: return try NumberMethods.attribute(name, of: value)
        case .object(let object): return try object.attribute(name, self)
        case .null, .undefined: return nil
        }
    }

    private func bound(_ name: String, _ body: @escaping FunctionObject.Body) -> Value {
        .object(FunctionObject(name, body))
    }

    private func classObject(of value: Value) -> Value {
        let name = value.typeName
        return .object(
            FunctionObject(name, typeName: "type", shown: Text("<class '\(name)'>")) { _, _ in
                throw Failure.type("types taken from a value cannot be called in templates")
            })
    }

    /// Python's `value[key]`; nil is a type or lookup error.
    func item(_ key: Value, of value: Value) throws -> Value? {
        func place(_ count: Int) -> Int? {
            guard let index = key.asInt else { return nil }
            let place = index < 0 ? index + count : index
            return place >= 0 && place < count ? place : nil
        }
        switch value {
        case .undefined(let undefined): throw undefined.failure
        case .string(let text): return place(text.count).map { .string(text.with([text.scalars[$0]])) }
        case .list(let list): return place(list.items.count).map { list.items[$0] }
        case .tuple(let tuple): return place(tuple.items.count).map { tuple.items[$0] }
        case .dict(let dict):
            do {
                return dict.value(for: try hashKey(key))
            } catch let failure as Failure where failure.isLookup {
                return nil
            }
        case .object(let object): return try object.item(key, self)
        case .null, .bool, .int, .double: return nil
        }
    }
}
