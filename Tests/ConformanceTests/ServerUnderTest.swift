import Cluster
import FakeCluster
import FoundationEssentials
import Kubernetes
import Testing

/// An API server that the suite is held against: the fake in several forms, and a real one where there is one.
struct ServerUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Nil for the real one.
    private let settings: FakeClusterSettings?
    private let kubeconfig: String

    var isReal: Bool { settings == nil }

    static let all: [ServerUnderTest] = {
        var old = FakeClusterSettings()
        old.minor = 20
        old.exec = [.spdy, .webSocket4]
        var plain = FakeClusterSettings()
        plain.wires = [.http1]
        let fakes = [
            ServerUnderTest("fake 1.30", FakeClusterSettings()), ServerUnderTest("fake 1.20", old),
            ServerUnderTest("fake over HTTP/1.1", plain),
        ]
        return fakes + real
    }()

    /// Those where workloads get pods.
    static let withControllers: [ServerUnderTest] = {
        var settings = FakeClusterSettings()
        settings.runsControllers = true
        var slow = settings
        slow.podDelay = .milliseconds(150)
        return [ServerUnderTest("fake", settings), ServerUnderTest("fake with slow pods", slow)] + real
    }()

    private static let real: [ServerUnderTest] = {
        guard let file = ProcessInfo.processInfo.environment["SDS_E2E_KUBECONFIG"], !file.isEmpty else { return [] }
        return [ServerUnderTest("real", nil, kubeconfig: file)]
    }()

    private init(_ description: String, _ settings: FakeClusterSettings?, kubeconfig: String = "") {
        testDescription = description
        self.settings = settings
        self.kubeconfig = kubeconfig
    }

    /// Runs a test in a namespace of its own.
    func run(_ body: @Sendable (Scene) async throws -> Void) async throws {
        guard let settings else { return try await runForReal(body) }
        try await FakeCluster.run(settings) { fake in
            Scripts.add(to: fake)
            try await body(Scene(client: try ClusterClient(fake.access), namespace: "test", fake: fake))
        }
    }

    private func runForReal(_ body: @Sendable (Scene) async throws -> Void) async throws {
        let access = try ClusterAccess.load(
            file: kubeconfig, from: KubeconfigSource(environment: [:], home: "/"))
        let client = try ClusterClient(access)
        let name = "conformance-\(UInt32.random(in: 0...UInt32.max))"
        let namespace = KubernetesObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]])
        _ = try await client.send(.create(namespace, .namespace, namespace: nil))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(Scene(client: client, namespace: name, fake: nil)))
        } catch {
            result = .failure(error)
        }
        // In a task of its own: a test that was cancelled cleans up as well.
        try await Task { _ = try await client.send(.delete(.namespace, namespace: nil, name: name)) }.value
        try result.get()
    }
}
