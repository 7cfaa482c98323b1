import Foundation
import HySDS
import Kubernetes
import Testing

/// What made real HySDS services fail when they were first brought up in pods: none of it may come back.
@Suite("Pitfalls of running HySDS in pods", .timeLimit(.minutes(3)))
struct PitfallTests {
    private static let images = ["mozart", "grq2", "pele", "worker"]

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Fixture.root.appending(path: path), encoding: .utf8)
    }

    private static func pins(_ image: String) throws -> [String: String] {
        let lines = try text("images/\(image)/requirements.txt").split(separator: "\n")
        return Dictionary(
            lines.compactMap { line in
                let parts = line.split(separator: "==", maxSplits: 1).map(String.init)
                return parts.count == 2 ? (parts[0].lowercased(), parts[1]) : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The rendered files of every workload that has one of this name.
    private static func rendered(_ name: String, _ settings: String = "") throws -> [(Workload, RenderedFile)] {
        let (bare, topology) = try RepositoryTests.system("production", settings)
        let configuration = bare.adding(secrets: Fixture.secrets(of: bare))
        let rendering = FileRendering(
            configuration: configuration, topology: topology,
            sources: try TemplateSources(installation: Fixture.installation),
            texts: TemplateTexts(conf: Fixture.installation.conf))
        return try topology.workloads.flatMap { workload in
            try rendering.files(for: workload).filter { $0.declaration.destination.hasSuffix(name) }.map {
                (workload, $0)
            }
        }
    }

    private static func celeryconfig(_ settings: String = "") throws -> String {
        let file = try #require(try rendered("celeryconfig.py", settings).first).1
        return String(decoding: file.bytes.revealed, as: UTF8.self)
    }

    private static func environment(_ object: KubernetesObject) -> [String: String] {
        let containers = object[path: ["spec", "template", "spec", "containers"]]?.array ?? []
        let pairs = containers.flatMap { $0["env"]?.array ?? [] }.compactMap { variable -> (String, String)? in
            guard let name = variable["name"]?.string, let value = variable["value"]?.string else { return nil }
            return (name, value)
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    @Test("1: images have Python 3.12: hysds has syntax that 3.11 doesn't know", arguments: images)
    func python(image: String) throws {
        #expect(try Self.text("images/\(image)/Containerfile").contains("\nARG PYTHON_VERSION=3.12\n"))
    }

    @Test("2: whoever imports hysds has .netrc-os in HOME with exactly mode 0600")
    func netrc() throws {
        let (_, topology) = try RepositoryTests.system("production")
        let importing = topology.workloads.filter { workload in
            workload.files.contains { $0.destination.hasSuffix("celeryconfig.py") }
        }
        #expect(importing.count > 10)
        for workload in importing {
            let file = workload.files.first { $0.destination == "~/.netrc-os" }
            #expect(file?.isSecret == true && file?.mode == 0o600, "\(workload.name)")
        }
    }

    @Test("3, 4: Redis is rediss and the broker amqps with TLS; without, broker_use_ssl is a dict, not Celery's False")
    func transport() throws {
        let plain = try Self.celeryconfig()
        #expect(plain.contains("broker_use_ssl = {}") && !plain.contains("rediss://") && !plain.contains("\"amqps\""))
        let secure = try Self.celeryconfig("  tls: true\n")
        #expect(secure.contains("rediss://") && secure.contains("\"amqps\"") && !secure.contains("\"redis://"))
    }

    @Test("5, 6, 13: undeclared packages are in, those that need headers or break others are out", arguments: images)
    func packages(image: String) throws {
        let pins = try Self.pins(image)
        #expect(image == "worker" || pins["flask-cors"] != nil)
        #expect(pins["boto3"] != nil)
        #expect(pins["numpy"].map { $0.hasPrefix("1.") } ?? true, "elasticsearch 7 touches np.float_")
        if let celery = pins["celery"] { #expect(celery.hasPrefix("5.5.") && pins["redis"] == "5.2.1") }
        for name in ["python-ldap", "simpleldap"] { #expect(pins[name] == nil) }
    }

    @Test("7: REST services listen on every address of their pod", arguments: ["mozart-rest", "grq2", "pele"])
    func listening(name: String) throws {
        let (_, topology) = try RepositoryTests.system("production")
        let object = try #require(topology[name]).object
        let containers = object[path: ["spec", "template", "spec", "containers"]]?.array ?? []
        let words = containers.flatMap { $0["command"]?.array ?? [] }.compactMap(\.string)
        let index = try #require(words.firstIndex(of: "-b"))
        #expect(words[index + 1].hasPrefix("0.0.0.0:"))
    }

    @Test(
        "8: no probe asks a route that asks Elasticsearch and hangs for 34 seconds", arguments: RepositoryTests.profiles
    )
    func probes(profile: String) throws {
        let harmless: Set = [
            "/services", "/api/v0.1/swagger.json", "/flower/healthcheck", "/.sds-alive", "/api/status", "/hysds_ui/",
            "/",
        ]
        for (workload, objects) in try RepositoryTests.objects(profile)
        where [.service, .proxy].contains(workload.role) {
            let containers = objects.first?[path: ["spec", "template", "spec", "containers"]]?.array ?? []
            for container in containers {
                for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                    guard let path = container[probe]?[path: ["httpGet", "path"]]?.string else { continue }
                    #expect(harmless.contains(path), "\(workload.name) \(probe) \(path)")
                }
            }
        }
    }

    @Test("9: orchestrators and job workers have the files without which every job fails after it was accepted")
    func settings() throws {
        let (_, topology) = try RepositoryTests.system(
            "production", "  workloads: {import-prov-es: {enabled: true}}\n")
        for workload in topology.workers {
            let environment = Self.environment(workload.object)
            if workload.name.hasPrefix("orchestrator") {
                #expect(environment["HYSDS_ORCHESTRATOR_CFG"]?.hasPrefix("/sds/current/ops/hysds/") == true)
                #expect(environment["HYSDS_JOB_CREATORS_DIR"]?.hasPrefix("/sds/current/ops/hysds/") == true)
            }
            guard environment["HYSDS_ROOT_WORK_DIR"] != nil else { continue }
            let path = try #require(environment["HYSDS_DATASETS_CFG"], "\(workload.name)")
            #expect(workload.files.contains { "/sds/current/" + $0.destination == path }, "\(workload.name)")
        }
    }

    @Test(
        "10: settings.cfg lies one level above the package",
        arguments: [("mozart-rest", "mozart"), ("grq2", "grq2"), ("pele", "pele")])
    func settingsFile(name: String, tree: String) throws {
        let (_, topology) = try RepositoryTests.system("production")
        let workload = try #require(topology[name])
        #expect(workload.files.contains { $0.destination == "ops/\(tree)/settings.cfg" })
        #expect(workload.trees.contains(tree))
    }

    @Test(
        "11: README.md is in the context of what reads it while it installs", arguments: ["mozart", "grq2", "worker"])
    func readme(image: String) throws {
        let text = try Self.text("images/\(image)/image.yaml")
        for tree in ["osaka", "hysds_commons"] {
            #expect(text.contains("  \(tree): [setup.py, README.md,"), "\(tree)")
        }
    }

    @Test("12: queues are declared before any worker, with the priority that workers declare them with")
    func priority() throws {
        #expect(try Self.celeryconfig().contains("task_queue_max_priority = 10"))
        for name in ["mozart", "mozart-reset"] {
            let text = try Self.text("conf/setup/\(name).json.tmpl")
            #expect(text.contains(#""do": "declare-queue", "queues": {{ SDS_QUEUES | tojson }}, "max-priority": 10"#))
        }
        let set = try #require(try Self.rendered("store/setup.json").first { $0.0.name == "mozart-setup" }).1
        let (_, topology) = try RepositoryTests.system("production")
        let setUp = String(decoding: set.bytes.revealed, as: UTF8.self)
        for queue in topology.queues { #expect(setUp.contains("\"\(queue)\""), "\(queue)") }
    }
}
