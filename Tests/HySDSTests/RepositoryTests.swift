import HySDS
import Kubernetes
import Testing

/// What must hold for the files of this repository, whatever is added to them.
@Suite("The repository's own k8s/ and conf/")
struct RepositoryTests {
    static let profiles = ["production", "single-node"]
    static let images =
        "images: {hysds/mozart: 'm@sha256:1', hysds/grq2: 'g@sha256:2', hysds/pele: 'p@sha256:3', hysds/worker: 'w@sha256:4', hysds/worker-engine: 'e@sha256:6', hysds/ui: 'u@sha256:5'}"

    static func system(_ profile: String, _ more: String = "") throws -> (Configuration, Topology) {
        if more.isEmpty, let known = plain[profile] { return try known.get() }
        return try Fixture.topology(text(profile, more))
    }

    private static func text(_ profile: String, _ more: String) -> String {
        "kubernetes:\n  profile: \(profile)\n  \(images)\n\(more)"
    }

    /// Read once: most tests want nothing else.
    private static let plain = Dictionary(
        uniqueKeysWithValues: profiles.map { profile in
            (profile, Result { try Fixture.topology(text(profile, "")) })
        })

    /// Every rendered object, with facts as Operations would give them.
    static func objects(_ profile: String, _ more: String = "") throws -> [(Workload, [KubernetesObject])] {
        let (configuration, topology) = try system(profile, more)
        let rendering = Rendering(configuration: configuration, topology: topology)
        return try topology.workloads.map { workload in
            (
                workload,
                try rendering.objects(for: workload, release: release(of: workload), secrets: secrets(of: workload))
            )
        }
    }

    static func release(of workload: Workload) -> ReleaseFacts? {
        guard workload.hasRelease else { return nil }
        return ReleaseFacts(
            digest: String(repeating: "ab", count: 32), sequence: 7, manifestConfigMap: "sds-release-abababababababab",
            chunks: [.init(configMap: "sds-tree-0123456789abcdef-0", path: "0123456789abcdef.0")], trees: workload.trees
        )
    }

    static func secrets(of workload: Workload) -> SecretFacts? {
        let files = workload.files.filter(\.isSecret).map {
            RenderedFile(declaration: $0, bytes: Array("x".utf8), source: "test")
        }
        return SecretFiles(workload: workload, files: files, key: [1])?.facts
    }

    @Test("read without a complaint", arguments: profiles)
    func reads(profile: String) throws {
        let (configuration, topology) = try Self.system(profile)
        #expect(configuration.warnings == [])
        #expect(topology.workloads.count > 15)
    }

    @Test("make a configuration without complaint of the default one, as `sds configure` copies it")
    func defaultConfiguration() throws {
        let text = try #require(Fixture.installation.conf["sds.config"])
        let configuration = try Configuration.parse(text, file: "conf/sds.config", installation: Fixture.installation)
        #expect(configuration.warnings == [])
        #expect(configuration.kubernetes.namespace == "hysds")
        #expect(configuration.queues.count == 2)
        #expect(configuration.missingSecrets.count == GeneratedSecret.all.count)
    }

    @Test("name in a profile only what exists", arguments: profiles)
    func profileNames(profile: String) throws {
        let (configuration, topology) = try Self.system(profile)
        let known = Set(topology.workloads.map(\.name)).union(topology.omitted.keys).union(["verdi-worker"])
        #expect(Set(configuration.kubernetes.profileWorkloads.keys).subtracting(known) == [])
    }

    @Test("give every object of one kind its own name", arguments: profiles)
    func names(profile: String) throws {
        let keys = try Self.objects(profile).flatMap(\.1).map(\.key)
        #expect(keys.count == Set(keys).count)
    }

    @Test("select a workload's own pods and nothing else", arguments: profiles)
    func selectors(profile: String) throws {
        let objects = try Self.objects(profile)
        let names = Set(objects.map(\.0.name))
        for (workload, objects) in objects where workload.external == nil {
            let object = objects[0]
            #expect(
                object[path: ["spec", "template", "metadata", "labels", "app.kubernetes.io/name"]]?.string
                    == workload.name)
            if object.kind != "Job" {
                #expect(
                    object[path: ["spec", "selector", "matchLabels"]] == [
                        "app.kubernetes.io/name": .string(workload.name)
                    ])
            }
            for companion in objects.dropFirst() {
                let selector = companion[path: ["spec", "selector"]]
                let selected = (selector?["matchLabels"] ?? selector)?["app.kubernetes.io/name"]?.string
                if let selected { #expect(names.contains(selected), "\(companion.key)") }
            }
        }
    }

    @Test("send every Service's port to a port that the pods have", arguments: profiles)
    func ports(profile: String) throws {
        for (workload, objects) in try Self.objects(profile) {
            let containers = objects[0][path: ["spec", "template", "spec", "containers"]]?.array ?? []
            let ports = containers.flatMap { $0["ports"]?.array ?? [] }
            let known = Set(
                ports.compactMap { $0["name"]?.string }
                    + ports.compactMap { $0["containerPort"]?.integer.map(String.init) })
            for service in objects where service.kind == "Service" {
                for port in service[path: ["spec", "ports"]]?.array ?? [] {
                    let target =
                        port["targetPort"]?.string ?? port["targetPort"]?.integer.map(String.init)
                        ?? port["port"]?.integer.map(String.init)
                    #expect(known.contains(target ?? ""), "\(workload.name): \(service.key) to \(target ?? "nothing")")
                }
            }
        }
    }

    @Test("mount only volumes that there are", arguments: profiles)
    func volumes(profile: String) throws {
        for (workload, objects) in try Self.objects(profile) where workload.external == nil {
            let spec = objects[0][path: ["spec", "template", "spec"]]
            let claims = objects[0][path: ["spec", "volumeClaimTemplates"]]?.array ?? []
            let known = Set(
                (spec?["volumes"]?.array ?? []).compactMap { $0["name"]?.string }
                    + claims.compactMap { $0[path: ["metadata", "name"]]?.string })
            let containers = (spec?["containers"]?.array ?? []) + (spec?["initContainers"]?.array ?? [])
            for container in containers {
                for mount in container["volumeMounts"]?.array ?? [] {
                    #expect(
                        known.contains(mount["name"]?.string ?? ""), "\(workload.name): \(mount["name"]?.string ?? "")")
                }
            }
        }
    }

    @Test("find a template for every file", arguments: profiles)
    func templates(profile: String) throws {
        let (_, topology) = try Self.system(profile)
        let sources = try TemplateSources(installation: Fixture.installation)
        let texts = TemplateTexts(conf: Fixture.installation.conf)
        for file in topology.workloads.flatMap(\.files) {
            #expect(sources.hasText(for: file.template, in: texts), "\(file.template)")
        }
    }

    @Test("have an image for every container, a real one or one of ours", arguments: profiles)
    func everyImage(profile: String) throws {
        for (workload, objects) in try Self.objects(profile) where workload.external == nil {
            let spec = objects[0][path: ["spec", "template", "spec"]]
            for container in (spec?["containers"]?.array ?? []) + (spec?["initContainers"]?.array ?? []) {
                let image = container["image"]?.string ?? ""
                #expect(image.contains(":"), "\(workload.name): \(image)")
            }
        }
    }

    @Test("let no workload with trees go without its folders", arguments: profiles)
    func releaseVolumes(profile: String) throws {
        for (workload, objects) in try Self.objects(profile) where workload.hasRelease {
            let volumes = objects[0][path: ["spec", "template", "spec", "volumes"]]?.array ?? []
            let chunks = volumes.first { $0["name"] == "sds-chunks" }
            #expect(chunks?[path: ["projected", "sources"]]?.array?.count == 2, "\(workload.name)")
            #expect(
                objects[0][path: ["spec", "template", "spec", "initContainers"]]?[0]?["name"] == "sds-init",
                "\(workload.name)")
        }
    }
}

extension RepositoryTests {
    @Test("pass the Pod Security Standard restricted", arguments: profiles)
    func podSecurity(profile: String) throws {
        for (workload, objects) in try Self.objects(profile) where workload.external == nil {
            guard objects[0].annotations["sds.hysds.org/security-reason"] == nil else { continue }
            let violations = PodSecurity.violations(of: .restricted, in: objects[0])
            #expect(violations.map(\.description) == [], "\(workload.name)")
        }
    }

    @Test("give every object room within the API server's limits", arguments: profiles)
    func limits(profile: String) throws {
        for object in try Self.objects(profile).flatMap(\.1) {
            #expect(ObjectLimits.problems(of: object) == [], "\(object.key)")
        }
    }
}
