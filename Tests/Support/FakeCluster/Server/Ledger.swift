internal import Synchronization

/// What was asked of the fake, and how much of it at the same time.
package final class Ledger: Sendable {
    private struct State: Sendable {
        var requests: [FakeRequest] = []
        var inFlight = 0
        var mostInFlight = 0
        var connections = 0
    }

    private let state = Mutex(State())

    package var requests: [FakeRequest] { state.withLock(\.requests) }
    package var writes: [FakeRequest] { requests.filter(\.isWrite) }
    /// Of all moments the one with the most requests that had no answer yet. Watches, logs and execs count until they begin.
    package var mostInFlight: Int { state.withLock(\.mostInFlight) }

    /// How many connections were made, since the beginning.
    package var connections: Int { state.withLock(\.connections) }

    package func reset() {
        state.withLock { state in
            state.requests = []
            state.mostInFlight = state.inFlight
        }
    }

    func connected() { state.withLock { $0.connections += 1 } }

    func begin(_ request: FakeRequest) {
        state.withLock { state in
            state.requests.append(request)
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
        }
    }

    func end() { state.withLock { $0.inFlight -= 1 } }
}
