import Foundation
import HySDS
import S3StandIn
import Testing

@testable import Operations

/// Bundles are what hosts outside the cluster unpack: looked at with tar, not with our own reader.
struct BundleTests {
    private let home: URL
    private let ops: URL
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    init() throws {
        home = FileManager.default.temporaryDirectory.appending(path: "sds-bundle-\(UUID().uuidString)")
        ops = home.appending(path: "mozart/ops")
        try write("", "code_configs/.keep")
        try FileManager.default.createDirectory(
            at: ops.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Self.root.appending(path: "Tests/sample/mozart/ops"), to: ops)
        try write("print('pcm')\n", "verdi/ops/opera-pcm/pcm.py")
        try write("stale\n", "verdi/ops/hysds/old.py")
        try write("a: 1\n", "verdi/etc/settings.yaml")
        try write("stale\n", "verdi/etc/datasets.json")
    }

    private func write(_ text: String, _ path: String) throws {
        let file = home.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func session(
        outside: String =
            "{host: front.example.org, mozart-rabbitmq: r.example.org, mozart-redis: m.example.org, mozart-es: e.example.org, grq-es: g.example.org, metrics-redis: x.example.org, metrics-es: y.example.org}",
        more: String = ""
    ) throws -> Session {
        try write(
            """
            VENUE: test
            MOZART_RABBIT_PASSWORD: rabbit-secret
            MOZART_REDIS_PASSWORD: redis-secret
            METRICS_REDIS_PASSWORD: metrics-secret
            AWS_ACCESS_KEY: AKIATEST
            AWS_SECRET_KEY: a/secret+key
            \(more)
            QUEUES:
              - {QUEUE_NAME: test-job_worker-small, INSTANCE_TYPES: [t3.medium]}
            kubernetes:
              namespace: test
              outside: \(outside)
            """, ".sds/config")
        let share = try Share(program: "/nowhere", environment: ["SDS_SHARE": Self.root.path])
        let site = try Site.load(
            share: share, configurationFile: home.appending(path: ".sds/config").path, home: home.path,
            opsFolder: ops.path, namespace: nil)
        let small = try SmallSystem.session()
        return Session(
            site: site, client: small.client, namespace: "test", identity: small.identity, options: small.options,
            emit: { _ in })
    }

    private func tar(_ arguments: String..., archive: [UInt8]) throws -> String {
        let file = home.appending(path: "bundle.tbz2")
        try Data(archive).write(to: file)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["tar"] + arguments.map { $0 == "FILE" ? file.path : $0 }
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    @Test("a bundle has sdscli's layout, the operator's own folders, and addresses from outside")
    func layout() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let session = try session()
        let bundles = try await BundlePacking(session, configuration: session.site.configuration).bundles()
        #expect(bundles.map(\.fileName) == ["test-job_worker-small-test.tbz2"])
        let bytes = try #require(bundles.first?.bytes)
        let names = Set(try tar("-tjf", "FILE", archive: bytes).split(separator: "\n").map(String.init))
        for name in [
            "install.sh", "etc/datasets.json", "etc/supervisord.conf.tmpl", "etc/settings.yaml",
            "hysds/celeryconfig.py", "hysds/hysds/__init__.py", "osaka/osaka/__init__.py", "opera-pcm/pcm.py",
            "creds/.aws/config", "creds/.aws/credentials", "creds/.boto", "creds/.s3cfg",
        ] {
            #expect(names.contains(name), "\(name) is missing")
        }
        #expect(!names.contains("hysds/old.py"), "sdscli's own copy of hysds is in it")
        #expect(!names.contains { $0.hasPrefix("/") || $0.contains("..") })
        let celery = try tar("-xjOf", "FILE", "hysds/celeryconfig.py", archive: bytes)
        #expect(celery.contains("r.example.org") && !celery.contains("mozart-rabbitmq"))
        #expect(try tar("-xjOf", "FILE", "etc/datasets.json", archive: bytes) != "stale\n")
        #expect(
            try tar("-xjOf", "FILE", "etc/supervisord.conf.tmpl", archive: bytes).contains("-Q test-job_worker-small"))
        let list = try tar("-tvjf", "FILE", archive: bytes)
        #expect(list.contains("-rwxr-xr-x") && list.split(separator: "\n").contains { $0.hasSuffix(" install.sh") })
        #expect(
            list.split(separator: "\n").filter { $0.contains("creds/.") && !$0.hasPrefix("d") }
                .allSatisfy { $0.hasPrefix("-rw------- ") }, "\(list)")
    }

    @Test("equal input gives equal bytes")
    func identical() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let session = try session()
        let packing = BundlePacking(session, configuration: session.site.configuration)
        #expect(try await packing.bundles().map(\.digest) == packing.bundles().map(\.digest))
    }

    @Test("an address that isn't set is named, and nothing is packed")
    func missingAddress() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let session = try session(outside: "{host: front.example.org}")
        let error = await #expect(throws: HySDSErrors.self) {
            try await BundlePacking(session, configuration: session.site.configuration).bundles()
        }
        #expect(error?.all.contains { $0.description.contains("kubernetes.outside.mozart-rabbitmq") } == true)
    }

    @Test("a folder that can't be a tree is refused by name", arguments: ["mozart", "-x", "a b", "verdi-etc"])
    func badName(name: String) async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        try write("", "verdi/ops/\(name)/x.py")
        let session = try session()
        let error = await #expect(throws: OperationError.self) {
            try await BundlePacking(session, configuration: session.site.configuration).bundles()
        }
        #expect(error?.kind == .usage && error?.message.contains("verdi/ops/\(name)") == true)
    }

    @Test("a bundle is written for its owner only, uploaded, and the second time unchanged", arguments: [false, true])
    func delivery(isEncrypted: Bool) async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let server = try S3StandIn()
        let session = try session(
            more: "S3_ENDPOINT: http://127.0.0.1:\(server.port)\nCODE_BUCKET: code\nAWS_REGION: us-west-2")
        let bundles = try await BundlePacking(session, configuration: session.site.configuration).bundles()
        let delivery = BundleDelivery(session: session, isEncrypted: isEncrypted)
        let first = try await delivery(bundles)
        #expect(first.first?.url == "s3://code/test-job_worker-small-test.tbz2" && first.first?.isUnchanged == false)
        let file = home.appending(path: "code_configs/test-job_worker-small-test.tbz2")
        #expect(try Data(contentsOf: file) == Data(bundles[0].bytes))
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try await delivery(bundles).first?.isUnchanged == true)
        let names = try server.keys()
        #expect(names == ["test-job_worker-small-test.tbz2"], "parts are left: \(names)")
        try FileManager.default.removeItem(at: file)
        #expect(try await delivery(bundles).first?.isUnchanged == false)
    }

    @Test("a bucket that refuses is told, with the file that is there")
    func refusedUpload() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let server = try S3StandIn()
        let session = try session(
            more: "S3_ENDPOINT: http://127.0.0.1:\(server.port)\nCODE_BUCKET: another\nAWS_REGION: us-west-2")
        let bundles = try await BundlePacking(session, configuration: session.site.configuration).bundles()
        let error = await #expect(throws: OperationError.self) {
            try await BundleDelivery(session: session, isEncrypted: false)(bundles)
        }
        #expect(error?.description.contains("NoSuchBucket") == true, "\(String(describing: error))")
        #expect(error?.description.contains("secret") == false)
    }
}
