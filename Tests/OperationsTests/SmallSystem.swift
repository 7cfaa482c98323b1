import Cluster
import Foundation
import HySDS
import Kubernetes

@testable import Operations

/// The repository's own `k8s/` with a small configuration, and clusters as values: no server is asked.
enum SmallSystem {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let namespace = "test"

    static let installation = Installation(k8s: folder("k8s"), conf: folder("conf"))

    static let text = """
        VENUE: test
        MOZART_REDIS_PASSWORD: redis-password-1
        QUEUES: [{QUEUE_NAME: small, INSTANCE_TYPES: [t3.medium]}]
        kubernetes:
          namespace: test
          profile: single-node
          images: {hysds/mozart: "m@sha256:1", hysds/grq2: "g@sha256:2", hysds/pele: "p@sha256:3", hysds/worker: "w@sha256:4"}
        """

    static let system = Result {
        let configuration = try Configuration.parse(Array(text.utf8), installation: installation)
        return Site(
            configuration: configuration,
            topology: try Topology(installation: installation, configuration: configuration),
            sources: try TemplateSources(installation: installation), texts: TemplateTexts(conf: installation.conf),
            ops: "/nowhere", verdi: "/nowhere", home: "/nowhere", environment: [:],
            bundle: try BundleDeclaration(installation: installation), configurationFile: "config", leftOut: [:],
            warnings: [])
    }

    /// The same with other settings of the section kubernetes.
    static func site(_ settings: String) throws -> Site {
        let configuration = try Configuration.parse(
            Array((text + "\n" + settings).utf8), installation: installation)
        var site = try system.get()
        site = Site(
            configuration: configuration,
            topology: try Topology(installation: installation, configuration: configuration), sources: site.sources,
            texts: site.texts, ops: site.ops, verdi: site.verdi, home: site.home, environment: [:],
            bundle: site.bundle, configurationFile: "config", leftOut: [:], warnings: [])
        return site
    }

    static func session(_ command: String = "update mozart", of site: Site? = nil) throws -> Session {
        Session(
            site: try site ?? system.get(), client: try ClusterClient(ClusterAccess(server: "https://localhost:1")),
            namespace: namespace, identity: Identity(user: "ops", host: "here", command: command),
            options: Session.Options(), emit: { _ in })
    }

    static func workload(_ name: String) throws -> Workload {
        guard let workload = try system.get().topology[name] else { throw Missing(name: name) }
        return workload
    }

    /// A workload's object as `Rendering` makes it.
    static func object(
        _ name: String, sequence: Int = 1, release: String = "a", generation: String = "g1",
        secretKeys: [String] = ["k"]
    ) throws -> KubernetesObject {
        let site = try system.get()
        let workload = try workload(name)
        let digest = String(repeating: release, count: 64)
        let facts = ReleaseFacts(
            digest: digest, sequence: sequence, manifestConfigMap: "sds-release-\(digest.prefix(16))",
            chunks: [.init(configMap: "sds-tree-\(digest.prefix(16))-0", path: "\(digest.prefix(16)).0")],
            trees: workload.trees)
        let secrets = SecretFacts(
            name: SecretFiles.name(of: name), generation: generation,
            items: secretKeys.map { .init(key: $0, path: "ops/\($0)") })
        return try Rendering(configuration: site.configuration, topology: site.topology)
            .objects(for: workload, release: workload.hasRelease ? facts : nil, secrets: secrets)[0]
    }

    static func wanted(
        _ sequence: Int, release: String = "a", spec: String = "spec", command: String = "update mozart",
        time: String = "2026-01-01T00:00:00Z"
    ) -> WantedRelease {
        WantedRelease(
            sequence: sequence, release: String(repeating: release, count: 64), spec: spec,
            identity: Identity(user: "ops", host: "here", command: command), time: time,
            commits: ["hysds": "0123456789ab", "mozart": "0123456789ab+dirty"])
    }

    static func revision(
        _ name: String, _ sequence: Int, release: String = "a", generation: String = "g1", secretKeys: [String] = ["k"]
    ) throws -> Revision {
        let object = try object(
            name, sequence: sequence, release: release, generation: generation, secretKeys: secretKeys)
        return Revision(
            workload: name,
            wanted: wanted(sequence, release: release, spec: object.annotations[RecordNames.spec] ?? ""), object: object
        )
    }

    /// What the API server would hold of an object: with replicas, and what it fills in itself.
    static func live(_ object: KubernetesObject, replicas: Int, remembered: Int? = nil) -> KubernetesObject {
        var live = object
        live[path: ["spec", "replicas"]] = .integer(Int64(replicas))
        live[path: ["metadata", "uid"]] = .string("uid-\(object.name)")
        live[path: ["metadata", "generation"]] = 1
        live[path: ["metadata", "resourceVersion"]] = "1"
        live[path: ["spec", "template", "spec", "restartPolicy"]] = "Always"
        if let remembered { live.annotations[RecordNames.replicasBeforeStop] = String(remembered) }
        return live
    }

    static func records(_ wanted: [String: WantedRelease]) -> Records {
        Records([
            .record(RecordNames.wanted, namespace: namespace, data: wanted.mapValues(\.json)),
            .record(RecordNames.marker, namespace: namespace, data: ["venue": "test"]),
        ])
    }

    struct Missing: Error {
        var name: String
    }

    private static func folder(_ name: String) -> [String: [UInt8]] {
        let folder = root.appending(path: name)
        var files: [String: [UInt8]] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() {
            guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path), !data.isEmpty
            else { continue }
            files[path] = Array(data)
        }
        return files
    }
}
