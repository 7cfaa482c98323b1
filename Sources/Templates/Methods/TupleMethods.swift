/// The methods of `tuple`.
enum TupleMethods {
    typealias Method = @Sendable (Runtime, TupleObject, Arguments) throws -> Value

    static let all: [String: Method] = [
        "index": { runtime, tuple, arguments in try ListMethods.index(runtime, tuple.items, arguments) },
        "count": { runtime, tuple, arguments in try ListMethods.count(runtime, tuple.items, arguments) },
        "__len__": { _, tuple, _ in .int(tuple.items.count) },
        "__getitem__": { runtime, tuple, arguments in try ListMethods.getItem(runtime, .tuple(tuple), arguments) },
    ]
}
