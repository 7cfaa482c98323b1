import FoundationEssentials
import Kubernetes
import Testing

@testable import Cluster

private let realKubeconfig = ProcessInfo.processInfo.environment["SDS_E2E_KUBECONFIG"]

/// The client against a real API server: only where `SDS_E2E_KUBECONFIG` names its kubeconfig.
///
/// `SDS_E2E_IMAGE` is an image with a shell (default: the devcluster's own), run as one pod of namespace `default`.
@Suite(.serialized, .enabled(if: realKubeconfig != nil), .timeLimit(.minutes(5)))
struct RealClusterTests {
    private static let image =
        ProcessInfo.processInfo.environment["SDS_E2E_IMAGE"] ?? "localhost/devcluster/busybox:1"
    private static let pods = ObjectSelection(.pod, namespace: "default", fields: "metadata.name=client-tests")
    private static let target = ExecTarget(namespace: "default", pod: "client-tests", container: "main")

    private func client(_ transport: ExecTransport? = nil, server: String? = nil) throws -> ClusterClient {
        let source = KubeconfigSource.process(isInteractive: false)
        var access = try Kubeconfig.load(file: realKubeconfig, from: source).access()
        if let server { access.server = server }
        return try ClusterClient(access, settings: ClientSettings(execTransport: transport))
    }

    /// The pod stays for the next test, and the next run.
    private func runningPod() async throws -> ClusterClient {
        let client = try client()
        let pod: JSONValue = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "client-tests"],
            "spec": [
                "terminationGracePeriodSeconds": 1,
                "containers": [
                    [
                        "name": "main", "image": .string(Self.image), "imagePullPolicy": "IfNotPresent",
                        "command": ["sh", "-c", "echo hello; sleep 86400"],
                    ]
                ],
            ],
        ]
        _ = try await client.send(.serverSideApply(KubernetesObject(pod), .pod, namespace: "default"))
        for try await state in client.observe(Self.pods)
        where state.objects.values.contains(where: { $0[path: ["status", "phase"]] == "Running" }) { break }
        return client
    }

    @Test func `many requests share a connection, and discovery answers`() async throws {
        let client = try await runningPod()
        let read = APIRequest.get(.pod, namespace: "default", name: "client-tests")
        let answers = await client.all([APIRequest](repeating: read, count: 200))
        #expect(answers.allSatisfy { (try? $0.get()) != nil })
        #expect(try await client.discovery().lookup(kind: "Deployment", group: "apps") == .deployment)
        #expect(try await client.logText(namespace: "default", pod: "client-tests") == "hello\n")
    }

    @Test func `large objects go out side by side`() async throws {
        let client = try client()
        let text = String(repeating: "0123456789", count: 90_000)
        let requests = (0..<16).map { number in
            APIRequest.create(
                KubernetesObject([
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string("client-tests-\(number)")],
                    "data": ["x": .string(text)],
                ]), .configMap, namespace: "default")
        }
        let answers = await client.all(requests)
        let path = ResourceType.configMap.path(namespace: "default")
        let removed = await client.all((0..<16).map { APIRequest(.delete, "\(path)/client-tests-\($0)") })
        #expect(answers.allSatisfy { (try? $0.get())?.status == 201 })
        #expect(removed.allSatisfy { (try? $0.get()) != nil })
    }

    @Test(arguments: ExecTransport.allCases)
    func `a command's output, errors and exit code come back`(transport: ExecTransport) async throws {
        _ = try await runningPod()
        let result = try await client(transport).run(
            Self.target, ["sh", "-c", "echo out; echo err >&2; exit 3"], timeout: .seconds(30))
        #expect(result.status == .exited(3))
        #expect(result.outputText == "out\n")
        #expect(result.errorText == "err\n")
        #expect(result.transport == transport)
    }

    @Test(arguments: ExecTransport.allCases)
    func `a command that isn't there has failed`(transport: ExecTransport) async throws {
        _ = try await runningPod()
        let result = try await client(transport).run(Self.target, ["/nonexistent"], timeout: .seconds(30))
        #expect(!result.status.isSuccess)
    }

    @Test(arguments: ExecTransport.allCases)
    func `pods and containers that aren't there are told apart`(transport: ExecTransport) async throws {
        _ = try await runningPod()
        let client = try client(transport)
        let noPod = await #expect(throws: ClusterError.self) {
            _ = try await client.run(ExecTarget(namespace: "default", pod: "nobody"), ["true"])
        }
        #expect(noPod?.kind == .notFound)
        let noContainer = await #expect(throws: ClusterError.self) {
            _ = try await client.run(
                ExecTarget(namespace: "default", pod: "client-tests", container: "none"), ["true"])
        }
        #expect(noContainer?.kind == .badRequest)
    }

    @Test(arguments: ExecTransport.allCases)
    func `100 MiB go in and come out with every byte`(transport: ExecTransport) async throws {
        _ = try await runningPod()
        var random = SplitMix(seed: 3)
        let piece = (0..<(1 << 17)).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        let result = try await client(transport).run(
            Self.target, ["sh", "-c", "head -c \(100 * piece.count) | cat"],
            input: .writing { session throws(ClusterError) in
                for _ in 0..<100 { try await session.write(piece) }
            }, outputLimit: 128 << 20, timeout: .seconds(120))
        #expect(result.status == .exited(0))
        #expect(result.isInputComplete)
        #expect(result.output.count == 100 * piece.count)
        for start in stride(from: 0, to: result.output.count, by: piece.count) {
            guard Array(result.output[start...].prefix(piece.count)) == piece else {
                Issue.record("the MiB from byte \(start) on differs")
                return
            }
        }
    }

    @Test func `SPDY ends a command's input on every version`() async throws {
        _ = try await runningPod()
        let result = try await client(.spdy).run(
            Self.target, ["cat"], input: .bytes(Array("to the end".utf8)), timeout: .seconds(30))
        #expect(result.outputText == "to the end")
    }

    @Test(arguments: ExecTransport.allCases)
    func `twenty commands run at once`(transport: ExecTransport) async throws {
        _ = try await runningPod()
        let client = try client(transport)
        let results = try await withThrowingTaskGroup(of: ExecResult.self) { group in
            for number in 0..<20 {
                group.addTask { try await client.run(Self.target, ["echo", "\(number)"], timeout: .seconds(150)) }
            }
            return try await group.reduce(into: [ExecResult]()) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0.status.isSuccess })
        #expect(Set(results.map(\.outputText)).count == 20)
    }
}
