/// Tasks that sleep until something changes. It lives inside the state that it belongs to, under the same lock.
struct Waiters {
    private var sleeping: [(id: UInt64, continuation: CheckedContinuation<Void, Never>)] = []

    mutating func add(_ id: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
        sleeping.append((id, continuation))
    }

    /// Nil when it has been woken already.
    mutating func remove(_ id: UInt64) -> CheckedContinuation<Void, Never>? {
        guard let index = sleeping.firstIndex(where: { $0.id == id }) else { return nil }
        return sleeping.remove(at: index).continuation
    }

    mutating func removeAll() -> [CheckedContinuation<Void, Never>] {
        defer { sleeping = [] }
        return sleeping.map(\.continuation)
    }
}
