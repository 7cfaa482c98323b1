/// Python's slice, with open ends as nil.
struct Slice {
    private let start: Int?
    private let stop: Int?
    private let step: Int

    init(_ start: Int?, _ stop: Int?, _ step: Int? = nil) {
        self.start = start
        self.stop = stop
        self.step = step ?? 1
    }

    /// The bounds within a sequence of `count` items; the last one is not included.
    func indices(in count: Int) throws -> (start: Int, stop: Int, step: Int) {
        guard step != 0 else { throw Failure.value("the slice step cannot be zero") }
        guard step > Int.min else { throw Failure.overflow }
        let low = step > 0 ? 0 : -1
        let high = step > 0 ? count : count - 1
        func clamp(_ index: Int) -> Int {
            let place = index < 0 ? (index < -count - 1 ? -1 : index + count) : index
            return min(max(place, low), high)
        }
        return (start.map(clamp) ?? (step > 0 ? low : high), stop.map(clamp) ?? (step > 0 ? high : low), step)
    }

    func places(in count: Int) throws -> [Int] {
        let (start, stop, step) = try indices(in: count)
        let limited = min(max(step, -count - 1), count + 1)
        return Array(stride(from: start, to: stop, by: limited))
    }
}
