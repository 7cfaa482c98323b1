import Cluster
import FakeCluster
import Kubernetes
import Testing

@Suite("Watches that break", .timeLimit(.minutes(5)))
struct WatchFaultTests {
    private static let selection = ObjectSelection(.configMap, namespace: "test")

    /// Follows the cluster until `target` holds the last number; each interruption comes between two changes.
    private func follow(
        _ cluster: FakeCluster, changes: Int, interrupt: @Sendable (Int) async throws -> Void
    ) async throws -> (restarts: Int, values: [Int]) {
        let client = try ClusterClient(cluster.access, settings: Cell.settings())
        var (restarts, values): (Int, [Int]) = (0, [])
        func note(_ object: KubernetesObject) {
            guard let value = object[path: ["data", "n"]]?.string.flatMap({ Int($0) }), value != values.last else {
                return
            }
            values.append(value)
        }
        for try await event in client.watch(Self.selection) {
            switch event {
            case .restarted(let objects):
                restarts += 1
                objects.forEach(note)
            case .modified(let object): note(object)
            default: break
            }
            let last = values.last ?? 0
            guard last < changes else { break }
            try await interrupt(last)
            try cluster.change(.configMap, "target") { $0[path: ["data", "n"]] = .string(String(last + 1)) }
        }
        return (restarts, values)
    }

    @Test("A watch that the server ends goes on without a list and misses nothing")
    func ended() async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            let (restarts, values) = try await follow(cluster, changes: 6) { number in
                if number % 2 == 0 { cluster.endWatches() }
            }
            #expect(restarts == 1)
            #expect(values == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test("A history that is gone makes it list again, and the state is right", arguments: [true, false])
    func expired(asEvent: Bool) async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            let (restarts, values) = try await follow(cluster, changes: 3) { number in
                guard number == 1 else { return }
                cluster.expireHistory(endingWatches: asEvent)
                if !asEvent { cluster.endWatches() }
            }
            #expect(restarts == 2)
            #expect(values == [1, 2, 3])
        }
    }

    @Test("A bookmark saves the list when the history before it is gone")
    func bookmark() async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            let (restarts, values) = try await follow(cluster, changes: 3) { number in
                guard number == 1 else { return }
                // Something elsewhere moves the version on.
                try cluster.createPod("elsewhere")
                cluster.expireHistory(endingWatches: false)
                cluster.sendBookmarks()
                try await Task.sleep(for: .milliseconds(200))
                cluster.endWatches()
            }
            #expect(values == [1, 2, 3])
            #expect(restarts == 1)
        }
    }

    @Test("A server that is away for a while is waited for")
    func restart() async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            let (restarts, values) = try await follow(cluster, changes: 3) { number in
                guard number == 1 else { return }
                try await cluster.stopListening()
                cluster.inject(Fault(.watch, .drop(reset: true)))
                cluster.endWatches()
                Task {
                    try await Task.sleep(for: .seconds(1))
                    try await cluster.resumeListening()
                }
            }
            #expect(restarts == 1)
            #expect(values == [1, 2, 3])
        }
    }

    @Test("Lines in any pieces are lines", arguments: [1, 7, 64])
    func pieces(size: Int) async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            cluster.inject(Fault(.watch, .slow(bytes: size, pause: .zero), times: nil))
            let (_, values) = try await follow(cluster, changes: 3) { _ in }
            #expect(values == [1, 2, 3])
        }
    }

    @Test("A server that ends each watch at once isn't asked without a pause")
    func noBusyLoop() async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            cluster.inject(Fault(.watch, .say(200, body: "", type: "application/json"), times: nil))
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            let task = Task {
                for try await _ in client.watch(Self.selection) {}
            }
            try await Task.sleep(for: .seconds(2))
            task.cancel()
            _ = await task.result
            #expect(cluster.ledger.requests.count { $0.isWatch } < 10)
        }
    }

    @Test("A cancelled watch ends at once, on the server too")
    func cancelled() async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            let task = Task {
                for try await _ in client.watch(Self.selection) {}
            }
            while cluster.watchers == 0 { try await Task.sleep(for: .milliseconds(10)) }
            let start = ContinuousClock.now
            task.cancel()
            _ = await task.result
            while cluster.watchers > 0, start.duration(to: .now) < .seconds(5) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(cluster.watchers == 0)
        }
    }

    @Test("A page token that expires starts the list again")
    func expiredToken() async throws {
        try await FakeCluster.run { cluster in
            for number in 0..<25 {
                try cluster.create([
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string("c\(number)")],
                ])
            }
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            cluster.inject(Fault(.list, .refuse(410, reason: "Expired", retryAfter: nil), skip: 1))
            #expect(try await client.list(Self.selection, pageSize: 10).items.count == 25)
            #expect(cluster.ledger.requests.count == 5)
        }
    }
}
