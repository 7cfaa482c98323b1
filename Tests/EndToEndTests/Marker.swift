import Synchronization

/// Something that happened, or not yet.
final class Marker: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }
}
