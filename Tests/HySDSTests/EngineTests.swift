import HySDS
import Kubernetes
import Testing

@Suite("Container engines of workers")
struct EngineTests {
    private static let queue = "dumby-job_worker-small"
    private static let worker = "dumby-job-worker-small"

    private static func settings(_ engine: String, _ more: String = "") -> String {
        "  queues: {\(queue): {\(engine)}}\n\(more)"
    }

    private static func pod(_ engine: String, _ more: String = "") throws -> JSONValue {
        let objects = try RenderingTests.objects(worker, settings(engine, more))
        return try #require(objects[0][path: ["spec", "template", "spec"]])
    }

    private static func container(_ name: String, of pod: JSONValue) throws -> JSONValue {
        try #require(pod["containers"]?.array?.first { $0["name"]?.string == name })
    }

    private static func mounts(_ container: JSONValue) -> [String: String] {
        Dictionary(
            (container["volumeMounts"]?.array ?? []).map {
                ($0["mountPath"]?.string ?? "", $0["name"]?.string ?? "")
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A rendered file of a workload.
    private static func text(_ path: String, of name: String, _ settings: String) throws -> String {
        let (bare, topology) = try RepositoryTests.system("production", settings)
        let files = FileRendering(
            configuration: bare.adding(secrets: Fixture.secrets(of: bare)), topology: topology,
            sources: try TemplateSources(installation: Fixture.installation),
            texts: TemplateTexts(conf: Fixture.installation.conf))
        let rendered = try files.files(for: try #require(topology[name]))
        let file = try #require(rendered.first { $0.destination == path })
        return String(decoding: file.bytes.revealed, as: UTF8.self)
    }

    @Test("a sidecar shares the work folder and the socket's at the same paths, and outlives the worker's command")
    func sidecar() throws {
        let pod = try Self.pod("engine: sidecar")
        let worker = try Self.container(Self.worker, of: pod)
        let engine = try Self.container("engine", of: pod)
        for path in ["/data/work", "/run/user/1000"] {
            #expect(Self.mounts(worker)[path] != nil)
            #expect(Self.mounts(worker)[path] == Self.mounts(engine)[path])
        }
        let command = (worker["command"]?.array ?? []).compactMap(\.string)
        #expect(command.first == "sh" && command.contains("sds-supervise") && command.last == "--heartbeat-interval=60")
        #expect(command.contains { $0.contains("flock --no-fork --shared /run/user/1000/worker.lock") })
        let script = try #require(engine["command"]?.array?.last?.string)
        #expect(script.contains("flock --exclusive $runtime/worker.lock"))
        #expect(RenderingTests.variable("DOCKER_HOST", of: worker) == "unix:///run/user/1000/docker.sock")
        #expect(RenderingTests.variable("CONTAINER_HOST", of: worker) == "unix:///run/user/1000/podman/podman.sock")
        #expect(RenderingTests.variable("SDS_QUEUE", of: worker) == Self.queue)
        #expect(worker[path: ["securityContext", "allowPrivilegeEscalation"]] == false)
        #expect(worker[path: ["securityContext", "privileged"]] == nil)
        #expect(engine[path: ["securityContext", "privileged"]] == true)
    }

    @Test("the engine's resources and variables are its own; the queue's image is the worker's alone")
    func settings() throws {
        let pod = try Self.pod(
            "engine: sidecar, image: 'own@sha256:1', env: {A: b}, engine-env: {STORAGE_DRIVER: vfs}, "
                + "engine-resources: {requests: {cpu: '2'}, limits: {memory: 9Gi}}")
        let worker = try Self.container(Self.worker, of: pod)
        let engine = try Self.container("engine", of: pod)
        #expect(worker["image"] == "own@sha256:1")
        #expect(engine["image"] == "e@sha256:6")
        #expect(RenderingTests.variable("STORAGE_DRIVER", of: engine) == "vfs")
        #expect(RenderingTests.variable("STORAGE_DRIVER", of: worker) == nil)
        #expect(RenderingTests.variable("A", of: engine) == nil)
        #expect(engine[path: ["resources", "requests", "cpu"]] == "2")
        #expect(engine[path: ["resources", "limits", "memory"]] == "9Gi")
        #expect(worker[path: ["resources", "limits", "memory"]] == "8Gi")
    }

    @Test("the node's socket is where the setting says, for the client as well, and a warning says what it gives away")
    func socket() throws {
        let path = "/run/podman/podman.sock"
        let pod = try Self.pod("engine: socket, engine-socket: \(path), engine-group: 998")
        let worker = try Self.container(Self.worker, of: pod)
        #expect(Self.mounts(worker)[path] == "engine-socket")
        #expect(RenderingTests.variable("DOCKER_HOST", of: worker) == .some("unix://\(path)"))
        let volumes = pod["volumes"]?.array ?? []
        #expect(volumes.first { $0["name"] == "engine-socket" }?[path: ["hostPath", "path"]]?.string == path)
        #expect(volumes.filter { $0["name"] == "work" }.map { $0[path: ["hostPath", "path"]] } == ["/data/work"])
        #expect(pod[path: ["securityContext", "supplementalGroups"]] == [998])
        #expect(pod[path: ["securityContext", "runAsNonRoot"]] == true)
        let (_, topology) = try RepositoryTests.system("production", Self.settings("engine: socket"))
        #expect(topology.warnings.map(\.message).contains { $0.contains("become root on its node") })
        #expect(try RepositoryTests.system("production", Self.settings("engine: sidecar")).1.warnings.isEmpty)
    }

    @Test("a worker with an engine lives in the second namespace with all that is its own; the others stay")
    func namespace() throws {
        let settings = Self.settings("engine: sidecar", "  keda: true\n  network-policies: true\n")
        for (workload, objects) in try RepositoryTests.objects("production", settings) {
            let expected = workload.name == Self.worker ? "hysds-jobs" : "hysds"
            #expect(Set(objects.compactMap(\.namespace)) == [expected], "\(workload.name)")
            let violations = PodSecurity.violations(of: .restricted, in: objects[0])
            #expect(violations.isEmpty == (workload.name != Self.worker), "\(workload.name)")
        }
        let (configuration, topology) = try RepositoryTests.system("production", settings)
        let shared = Rendering(configuration: configuration, topology: topology).sharedObjects()
        let refusals = shared.filter { $0.kind == "NetworkPolicy" }
        #expect(Set(refusals.compactMap(\.namespace)) == ["hysds", "hysds-jobs"])
    }

    @Test("a scaler there logs in with a Secret of its own namespace, which holds the file for it")
    func scaler() throws {
        let settings = Self.settings("engine: sidecar", "  keda: true\n")
        let objects = try RenderingTests.objects(Self.worker, settings)
        let scaler = try #require(objects.first { $0.kind == "ScaledObject" })
        let login = try #require(objects.first { $0.kind == "TriggerAuthentication" })
        let trigger = scaler[path: ["spec", "triggers"]]?[0]
        #expect(trigger?[path: ["authenticationRef", "name"]]?.string == login.name)
        let reference = login[path: ["spec", "secretTargetRef"]]?[0]
        #expect(reference?["name"]?.string == "\(Self.worker)-files")
        let (_, topology) = try RepositoryTests.system("production", settings)
        let keys = RepositoryTests.secrets(of: try #require(topology[Self.worker]))?.items.map(\.key) ?? []
        #expect(keys.contains(reference?["key"]?.string ?? ""))
        #expect(try Self.text("keda-host", of: Self.worker, settings).hasSuffix("@mozart-rabbitmq.hysds:15672/"))
        #expect(
            try Self.text("keda-host", of: "mozart-rabbitmq", settings).hasSuffix("@mozart-rabbitmq.hysds.svc:15672/")
        )
    }

    @Test("its files name Services with their namespace, and only its")
    func addresses() throws {
        func celery(_ name: String) throws -> String {
            try Self.text("ops/hysds/celeryconfig.py", of: name, Self.settings("engine: sidecar"))
        }
        let there = try celery(Self.worker)
        for name in ["mozart-rabbitmq", "mozart-redis", "metrics-redis", "mozart-es", "grq-es"] {
            #expect(there.contains("\"\(name).hysds\""), "\(name)")
        }
        #expect(there.contains("http://grq.hysds:8878") && there.contains("http://mozart.hysds:8888"))
        #expect(try !celery("factotum-job-worker-small").contains(".hysds\""))
    }

    @Test(
        "what can't be is told with the place",
        arguments: [
            ("  workloads: {grq2: {engine: sidecar}}\n", "only workers run jobs"),
            ("  queues: {\(queue): {engine: node}}\n", "expected none, sidecar, socket"),
            ("  queues: {\(queue): {engine: socket, engine-socket: docker.sock}}\n", "expected an absolute path"),
        ])
    func refusals(settings: String, message: String) {
        let error = #expect(throws: HySDSErrors.self) { try RepositoryTests.system("production", settings) }
        #expect(error?.all.contains { $0.description.contains(message) } == true, "\(String(describing: error))")
    }
}
