/// Python's `range`, which holds no items.
final class RangeObject: RuntimeObject {
    let start: Int
    let stop: Int
    let step: Int
    let count: Int

    init(start: Int, stop: Int, step: Int) throws {
        guard step != 0 else { throw Failure.value("range() arg 3 must not be zero") }
        self.start = start
        self.stop = stop
        self.step = step
        let (distance, overflow) =
            step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
        guard !overflow, step != Int.min else { throw Failure.overflow }
        count = distance <= 0 ? 0 : (distance - 1) / abs(step) + 1
    }

    var typeName: String { "range" }

    subscript(index: Int) -> Value { .int(start + index * step) }

    func iterator(_ runtime: Runtime) throws -> IteratorObject? {
        var index = 0
        return runtime.iterator("range_iterator") { [self] in
            guard index < count else { return nil }
            index += 1
            return self[index - 1]
        }
    }

    func length(_ runtime: Runtime) throws -> Int? { count }

    func item(_ key: Value, _ runtime: Runtime) throws -> Value? {
        guard let index = key.asInt else { return nil }
        let place = index < 0 ? index + count : index
        return place >= 0 && place < count ? self[place] : nil
    }

    func contains(_ value: Value, _ runtime: Runtime) throws -> Bool? { place(of: value) != nil }

    func place(of value: Value) -> Int? {
        guard let number = value.asInt ?? value.asDouble.flatMap({ Int(exactly: $0) }) else { return nil }
        let (offset, overflow) = number.subtractingReportingOverflow(start)
        let (place, isHuge) = offset.dividedReportingOverflow(by: step)
        guard !overflow, !isHuge, place * step == offset else { return nil }
        return place >= 0 && place < count ? place : nil
    }

    func attribute(_ name: String, _ runtime: Runtime) throws -> Value? {
        switch name {
        case "start": .int(start)
        case "stop": .int(stop)
        case "step": .int(step)
        case "count":
            .object(
                FunctionObject(name) { [self] arguments, _ in .int(place(of: try arguments.only(name)) == nil ? 0 : 1) }
            )
        case "index":
            .object(
                FunctionObject(name) { [self] arguments, _ in
                    guard let place = place(of: try arguments.only(name)) else {
                        throw Failure.value("the value is not in the range")
                    }
                    return .int(place)
                })
        default: nil
        }
    }

    func representation(_ runtime: Runtime) throws -> Text? {
        Text(step == 1 ? "range(\(start), \(stop))" : "range(\(start), \(stop), \(step))")
    }

    func isEqual(to other: any RuntimeObject, _ runtime: Runtime) throws -> Bool {
        guard let other = other as? RangeObject, other.count == count else { return false }
        return count == 0 || (other.start == start && (count == 1 || other.step == step))
    }
}
