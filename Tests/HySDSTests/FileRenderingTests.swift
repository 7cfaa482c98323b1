import HySDS
import Kubernetes
import Testing

@Suite("The files of a workload")
struct FileRenderingTests {
    /// Renders one template `a.tmpl` of a workload with a tree.
    static func render(
        user: [String: String] = [:], checkout: [String: String] = [:], conf: [String: String], config: String = ""
    ) throws -> RenderedFile {
        let manifest = TopologyTests.manifest(
            "grq2", notes: #"{sds.hysds.org/trees: "hysds", sds.hysds.org/files: "etc/a <- a.tmpl 0755"}"#)
        let installation = Installation(k8s: ["a.yaml": Array(manifest.utf8)], conf: conf.mapValues { Array($0.utf8) })
        let configuration = try Fixture.configuration(config, installation: installation)
        let topology = try Topology(installation: installation, configuration: configuration)
        let rendering = FileRendering(
            configuration: configuration, topology: topology, sources: try TemplateSources(installation: installation),
            texts: TemplateTexts(
                user: user.mapValues { Array($0.utf8) }, checkout: checkout.mapValues { Array($0.utf8) },
                conf: installation.conf))
        let workload = try #require(topology["grq2"])
        return try #require(try rendering.files(for: workload).first)
    }

    static func text(
        user: [String: String] = [:], checkout: [String: String] = [:], conf: [String: String], config: String = ""
    ) throws -> String {
        String(
            decoding: try render(user: user, checkout: checkout, conf: conf, config: config).bytes.revealed,
            as: UTF8.self)
    }

    static func complaint(conf: [String: String], config: String = "") -> String? {
        do {
            _ = try render(conf: conf, config: config)
            return nil
        } catch {
            return "\(error)"
        }
    }

    static let sources =
        "a.tmpl: {user: [mine, a.tmpl], checkout: repository/a.tmpl, conf: ours.tmpl, overlay: over, with: {extra: 1}}\n"

    @Test("come from the operator's files, else from the checkout, else from conf/")
    func places() throws {
        let conf = ["sources.yaml": Self.sources, "ours.tmpl": "ours", "over": "over"]
        let checkout = ["repository/a.tmpl": "theirs"]
        #expect(try Self.render(conf: conf).source == "conf/ours.tmpl")
        #expect(try Self.render(checkout: checkout, conf: conf).source == "repository/a.tmpl")
        #expect(try Self.render(user: ["a.tmpl": "x"], checkout: checkout, conf: conf).source == "~/.sds/files/a.tmpl")
        #expect(
            try Self.render(user: ["a.tmpl": "x", "mine": "y"], checkout: checkout, conf: conf).source
                == "~/.sds/files/mine")
    }

    @Test("get our overlay when the text isn't ours")
    func overlays() throws {
        let conf = ["sources.yaml": Self.sources, "ours.tmpl": "ours", "over": "over {{ extra }}"]
        #expect(try Self.text(conf: conf) == "ours")
        #expect(try Self.text(user: ["mine": "mine"], conf: conf) == "mine\nover 1")
    }

    @Test(
        "come from conf/ alone without the key that they need",
        arguments: [("AWS_ACCESS_KEY: 83\n", "mine"), ("AWS_ACCESS_KEY: ''\n", "ours"), ("", "ours")])
    func onlyWith(config: String, text: String) throws {
        let sources = "a.tmpl: {user: [mine], conf: ours.tmpl, only-with: AWS_ACCESS_KEY}\n"
        let conf = ["sources.yaml": sources, "ours.tmpl": "ours"]
        #expect(try Self.text(user: ["mine": "mine"], conf: conf, config: config) == text)
    }

    @Test("keep the mode and the place that the topology gives them")
    func declaration() throws {
        let file = try Self.render(conf: ["a.tmpl": "x"])
        #expect(file.destination == "etc/a")
        #expect(file.mode == 0o755)
        #expect(!file.isSecret)
    }

    @Test(
        "see the configuration as sdscli showed it",
        arguments: [
            ("{{ HOST_STRING }}", "grq2"), ("{{ LDAP_GROUPS }}", "['a', 'b c']"), ("{{ MINE }}", "83"),
            ("{{ FLAG }}", "True"),
            ("{{ MOZART_REDIS_PASSWORD }}|{{ METRICS_REDIS_PASSWORD }}", "|"), ("{{ LIST[1].name }}", "x"),
            ("{{ SDS_NAMESPACE }} {{ SDS_TLS }} {{ SDS_FRONT_AUTH }}", "there False basic"), ("{{ NOTHING }}", "None"),
            // Keys that HySDS's templates know and nobody set are empty, as with sdscli.
            ("{{ CODE_BUCKET }}|{{ GRQ_AWS_ES or 'no' }}|{{ EVICT_CACHE | default(false) }}", "|no|False"),
        ])
    func context(template: String, text: String) throws {
        let config = """
            LDAP_GROUPS: a, b c
            MINE: 0123
            FLAG: yes
            NOTHING:
            LIST: [1, {name: x}]
            kubernetes: {namespace: there}
            """
        #expect(try Self.text(conf: ["a.tmpl": template], config: config) == text)
    }

    @Test("name template, line, variable and where to set it when a name is unknown")
    func undefined() {
        #expect(
            Self.complaint(conf: ["a.tmpl": "one\n{{ MISSION_BUKET }}"], config: "MISSION_BUCKET: b\n")
                == "conf/a.tmpl:2: 'MISSION_BUKET' is undefined (set MISSION_BUKET in config, or did you mean MISSION_BUCKET, or say --allow-undefined: it is empty then, as with sdscli)"
        )
        // A known key that is missing hides no unknown one.
        #expect(
            Self.complaint(conf: ["a.tmpl": "{{ CODE_BUCKET }}\n{{ MISSION }}"])?.hasPrefix("conf/a.tmpl:2: 'MISSION'")
                == true)
    }

    @Test("name the places that were searched for a template")
    func missing() {
        #expect(
            Self.complaint(conf: [:])
                == "k8s/a.yaml:1: etc/a: no template a.tmpl (looked for ~/.sds/files/a.tmpl, conf/a.tmpl)")
    }

    @Test("hash passwords as RabbitMQ and nginx want them")
    func hashes() {
        // From RabbitMQ's documentation.
        #expect(
            PasswordHashes.rabbitMQ("test12", salt: [0x90, 0x8d, 0xc6, 0x0a])
                == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")
        #expect(
            PasswordHashes.salted("hunter2", salt: Array("12345678".utf8))
                == "{SSHA}kninoXkJvR9CdPl/eNgw9AxxBsExMjM0NTY3OA==")
    }

    @Test("hash the same twice, and differently for another cluster")
    func stableHashes() throws {
        func users(_ key: String) throws -> String {
            PasswordHashes(
                configuration: try Fixture.configuration("FRONT_PASSWORD: word\nMOZART_SECRET_KEY: \(key)\n")
            ).frontUsers
        }
        #expect(try users("a") == users("a"))
        #expect(try users("a") != users("b"))
        #expect(try users("a").hasPrefix("ops:{SSHA}"))
    }

    @Test("render from conf/ for every workload of both profiles", arguments: RepositoryTests.profiles)
    func everything(profile: String) throws {
        let (bare, topology) = try RepositoryTests.system(profile)
        let configuration = bare.adding(secrets: Fixture.secrets(of: bare))
        let rendering = FileRendering(
            configuration: configuration, topology: topology,
            sources: try TemplateSources(installation: Fixture.installation),
            texts: TemplateTexts(conf: Fixture.installation.conf))
        for workload in topology.workloads {
            for file in try rendering.files(for: workload) where file.destination.hasSuffix(".json") {
                #expect(throws: Never.self, "\(workload.name): \(file.source)") {
                    try JSONValue(parsing: file.bytes.revealed)
                }
            }
        }
    }
}
