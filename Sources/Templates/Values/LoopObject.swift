/// The variable `loop`.
final class LoopObject: RuntimeObject, Reclaimable {
    private let iterable: Value
    private var iterator: IteratorObject
    private var recurse: ((Value, Int) throws -> Text)?
    private let depth0: Int
    private var index0 = -1
    private var count: Int?
    private var previous: Value?
    private var current: Value?
    /// An item that was read ahead; the outer optional says whether one was.
    private var ahead: Value?
    private var isExhausted = false
    private var lastChanged: [Value]?

    init(_ iterable: Value, _ iterator: IteratorObject, depth: Int, recurse: ((Value, Int) throws -> Text)?) {
        self.iterable = iterable
        self.iterator = iterator
        self.recurse = recurse
        depth0 = depth
    }

    var typeName: String { "LoopContext" }
    var isCallable: Bool { true }

    func advance(_ runtime: Runtime) throws -> Value? {
        let item = try peek(runtime)
        ahead = nil
        guard let item else { return nil }
        index0 += 1
        previous = current
        current = item
        return item
    }

    private func peek(_ runtime: Runtime) throws -> Value? {
        if ahead == nil, !isExhausted {
            ahead = try iterator.next(runtime)
            isExhausted = ahead == nil
        }
        return ahead
    }

    func length(_ runtime: Runtime) throws -> Int? {
        if let count { return count }
        let length: Int
        do {
            length = try runtime.length(of: iterable)
        } catch let failure as Failure where failure.kind == .type {
            let rest = try runtime.items(of: .object(iterator))
            iterator = try runtime.iterator(of: try runtime.list(rest))
            length = rest.count + index0 + 1 + (ahead == nil ? 0 : 1)
            if !rest.isEmpty { isExhausted = false }
        }
        count = length
        return length
    }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        switch name {
        case "index": return .int(index0 + 1)
        case "index0": return .int(index0)
        case "first": return .bool(index0 == 0)
        case "last": return .bool(try peek(runtime) == nil)
        case "depth": return .int(depth0 + 1)
        case "depth0": return .int(depth0)
        case "length": return .int(try length(runtime) ?? 0)
        case "revindex": return .int((try length(runtime) ?? 0) - index0)
        case "revindex0": return .int((try length(runtime) ?? 0) - index0 - 1)
        case "previtem":
            return index0 == 0 ? .undefined(runtime.undefined("there is no previous item")) : previous
        case "nextitem": return try peek(runtime) ?? .undefined(runtime.undefined("there is no next item"))
        case "cycle": return .object(FunctionObject(name) { [self] arguments, _ in try cycle(arguments) })
        case "changed": return .object(FunctionObject(name) { [self] in .bool(try hasChanged($0, $1)) })
        default: return nil
        }
    }

    private func cycle(_ arguments: Arguments) throws -> Value {
        guard arguments.named.isEmpty else { throw Failure.type("cycle() takes no keyword arguments") }
        guard !arguments.positional.isEmpty else { throw Failure.type("no items for cycling given") }
        return arguments.positional[index0 % arguments.positional.count]
    }

    private func hasChanged(_ arguments: Arguments, _ runtime: Runtime) throws -> Bool {
        guard arguments.named.isEmpty else { throw Failure.type("changed() takes no keyword arguments") }
        if let lastChanged, try runtime.areEqual(lastChanged, arguments.positional) { return false }
        lastChanged = arguments.positional
        return true
    }

    func call(_ arguments: Arguments, _ runtime: Runtime) throws -> Value {
        let sequence = try arguments.bind("loop", ["iterable"], required: 1).value(0)
        guard let recurse else {
            throw Failure.type("the loop must have the 'recursive' marker to be called recursively")
        }
        return .string(try recurse(sequence, depth0 + 1))
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        Text("<LoopContext \(index0 + 1)/\(try length(runtime) ?? 0)>")
    }

    /// The rest of the loop, as pairs of an item and the loop.
    func iterator(_ runtime: Runtime) throws -> IteratorObject? {
        runtime.iterator("LoopContext") { [self] in
            try advance(runtime).map { try runtime.tuple([$0, .object(self)]) }
        }
    }

    func reclaim() {
        recurse = nil
        previous = nil
        current = nil
        ahead = nil
        lastChanged = nil
    }
}
