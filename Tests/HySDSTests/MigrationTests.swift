import Testing

@testable import HySDS

@Suite("A configuration of the SSH era")
struct MigrationTests {
    static let old = """
        MOZART_PVT_IP: 10.0.0.5
        MOZART_FQDN: mozart.example.org
        MOZART_RABBIT_PVT_IP: 10.0.0.5
        MOZART_RABBIT_USER: guest
        MOZART_RABBIT_PASSWORD: guest
        MOZART_REDIS_PVT_IP: 127.0.0.1
        MOZART_REDIS_PASSWORD: 0123
        MOZART_ES_PVT_IP: [10.0.0.6, 10.0.0.7]
        MOZART_ES_ENGINE: opensearch
        LDAP_GROUPS: [ops, jpl users]
        KEY_FILENAME: /home/ops/.ssh/id_rsa
        METRICS_ES_PVT_IP: 10.0.0.9
        GRQ_PVT_IP: 10.0.0.8
        GRQ_PORT: 8878
        GRQ_ES_PVT_IP: search.example.org
        GRQ_AWS_ES: true
        DAV_SERVER: None
        # our queues
        QUEUES:
          - QUEUE_NAME: small   # a comment
            INSTANCE_TYPES: [t3.medium]
        MISSION_KEY: a b   # ours
        MISSION_NOTHING: None
        """

    static func migrate(
        _ text: String = old, _ choices: [String: Migration.Choice] = [:], host: String? = nil
    ) throws -> (text: ConfigurationText, lines: [Migration.Line]) {
        try Migration(Array(text.utf8), file: "old", installation: Fixture.installation)
            .result(choices: choices, host: host)
    }

    @Test(
        "becomes one of Kubernetes, key by key",
        arguments: [
            ("MOZART_PVT_IP", .text("mozart")), ("MOZART_FQDN", .text("hysds-front")),
            ("MOZART_RABBIT_PVT_IP", .text("mozart-rabbitmq")), ("MOZART_RABBIT_USER", .text("hysds")),
            ("MOZART_RABBIT_PASSWORD", .text("")), ("MOZART_REDIS_PVT_IP", .text("mozart-redis")),
            ("MOZART_ES_PVT_IP", .text("mozart-es")), ("MOZART_ES_ENGINE", .text("elasticsearch")),
            ("LDAP_GROUPS", .list([.text("ops"), .text("jpl users")])),
            ("KEY_FILENAME", .text("/home/ops/.ssh/id_rsa")), ("GRQ_PVT_IP", .text("grq")),
            ("GRQ_PORT", .integer(8878)), ("GRQ_ES_PVT_IP", .text("grq-es")), ("GRQ_AWS_ES", .bool(false)),
            ("DAV_SERVER", .text("")), ("MISSION_KEY", .text("a b")), ("MISSION_NOTHING", .null),
            (
                "QUEUES",
                .list([
                    .mapping([
                        .init("QUEUE_NAME", .text("small")), .init("INSTANCE_TYPES", .list([.text("t3.medium")])),
                    ])
                ])
            ),
        ] as [(String, ConfigurationValue)])
    func anew(key: String, value: ConfigurationValue) throws {
        #expect(try Self.migrate().text.value(at: [key]) == value)
    }

    @Test(
        "keeps the stores that stay where they are, with their users and passwords",
        arguments: [
            (["MOZART_RABBIT_PVT_IP"], .text("10.0.0.5")), (["MOZART_RABBIT_USER"], .text("guest")),
            (["MOZART_RABBIT_PASSWORD"], .text("guest")), (["MOZART_REDIS_PVT_IP"], .text("10.0.0.5")),
            (["MOZART_REDIS_PASSWORD"], .integer(83)),
            (["MOZART_ES_PVT_IP"], .list([.text("10.0.0.6"), .text("10.0.0.7")])),
            (["MOZART_ES_ENGINE"], .text("opensearch")), (["GRQ_AWS_ES"], .bool(true)),
            (["kubernetes", "external", "mozart-redis", "address"], .text("10.0.0.5")),
            (["kubernetes", "external", "mozart-es", "address"], .text("10.0.0.6")),
            (["kubernetes", "external", "grq-es", "address"], .text("search.example.org")),
            (["kubernetes", "external", "grq-es", "port"], .integer(443)),
            (["kubernetes", "external", "grq-es", "tls"], .bool(true)),
        ] as [([String], ConfigurationValue)])
    func kept(path: [String], value: ConfigurationValue) throws {
        let migration = try Migration(Array(Self.old.utf8), file: "old", installation: Fixture.installation)
        let choices = Dictionary(uniqueKeysWithValues: migration.stores.map { ($0.name, Migration.Choice.keep) })
        let text = migration.result(choices: choices, host: nil).text
        #expect(text.value(at: path) == value)
        // What it writes, it reads.
        _ = try Fixture.configuration(text.text)
    }

    @Test("names every key once, and no secret's value")
    func lines() throws {
        let secret = Self.old.replacing("MOZART_REDIS_PASSWORD: 0123", with: "MOZART_REDIS_PASSWORD: hunter2-is-it")
        let (text, lines) = try Self.migrate(secret)
        var reading = YAMLReading(file: "old")
        let keys = reading.members(of: Array(Self.old.utf8)).map(\.key)
        #expect(Array(lines.map(\.key).prefix(keys.count)) == keys)
        #expect(!"\(lines)".contains("hunter2") && !"\(lines)".contains("guest"))
        #expect(keys.allSatisfy { text.contains($0) }, "no key is lost")
        #expect(text.text.contains("# our queues") && text.text.contains("# a comment") && text.text.contains("# ours"))
        #expect(!text.text.contains("None"))
    }

    @Test("knows which stores there are, and where")
    func stores() throws {
        let migration = try Migration(Array(Self.old.utf8), file: "old", installation: Fixture.installation)
        #expect(
            migration.stores.map(\.name) == ["mozart-rabbitmq", "mozart-redis", "mozart-es", "grq-es", "metrics-es"])
        #expect(
            migration.stores.map { $0.addresses.joined(separator: " ") } == [
                "10.0.0.5", "10.0.0.5", "10.0.0.6 10.0.0.7", "search.example.org", "10.0.0.9",
            ])
        #expect(!migration.isMigrated)
    }

    @Test("gives scripts the front's host where it is known, and pods the Services")
    func front() throws {
        var (text, _) = try Self.migrate(host: "sds.example.org")
        text.set(["kubernetes", "outside", "host"], to: .text("sds.example.org"))
        #expect(text.text.contains("\nGRQ_PVT_IP: sds.example.org\n"))
        let configuration = try Fixture.configuration(text.text)
        #expect(configuration["GRQ_PVT_IP"] == .text("grq"))
        #expect(configuration["MOZART_PVT_IP"] == .text("mozart"))
        #expect(configuration["MOZART_FQDN"] == .text("sds.example.org"))
    }

    @Test("follows the front's host when it changes, and goes back to the Services without one")
    func changedHost() throws {
        let reference = ConfigurationText(ReferenceTests.text)
        var text = reference
        text.set(["kubernetes", "outside", "host"], to: .text("a.example.org"))
        text.setFront(before: nil, reference: reference)
        #expect(text.value(at: ["GRQ_PVT_IP"]) == .text("a.example.org"))
        text.set("METRICS_PVT_IP", to: "10.0.0.1")
        text.set(["kubernetes", "outside", "host"], to: .text("b.example.org"))
        text.setFront(before: "a.example.org", reference: reference)
        #expect(text.value(at: ["GRQ_PVT_IP"]) == .text("b.example.org"))
        #expect(text.value(at: ["METRICS_PVT_IP"]) == .text("10.0.0.1"), "the operator's own")
        #expect(try Fixture.configuration(text.text).warnings.map(\.message).contains { $0.contains("pods ask there") })
        text.remove(["kubernetes", "outside"])
        text.setFront(before: "b.example.org", reference: reference)
        #expect(text.value(at: ["GRQ_PVT_IP"]) == .text("grq"))
        #expect(text.value(at: ["MOZART_FQDN"]) == .text("hysds-front"))
    }

    @Test("says TLS when the services spoke it")
    func tls() throws {
        let (text, _) = try Self.migrate(Self.old + "\nCA_BUNDLE_CERT: /etc/pki/ca.pem\n")
        #expect(text.value(at: ["kubernetes", "tls"]) == .bool(true))
    }

    @Test("is refused with the line when it is no YAML")
    func broken() {
        #expect {
            try Self.migrate("VENUE: ops\nMOZART_REDIS_PASSWORD: @x\n")
        } throws: {
            "\($0)".hasPrefix("old:2: not YAML") && !"\($0)".contains("@x")
        }
        #expect(throws: HySDSErrors.self) { try Self.migrate("") }
    }

    @Test(
        "takes keys from the environment",
        arguments: [
            ("SDS_VENUE", "test", ["VENUE"], .text("test")), ("SDS_GRQ_PORT", "9000", ["GRQ_PORT"], .integer(9000)),
            ("SDS_MOZART_RABBIT_PASSWORD", "0123", ["MOZART_RABBIT_PASSWORD"], .text("0123")),
            (
                "SDS_KUBERNETES_INGRESS_HOST", "h.example.org", ["kubernetes", "ingress", "host"],
                .text("h.example.org")
            ),
            ("SDS_KUBERNETES_INGRESS_ENABLED", "true", ["kubernetes", "ingress", "enabled"], .bool(true)),
            ("SDS_KUBERNETES_STORAGE_CLASS", "fast", ["kubernetes", "storage", "class"], .text("fast")),
            (
                "SDS_KUBERNETES_IMAGE_PULL_SECRETS", "[a, b]", ["kubernetes", "image-pull-secrets"],
                .list([.text("a"), .text("b")])
            ),
            ("SDS_QUEUES", "[{QUEUE_NAME: q}]", ["QUEUES"], .list([.mapping([.init("QUEUE_NAME", .text("q"))])])),
            ("SDS_MISSION_KEY", "x", ["MISSION_KEY"], .text("x")),
        ] as [(String, String, [String], ConfigurationValue)])
    func environment(name: String, value: String, path: [String], expected: ConfigurationValue) {
        let answers = EnvironmentAnswers([name: value, "PATH": "/bin"], present: ["MISSION_KEY"])
        var text = ConfigurationText("VENUE: ops\n")
        answers.apply(to: &text)
        #expect(text.value(at: path) == expected)
        #expect(answers.warnings == [])
    }

    @Test("names a variable that is nearly a key")
    func misspelt() {
        let answers = EnvironmentAnswers(
            ["SDS_GRQ_PROT": "1", "SDS_SHARE": "x", "SDS_SOMETHING_ELSE": ""], present: [])
        #expect(answers.warnings.map(\.hint) == ["did you mean SDS_GRQ_PORT"])
        #expect(answers.values.isEmpty)
    }
}
