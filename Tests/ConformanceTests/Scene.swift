import Cluster
import FakeCluster
import Kubernetes
import Testing

/// What a test works with: a client, a namespace of its own, and the means to get a pod.
struct Scene: Sendable {
    let client: ClusterClient
    let namespace: String
    /// Nil on a real server.
    let fake: FakeCluster?

    static let image = "localhost/devcluster/busybox:1"

    func send(_ request: APIRequest) async throws -> APIResponse { try await client.send(request) }

    @discardableResult
    func createConfigMap(
        _ name: String, data: [String: String] = [:], labels: [String: String] = [:], immutable: Bool = false
    ) async throws -> KubernetesObject {
        try await send(
            .create(configMap(name, data: data, labels: labels, immutable: immutable), .configMap, namespace: namespace)
        )
        .object
    }

    func configMap(
        _ name: String, data: [String: String] = [:], labels: [String: String] = [:], immutable: Bool = false
    ) -> KubernetesObject {
        var object = KubernetesObject(["apiVersion": "v1", "kind": "ConfigMap", "metadata": [:]])
        object.name = name
        object.namespace = namespace
        if !labels.isEmpty { object.labels = labels }
        object[path: ["data"]] = .object(data.mapValues(JSONValue.string))
        if immutable { object[path: ["immutable"]] = true }
        return object
    }

    /// A Deployment with one container that asks for nothing.
    func deployment(_ name: String, replicas: Int = 0, image: String = image) -> KubernetesObject {
        KubernetesObject([
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [["name": "main", "image": .string(image)]]],
                ],
            ],
        ])
    }

    /// A running pod that says two lines. One that ends says "third" a while later.
    func startPod(_ name: String, ends: Bool = false) async throws {
        if let fake {
            try fake.createPod(name)
            fake.log(["first", "second"], pod: name)
            if ends {
                fake.log(["third"], pod: name)
                fake.endLog(pod: name)
            }
            return
        }
        let rest = ends ? "sleep 2; echo third" : "sleep 3600 & wait"
        let pod = KubernetesObject([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
            "spec": [
                "restartPolicy": "Never", "terminationGracePeriodSeconds": 0,
                "containers": [
                    [
                        "name": "main", "image": .string(Self.image), "imagePullPolicy": "IfNotPresent",
                        "command": ["sh", "-c", .string("trap 'exit 0' TERM; echo first; echo second; \(rest)")],
                    ]
                ],
            ],
        ])
        try await createPod(pod)
        for try await observation in client.observe(
            ObjectSelection(.pod, namespace: namespace, fields: "metadata.name=\(name)"))
        where observation.objects.values.contains(where: Self.hasStarted) {
            return
        }
    }

    private static func hasStarted(_ pod: KubernetesObject) -> Bool {
        ["Running", "Succeeded"].contains(pod[path: ["status", "phase"]]?.string)
    }

    /// A new namespace has no service account for a moment.
    private func createPod(_ pod: KubernetesObject) async throws {
        for _ in 0..<50 {
            do {
                _ = try await send(.create(pod, .pod, namespace: namespace))
                return
            } catch let error as ClusterError where error.kind == .forbidden {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        Issue.record("no pod could be created in \(namespace)")
    }

    /// The error that a request ends with.
    func failure(of request: APIRequest) async -> ClusterError? {
        do throws(ClusterError) {
            let answer = try await client.send(request)
            Issue.record("\(request.method) \(request.path) succeeded with \(answer.status)")
            return nil
        } catch {
            return error
        }
    }
}
