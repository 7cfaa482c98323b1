/// One render: what it has made so far, what it may still spend, and the operations that need either.
final class Runtime {
    let options: TemplateOptions
    let loader: TemplateLoader
    private var work: Int
    private var depth = 0
    private var arena: [any Reclaimable] = []
    var templates: [String: CompiledTemplate] = [:]
    /// Modules imported without context are rendered once.
    var modules: [String: ModuleObject] = [:]

    init(options: TemplateOptions, loader: TemplateLoader) {
        self.options = options
        self.loader = loader
        work = options.limits.work
    }

    func reclaim() {
        for object in arena { object.reclaim() }
        arena = []
        modules = [:]
    }

    /// Accounts for `amount` characters, items or turns; a runaway template ends here.
    func spend(_ amount: Int) throws {
        work = amount > work ? -1 : work - max(amount, 0)
        guard work >= 0 else {
            throw Failure(
                .limit, "the render makes more than \(options.limits.work) characters, items and loop turns",
                hint: "look for a loop or a repetition that is too long")
        }
    }

    /// Refuses before `count * size` things are made.
    func spend(_ count: Int, times size: Int) throws {
        let (product, overflow) = max(0, count).multipliedReportingOverflow(by: max(0, size))
        try spend(overflow ? Int.max : product)
    }

    func nested<Result>(_ body: () throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= options.limits.depth else {
            throw Failure(
                .limit, "the render nests more than \(depth - 1) levels deep",
                hint: "look for a macro, include or recursive loop that calls itself without end")
        }
        return try body()
    }

    // MARK: Making values

    func keep<Object: Reclaimable>(_ object: Object) -> Object {
        arena.append(object)
        return object
    }

    func list(_ items: [Value]) throws -> Value {
        try spend(items.count + 4)
        return .list(keep(ListObject(items)))
    }

    func list(_ texts: [Text]) throws -> Value { try list(texts.map { .string($0) }) }

    func tuple(_ items: [Value], names: [String] = []) throws -> Value {
        try spend(items.count + 4)
        return .tuple(keep(TupleObject(items, names: names)))
    }

    func dict() throws -> DictObject {
        try spend(8)
        return keep(DictObject())
    }

    func iterator(_ typeName: String = "generator", _ next: @escaping () throws -> Value?) -> IteratorObject {
        keep(IteratorObject(typeName, next))
    }

    func undefined(_ message: String) -> Undefined {
        Undefined(message: message, isStrict: options.undefined == .strict)
    }

    func undefinedName(_ name: String) -> Value {
        .undefined(undefined("'\(name)' is undefined"))
    }

    /// The caller's values, copied into this render.
    func value(_ value: TemplateValue) throws -> Value {
        try nested {
            switch value {
            case .null: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let number): return .int(number)
            case .double(let number): return .double(number)
            case .string(let string): return .text(string)
            case .list(let items): return try list(try items.map { try self.value($0) })
            case .dictionary(let pairs):
                let dict = try dict()
                for pair in pairs { try set(self.value(pair.key), self.value(pair.value), in: dict) }
                return .dict(dict)
            }
        }
    }

    func set(_ key: Value, _ value: Value, in dict: DictObject) throws {
        try spend(1)
        dict.set(try hashKey(key), key, value)
    }
}
