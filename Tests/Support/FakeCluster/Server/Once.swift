internal import Synchronization

/// Something that is done the first time only.
final class Once: Sendable {
    private let isDone = Mutex(false)
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = action
    }

    func callAsFunction() {
        if isDone.withLock({ isDone in
            defer { isDone = true }
            return !isDone
        }) {
            action()
        }
    }
}
