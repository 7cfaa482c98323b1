extension Runtime {
    /// Python's `iter(value)`.
    func iterator(of value: Value) throws -> IteratorObject {
        var index = 0
        switch value {
        case .undefined(let undefined):
            if undefined.isStrict { throw undefined.failure }
            return iterator { nil }
        case .string(let text):
            return iterator("str_iterator") {
                guard index < text.count else { return nil }
                index += 1
                return .string(Text([text.scalars[index - 1]]))
            }
        case .list(let list):
            return iterator("list_iterator") {
                guard index < list.items.count else { return nil }
                index += 1
                return list.items[index - 1]
            }
        case .tuple(let tuple):
            return iterator("tuple_iterator") {
                guard index < tuple.items.count else { return nil }
                index += 1
                return tuple.items[index - 1]
            }
        case .dict(let dict):
            return try DictView(dict, .keys).iterator(self) ?? iterator { nil }
        case .object(let object):
            if let iterator = try object.iterator(self) { return iterator }
        default: break
        }
        throw Failure.type("'\(value.typeName)' object is not iterable")
    }

    /// Python's `list(value)`, as an array.
    func items(of value: Value) throws -> [Value] {
        switch value {
        case .list(let list):
            try spend(list.items.count)
            return list.items
        case .tuple(let tuple):
            try spend(tuple.items.count)
            return tuple.items
        default:
            var items: [Value] = []
            let iterator = try iterator(of: value)
            while let item = try iterator.next(self) { items.append(item) }
            return items
        }
    }

    /// Python's `len(value)`.
    func length(of value: Value) throws -> Int {
        switch value {
        case .undefined(let undefined):
            if undefined.isStrict { throw undefined.failure }
            return 0
        case .string(let text): return text.count
        case .list(let list): return list.items.count
        case .tuple(let tuple): return tuple.items.count
        case .dict(let dict): return dict.count
        case .object(let object):
            if let length = try object.length(self) { return length }
        default: break
        }
        throw Failure.type("an object of type '\(value.typeName)' has no length")
    }

    /// Python's `reversed(value)`: of sequences only.
    func reversedIterator(of value: Value) throws -> IteratorObject {
        let items: [Value]
        switch value {
        case .undefined, .string, .list, .tuple, .dict: items = try self.items(of: value)
        case .object(let object) where object is RangeObject || object is DictView: items = try self.items(of: value)
        default: throw Failure.type("'\(value.typeName)' object is not reversible")
        }
        var index = items.count
        return iterator("list_reverseiterator") {
            guard index > 0 else { return nil }
            index -= 1
            return items[index]
        }
    }

    /// Spreads a sequence over the targets of `for` and `set`.
    func unpack(_ value: Value, into count: Int) throws -> [Value] {
        if case .undefined(let undefined) = value, undefined.isStrict { throw undefined.failure }
        let iterator: IteratorObject
        do {
            iterator = try self.iterator(of: value)
        } catch let failure as Failure where failure.kind == .type {
            throw Failure.type("cannot unpack a \(value.typeName) into \(count) names")
        }
        var items: [Value] = []
        while let item = try iterator.next(self) {
            guard items.count < count else { throw Failure.value("too many values to unpack, expected \(count)") }
            items.append(item)
        }
        guard items.count == count else {
            throw Failure.value("too few values to unpack, expected \(count), found \(items.count)")
        }
        return items
    }

    /// Python's `value[start:stop:step]`.
    func slice(_ value: Value, _ start: Value, _ stop: Value, _ step: Value) throws -> Value {
        if case .undefined(let undefined) = value { throw undefined.failure }
        func bound(_ value: Value) throws -> Int? {
            if value.isNone { return nil }
            guard let number = value.asInt else {
                throw Failure.type("slice indices must be integers or none, found \(value.typeName)")
            }
            return number
        }
        func places(_ count: Int) throws -> [Int] {
            let places = try Slice(try bound(start), try bound(stop), try bound(step)).places(in: count)
            try spend(places.count)
            return places
        }
        switch value {
        case .string(let text): return .string(text.with(try places(text.count).map { text.scalars[$0] }))
        case .list(let list): return try self.list(try places(list.items.count).map { list.items[$0] })
        case .tuple(let tuple): return try self.tuple(try places(tuple.items.count).map { tuple.items[$0] })
        case .object(let object as RangeObject):
            let slice = Slice(try bound(start), try bound(stop), try bound(step))
            let (first, last, step) = try slice.indices(in: object.count)
            func place(_ index: Int) throws -> Int {
                try Integers.exactly(.add, object.start, try Integers.exactly(.multiply, index, object.step))
            }
            return .object(
                try RangeObject(
                    start: try place(first), stop: try place(last),
                    step: try Integers.exactly(.multiply, step, object.step)))
        default: throw Failure.type("a \(value.typeName) cannot be sliced")
        }
    }
}
