import Cluster
import FakeCluster
import Foundation
import HySDS
import Operations

/// The repository's own HySDS with the sample code trees, on a fake cluster whose workloads get pods.
struct System: Sendable {
    static let namespace = "test"
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let configuration = """
        VENUE: test
        QUEUES:
          - QUEUE_NAME: test-job_worker-small
            INSTANCE_TYPES: [t3.medium]
        kubernetes:
          namespace: \(namespace)
          profile: single-node
          images: {hysds/mozart: "local/mozart@sha256:1", hysds/grq2: "local/grq2@sha256:2", hysds/pele: "local/pele@sha256:3",
            hysds/worker: "local/worker@sha256:4", hysds/ui: "local/ui@sha256:5", hysds/base: "local/base@sha256:6"}
        """

    static let everything = Component.allCases

    let cluster: FakeCluster
    let client: ClusterClient
    private let site: Site

    /// - Parameter latency: Of each answer, so that what happens at the same time shows.
    static func run<Value: Sendable>(
        latency: Duration = .zero, requestTimeout: Duration = .seconds(20), _ body: (System) async throws -> Value
    ) async throws -> Value {
        var settings = FakeClusterSettings()
        settings.runsControllers = true
        settings.latency = latency
        settings.namespaces += ["\(namespace)-jobs"]
        return try await FakeCluster.run(settings) { cluster in
            // What the supervisor in a worker pod answers when it has nothing to do.
            cluster.script(["sh", "-c"], ExecScript(.output(#"{"state":"idle","active":0,"jobs":[]}"#), .exit(0)))
            let client = try ClusterClient(
                cluster.access, settings: ClientSettings(requestTimeout: requestTimeout, watchPatience: .seconds(20)))
            return try await body(System(cluster: cluster, client: client, site: try site()))
        }
    }

    private static func site(without image: String? = nil, ops: String? = nil) throws -> Site {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sds-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "config").path
        let text = image.map { configuration.replacing("\($0): ", with: "not/\($0): ") } ?? configuration
        try Data(text.utf8).write(to: URL(filePath: file))
        return try Site.load(
            share: try Share(program: "", environment: ["SDS_SHARE": root]), configurationFile: file, home: folder.path,
            opsFolder: ops ?? "\(root)/Tests/sample/mozart/ops", namespace: namespace)
    }

    func session(
        _ command: String, lockWait: Duration = .seconds(10), emit: @escaping EventSink = { _ in }
    ) -> Session {
        var options = Session.Options()
        options.lockWait = lockWait
        options.timeout = .seconds(60)
        return Session(
            site: site, client: client, namespace: Self.namespace,
            identity: Identity(user: "tester", host: "here", command: command), options: options, emit: emit)
    }

    /// A session whose configuration doesn't name an image.
    func session(_ command: String, without image: String, ops: String? = nil) throws -> Session {
        Session(
            site: try Self.site(without: image, ops: ops), client: client, namespace: Self.namespace,
            identity: Identity(user: "tester", host: "here", command: command), options: Session.Options(),
            emit: { _ in })
    }

    func start(_ components: [Component] = everything, lockWait: Duration = .seconds(10)) async throws -> Outcome {
        try await Start(components)(session("start all", lockWait: lockWait))
    }

    func stop(_ components: [Component] = everything) async throws -> Outcome {
        try await Stop(components, limit: .perQueue)(session("stop all"))
    }
}
