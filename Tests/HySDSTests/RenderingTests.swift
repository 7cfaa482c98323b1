import HySDS
import Kubernetes
import Testing

@Suite("Rendering")
struct RenderingTests {
    /// One workload of the repository, rendered with the given settings.
    static func objects(
        _ name: String, _ settings: String, profile: String = "production", replicas: Int? = nil, sequence: Int = 7
    ) throws -> [KubernetesObject] {
        let (configuration, topology) = try RepositoryTests.system(profile, settings)
        let workload = try #require(topology[name])
        var release = RepositoryTests.release(of: workload)
        release?.sequence = sequence
        return try Rendering(configuration: configuration, topology: topology).objects(
            for: workload, release: release, secrets: RepositoryTests.secrets(of: workload), replicas: replicas)
    }

    static func container(_ name: String, _ settings: String) throws -> JSONValue {
        try #require(try objects(name, settings)[0][path: ["spec", "template", "spec", "containers"]]?[0])
    }

    static func variable(_ name: String, of container: JSONValue) -> String? {
        container["env"]?.array?.first { $0["name"]?.string == name }?["value"]?.string
    }

    @Test("puts everything into the namespace, labelled as ours")
    func ownership() throws {
        for object in try RepositoryTests.objects("production", "  namespace: elsewhere\n").flatMap(\.1) {
            #expect(object.namespace == "elsewhere")
            #expect(object.labels["app.kubernetes.io/managed-by"] == "sds")
            #expect(object.labels["app.kubernetes.io/part-of"] == "hysds")
        }
    }

    @Test("leaves the count out of what update applies, and puts it in when asked")
    func replicas() throws {
        #expect(try Self.objects("grq2", "")[0][path: ["spec", "replicas"]] == nil)
        #expect(try Self.objects("grq2", "", replicas: 0)[0][path: ["spec", "replicas"]] == 0)
    }

    @Test(
        "runs what the setting says for an image, with or without tag",
        arguments: [
            ("redis", "r@sha256:9"), ("redis:7.2", "r@sha256:9"),
        ])
    func images(name: String, reference: String) throws {
        let (configuration, topology) = try Fixture.topology("kubernetes: {images: {'\(name)': '\(reference)'}}\n")
        let rendering = Rendering(configuration: configuration, topology: topology)
        #expect(rendering.reference(to: "redis:7.2") == reference)
        #expect(rendering.reference(to: "nginx:1.27") == "nginx:1.27")
        #expect(rendering.reference(to: "hysds/mozart") == nil)
    }

    @Test("refuses an image of ours that nobody built, and says where to set it")
    func missingImage() throws {
        let (configuration, topology) = try Fixture.topology("")
        let workload = try #require(topology["grq2"])
        let rendering = Rendering(configuration: configuration, topology: topology)
        let error = #expect(throws: HySDSErrors.self) {
            try rendering.objects(for: workload, release: RepositoryTests.release(of: workload), secrets: nil)
        }
        #expect(error?.all.first?.description.contains("kubernetes.images") == true)
    }

    @Test("takes an image that sds built below the setting")
    func builtImage() throws {
        let (configuration, topology) = try Fixture.topology("kubernetes: {images: {hysds/grq2: mine}}\n")
        let rendering = Rendering(
            configuration: configuration, topology: topology, images: ["hysds/grq2": "built", "hysds/pele": "built"])
        #expect(rendering.reference(to: "hysds/grq2") == "mine")
        #expect(rendering.reference(to: "hysds/pele") == "built")
    }

    @Test("sets resources, placement, processes, graphics processors and variables where the setting says so")
    func placement() throws {
        let settings = """
              workloads:
                user-rules-job:
                  processes: 16
                  gpu: 2
                  resources: {requests: {cpu: 2}, limits: {memory: 9Gi}}
                  node-selector: {disk: fast}
                  tolerations: [{key: jobs, operator: Exists}]
                  env: {MINE: "1"}
                  longest-job-seconds: 1234

            """
        let object = try Self.objects("user-rules-job", settings)[0]
        let spec = try #require(object[path: ["spec", "template", "spec"]])
        let container = try #require(spec["containers"]?[0])
        #expect(container[path: ["resources", "requests", "cpu"]] == "2")
        #expect(container[path: ["resources", "limits", "memory"]] == "9Gi")
        #expect(container[path: ["resources", "limits", "nvidia.com/gpu"]] == 2)
        #expect(Self.variable("SDS_PROCESSES", of: container) == "16")
        #expect(Self.variable("MINE", of: container) == "1")
        #expect(spec["nodeSelector"] == ["disk": "fast"])
        #expect(spec["tolerations"] == [["key": "jobs", "operator": "Exists"]])
        #expect(spec["terminationGracePeriodSeconds"] == 1234)
    }

    @Test("gives a store its volume's class and size")
    func storage() throws {
        let settings = "  storage: {class: fast, sizes: {mozart-es: 3Ti}}\n"
        let claim = try Self.objects("mozart-es", settings)[0][path: ["spec", "volumeClaimTemplates"]]?[0]
        #expect(claim?[path: ["spec", "storageClassName"]] == "fast")
        #expect(claim?[path: ["spec", "resources", "requests", "storage"]] == "3Ti")
    }

    @Test("tells every container of a workload with trees its release, and mounts the chunks")
    func release() throws {
        let object = try Self.objects("grq2", "")[0]
        let spec = try #require(object[path: ["spec", "template", "spec"]])
        for container in (spec["containers"]?.array ?? []) + (spec["initContainers"]?.array ?? []) {
            #expect(Self.variable("SDS_RELEASE", of: container) == String(repeating: "ab", count: 32))
            #expect(Self.variable("SDS_SEQUENCE", of: container) == "7")
            #expect(Self.variable("SDS_TREES", of: container)?.hasPrefix("osaka") == true)
        }
        let volume = spec["volumes"]?.array?.first { $0["name"] == "sds-chunks" }
        #expect(
            volume?[path: ["projected", "sources"]] == [
                [
                    "configMap": [
                        "name": "sds-release-abababababababab",
                        "items": [["key": "release.json", "path": "release.json"]],
                    ]
                ],
                [
                    "configMap": [
                        "name": "sds-tree-0123456789abcdef-0",
                        "items": [["key": "chunk", "path": "0123456789abcdef.0"]],
                    ]
                ],
            ])
        let annotations = object[path: ["spec", "template", "metadata", "annotations"]]
        #expect(annotations?["sds.hysds.org/sequence"] == "7")
        #expect(annotations?["sds.hysds.org/secrets"]?.string?.count == 16)
    }

    @Test("has room for what pods copy out of their image")
    func imageBytes() throws {
        let (configuration, topology) = try RepositoryTests.system("production", "")
        let rendering = Rendering(configuration: configuration, topology: topology)
        let workload = try #require(topology["pele"])
        var release = try #require(RepositoryTests.release(of: workload))
        func limit() throws -> String? {
            let object = try rendering.objects(
                for: workload, release: release, secrets: RepositoryTests.secrets(of: workload))[0]
            let volumes = object[path: ["spec", "template", "spec", "volumes"]]?.array ?? []
            return volumes.first { $0["name"]?.string == "sds" }?[path: ["emptyDir", "sizeLimit"]]?.string
        }
        #expect(try limit() == "1Gi")
        release.imageBytes = 300 << 20
        #expect(try limit() == "2224Mi")
    }

    @Test("has the same digest whatever the sequence and the count, another for another release")
    func digest() throws {
        let key = "sds.hysds.org/spec"
        let first = try Self.objects("grq2", "")[0].annotations[key]
        #expect(try Self.objects("grq2", "", replicas: 3, sequence: 8)[0].annotations[key] == first)
        #expect(try Self.objects("grq2", "  workloads: {grq2: {processes: 9}}\n")[0].annotations[key] != first)
    }

    @Test("names a Job by what it does")
    func jobs() throws {
        let first = try Self.objects("grq-setup", "")[0]
        #expect(first.name.hasPrefix("grq-setup-"))
        #expect(first.labels["app.kubernetes.io/name"] == "grq-setup")
        let other = try Self.objects("grq-setup", "  workloads: {grq-setup: {env: {A: b}}}\n")[0]
        #expect(other.name != first.name)
    }

    @Test("gives an external store an address and no pods")
    func external() throws {
        let byName = try Self.objects("grq-es", "  external: {grq-es: {address: 'https://es.example.org:9243/x'}}\n")
        #expect(byName.map(\.key.description) == ["service/grq-es"])
        #expect(byName[0][path: ["spec", "externalName"]] == "es.example.org")
        #expect(byName[0][path: ["spec", "selector"]] == nil)
        let byAddress = try Self.objects(
            "mozart-redis", "  external: {mozart-redis: {address: 10.0.0.7, port: 6380}}\n")
        #expect(byAddress.map(\.kind) == ["Service", "Endpoints"])
        let subset = byAddress[1].json["subsets"]?[0]
        #expect(subset?["addresses"] == [["ip": "10.0.0.7"]])
        #expect(subset?["ports"]?[0]?["port"] == 6380)
    }

    @Test("tells templates the URL of an external store")
    func externalURL() throws {
        let configuration = try Fixture.configuration(
            "kubernetes: {external: {grq-es: {address: 'https://es.example.org'}}}\n")
        #expect(configuration.text("GRQ_ES_PVT_IP") == "https://es.example.org")
        #expect(configuration.text("MOZART_ES_PVT_IP") == "mozart-es")
    }

    @Test("makes the Ingress only when it is wanted, with its host and certificate")
    func ingress() throws {
        #expect(try !Self.objects("hysds-front", "").contains { $0.kind == "Ingress" })
        let settings =
            "  ingress: {enabled: true, class: nginx, host: h.example.org, tls-secret: cert}\n  front: {auth: basic}\n"
        let ingress = try #require(try Self.objects("hysds-front", settings).first { $0.kind == "Ingress" })
        #expect(ingress[path: ["spec", "ingressClassName"]] == "nginx")
        #expect(ingress[path: ["spec", "rules"]]?[0]?["host"] == "h.example.org")
        #expect(ingress[path: ["spec", "tls"]] == [["secretName": "cert", "hosts": ["h.example.org"]]])
    }

    @Test("scales every worker with a queue when KEDA is on, and brings network policies when they are")
    func extras() throws {
        let settings = "  keda: true\n  network-policies: true\n  workloads: {user-rules-job: {min: 1, max: 4}}\n"
        let scaler = try #require(try Self.objects("user-rules-job", settings).first { $0.kind == "ScaledObject" })
        #expect(scaler.name == "user-rules-job")
        #expect(scaler[path: ["spec", "scaleTargetRef", "name"]] == "user-rules-job")
        #expect(scaler[path: ["spec", "minReplicaCount"]] == 1)
        #expect(scaler[path: ["spec", "maxReplicaCount"]] == 4)
        #expect(scaler[path: ["spec", "triggers"]]?[0]?[path: ["metadata", "queueName"]] == "user_rules_job")
        let login = try #require(
            try Self.objects("mozart-rabbitmq", settings).first { $0.kind == "TriggerAuthentication" })
        #expect(login[path: ["spec", "secretTargetRef"]]?[0]?["name"] == "mozart-rabbitmq-files")
        let (configuration, topology) = try RepositoryTests.system("production", settings)
        let rendering = Rendering(configuration: configuration, topology: topology)
        let all = rendering.sharedObjects() + topology.workloads.flatMap(\.companions)
        #expect(all.contains { $0.kind == "NetworkPolicy" })
        #expect(try !RepositoryTests.objects("production").flatMap(\.1).contains { $0.kind == "NetworkPolicy" })
    }

    @Test("refuses to open a service without authentication, unless told so in as many words")
    func exposure() {
        let service = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: grq, labels: {app.kubernetes.io/name: grq2}}
            spec: {type: LoadBalancer}
            """
        let files = ["a.yaml": TopologyTests.manifest("grq2") + service]
        #expect(Fixture.complaints(k8s: files).first?.contains("without authentication") == true)
        #expect(Fixture.complaints(k8s: files, "kubernetes: {front: {auth: none-i-know-it-is-open}}\n") == [])
    }
}
