import Cluster
import FakeCluster
import Testing

@Suite("Faults of the API server", .timeLimit(.minutes(5)))
struct FaultMatrixTests {
    @Test("Each operation comes out of each fault as it should", arguments: Operation.all, Trouble.all)
    func cell(operation: Operation, trouble: Trouble) async throws {
        let expectation = trouble.expectation(for: operation)
        if case .undecidable = expectation { return }
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            cluster.inject(Fault(operation.target, trouble.effect, times: trouble.times))
            let client = try ClusterClient(
                cluster.access, settings: Cell.settings(timeout: trouble.times == nil ? .seconds(3) : .seconds(20)))
            let error = await Cell.outcome(of: operation, client, cluster)

            #expect(cluster.struck > 0, "the fault met no request")
            switch expectation {
            case .heals: #expect(error == nil)
            case .healsIfRepeatable where operation.isRepeatable: #expect(error == nil)
            case .healsIfRepeatable: #expect(error?.kind == .unreachable)
            case .fails(let kinds):
                #expect(error.map { kinds.contains($0.kind) } ?? false, "\(String(describing: error))")
            case .either, .undecidable: break
            }

            // I3: when the trouble is over, a plain second attempt does it, or finds it done.
            cluster.clearFaults()
            guard error != nil else { return }
            let patient = try ClusterClient(cluster.access, settings: Cell.settings())
            let again = await Cell.outcome(of: operation, patient, cluster)
            #expect(again == nil || again?.kind == .notFound || again?.kind == .alreadyExists)
        }
    }

    @Test("Over HTTP/1.1 a broken connection is the same", arguments: Operation.all)
    func http1(operation: Operation) async throws {
        var settings = FakeClusterSettings()
        settings.wires = [.http1]
        try await FakeCluster.run(settings) { cluster in
            try Cell.furnish(cluster)
            cluster.inject(Fault(operation.target, .vanish(reset: true)))
            let client = try ClusterClient(cluster.access, settings: Cell.settings())
            let error = await Cell.outcome(of: operation, client, cluster)
            #expect((error == nil) == operation.isRepeatable)
        }
    }

    @Test("Whatever the byte at which an answer breaks off, a list comes whole", arguments: [0, 1, 2, 9, 50, 200, 300])
    func everyByte(count: Int) async throws {
        try await FakeCluster.run { cluster in
            try Cell.furnish(cluster)
            for reset in [true, false] {
                cluster.inject(Fault(.list, .cut(afterBytes: count, reset: reset)))
                let client = try ClusterClient(cluster.access, settings: Cell.settings())
                #expect(await Cell.outcome(of: .list, client, cluster) == nil)
            }
        }
    }
}
