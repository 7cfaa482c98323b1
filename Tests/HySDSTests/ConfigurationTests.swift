import HySDS
import Testing

@Suite("The configuration")
struct ConfigurationTests {
    @Test(
        "reads plain words as PyYAML does",
        arguments: [
            ("0123", .integer(83)), ("123", .integer(123)), ("0o17", .text("0o17")), ("0x1F", .integer(31)),
            ("089", .text("089")),
            ("0b101", .integer(5)), ("1_000", .integer(1000)), ("-0", .integer(0)), ("+12", .integer(12)),
            ("12:30", .integer(750)), ("12:30:45", .integer(45045)), ("1:99", .text("1:99")),
            ("yes", .bool(true)), ("No", .bool(false)), ("on", .bool(true)), ("OFF", .bool(false)), ("y", .text("y")),
            ("tRue", .text("tRue")), ("~", .null), ("", .null), ("Null", .null), ("None", .text("None")),
            ("1.5", .number(1.5)), ("1.", .number(1)), (".5", .number(0.5)), ("1e3", .text("1e3")),
            ("1.0e3", .text("1.0e3")),
            ("1.0e+3", .number(1000)), ("-.inf", .number(-.infinity)), ("1.2.3", .text("1.2.3")),
            ("10.0.0.1", .text("10.0.0.1")),
            ("2001-12-14", .text("2001-12-14")),
            ("2001-12-14t21:59:43.10-05:00", .text("2001-12-14 21:59:43.100000-05:00")),
            ("2001-13-45", .text("2001-13-45")), ("99999999999999999999", .text("99999999999999999999")),
            ("'0123'", .text("0123")), ("\"true\"", .text("true")), ("localhost:5050", .text("localhost:5050")),
        ] as [(String, ConfigurationValue)])
    func plainWords(word: String, value: ConfigurationValue) throws {
        let configuration = try Fixture.configuration(
            "MINE: \(word)\n", installation: Installation(k8s: [:], conf: [:]))
        #expect(configuration["MINE"] == value)
    }

    @Test(
        "names line, key, expectation and finding of a mistake",
        arguments: [
            ("GRQ_PORT: many\n", ["config:1: GRQ_PORT: expected a whole number, found text"]),
            ("VENUE: a\nVENUE: b\n", ["config:2: VENUE: set a second time, first in line 1 (keep one of the two)"]),
            ("VENUE: [a]\n", ["config:1: VENUE: expected text, found a list"]),
            ("QUEUES: {a: b}\n", ["config:1: QUEUES: expected a list, found a mapping"]),
            ("AUTH: maybe\n", ["config:1: AUTH: expected true or false, found text"]),
            (
                "kubernetes:\n  tls: true\n  queues:\n    q: {engine: sidecar}\n    r: {engine: none}\n",
                [
                    "config:3: kubernetes.queues.q.engine: expected none: workers with a container engine don't speak "
                        + "TLS yet (take the engine away, or kubernetes.tls)"
                ]
            ),
            (
                "QUEUES:\n  - INSTANCE_TYPES: [a]\n",
                ["config:1: QUEUES[0]: expected QUEUE_NAME, found a mapping without it"]
            ),
            (
                "QUEUES:\n  - QUEUE_NAME: a\n  - QUEUE_NAME: a\n", ["config:1: QUEUES[1]: the queue a is there twice"]
            ),
            ("kubernetes:\n  profil: x\n", ["config:2: kubernetes.profil: unknown key (did you mean profile)"]),
            (
                "kubernetes:\n  profile: big\n",
                ["config:2: kubernetes.profile: expected production, single-node, found 'big'"]
            ),
            (
                "kubernetes:\n  workloads:\n    grq2: {replicas: -1}\n",
                [
                    "config:3: kubernetes.workloads.grq2.replicas: expected a whole number of at least 0, found the integer -1"
                ]
            ),
            (
                "kubernetes:\n  storage: {sizes: {mozart-es: big}}\n",
                ["config:2: kubernetes.storage.sizes.mozart-es: expected a quantity such as 10Gi, found 'big'"]
            ),
            (
                "kubernetes:\n  namespace: Not A Name\n",
                [
                    "config:2: kubernetes.namespace: expected a name of a-z, 0-9 and -, at most 63 characters, found 'Not A Name'"
                ]
            ),
            (
                "kubernetes:\n  external:\n    grq-es: {port: 1}\n",
                ["config:3: kubernetes.external.grq-es.address: expected a host name or an IP address, found nothing"]
            ),
            (
                "kubernetes:\n  images: {redis: ''}\n",
                [
                    "config:2: kubernetes.images.redis: expected an image reference such as registry/name@sha256:…, found ''"
                ]
            ),
            (
                "kubernetes:\n  front: {auth: url}\n",
                [
                    "config:2: kubernetes.front.auth-url: expected the address of the authentication service, found nothing"
                ]
            ),
            (
                "kubernetes:\n  front: {auth: none}\n",
                ["config:2: kubernetes.front.auth: expected basic, url, none-i-know-it-is-open, found 'none'"]
            ),
            ("- a\n", ["config:1: expected `KEY: value` lines, found a list"]),
        ])
    func mistakes(text: String, complaints: [String]) {
        #expect(Fixture.complaints(text) == complaints)
    }

    @Test("says all mistakes at once, in a file that is broken in several places")
    func allAtOnce() {
        let text = """
            VENUE: one
            GRQ_PORT: many
            VENUE: two
            kubernetes:
              keda: perhaps
              colour: red
            """
        #expect(Fixture.complaints(text).map { $0.prefix(8) } == ["config:3", "config:5", "config:6", "config:2"])
    }

    @Test("names the line of text that is no YAML and says how to mend it")
    func noYAML() {
        let complaints = Fixture.complaints("A: b\nPASSWORD: @secret\n")
        #expect(complaints.count == 1)
        #expect(complaints.first?.hasPrefix("config:2: not YAML") == true)
        #expect(complaints.first?.contains("quote") == true)
        #expect(complaints.first?.contains("@secret") == false)
    }

    @Test(
        "warns of what works but is hardly meant",
        arguments: [
            ("AWS_ACCESS_KEY: None\n", "None is taken for nothing"), ("VENUE: 0123\n", "means 83"),
            ("MOZART_RABBIT_PASSWORD: 0123\n", "reads as something else"),
            ("MOZART_ES_PVT_IP: 127.0.0.1\n", "each pod itself"),
            ("MOZART_RABIT_USER: me\n", "no key that sds knows"), ("MINE: None\n", "neither empty nor null"),
            ("LDAP_GROUPS: on\n", "means True"),
        ])
    func warnings(text: String, part: String) throws {
        let warnings = try Fixture.configuration(text, installation: Installation(k8s: [:], conf: [:])).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.message.contains(part) == true)
    }

    @Test(
        "takes groups as sdscli's text or as a list, and nothing else",
        arguments: [
            ("LDAP_GROUPS: [a, b c]\n", [String]()), ("LDAP_GROUPS: a, b c\n", []), ("LDAP_GROUPS:\n  - a\n", []),
            ("LDAP_GROUPS: {a: 1}\n", ["expected text or a list of texts"]),
            ("LDAP_GROUPS: [[a]]\n", ["expected texts in the list"]),
        ])
    func groups(text: String, parts: [String]) {
        let complaints = Fixture.complaints(text)
        #expect(complaints.count == parts.count)
        for (complaint, part) in zip(complaints, parts) { #expect(complaint.contains(part)) }
    }

    @Test("takes a blank known key from the defaults, and keeps what the operator set")
    func defaults() throws {
        let defaults = "VENUE: ops\nGRQ_PORT: 8878\nMINE: theirs\n"
        let configuration = try Fixture.configuration(
            "VENUE:\nGRQ_PORT: 1\nEXTRA: [a, 1]\n",
            installation: Installation(k8s: [:], conf: ["sds.config": Array(defaults.utf8)]))
        #expect(configuration.venue == "ops")
        #expect(configuration["GRQ_PORT"] == .integer(1))
        #expect(configuration["MINE"] == .text("theirs"))
        #expect(configuration["EXTRA"] == .list([.text("a"), .integer(1)]))
    }

    @Test("never shows a secret, neither by printing nor by encoding")
    func secrets() throws {
        let configuration = try Fixture.configuration("kubernetes: {front: {users: {ann: hunter2}}}\n")
        #expect(!"\(configuration.kubernetes)".contains("hunter2"))
        var dump = ""
        Swift.dump(configuration.kubernetes.front, to: &dump)
        #expect(!dump.contains("hunter2"))
        #expect(configuration.secretTexts.contains("hunter2"))
        let other = try Fixture.configuration("MISSION_TOKEN: hunter2\n")
        Swift.dump(other, to: &dump)
        #expect(!dump.contains("hunter2") && !"\(other)".contains("hunter2"))
        #expect(other.secretTexts.contains("hunter2"))
    }

    @Test("asks for the secrets that nobody set, but not for those of an external store")
    func missingSecrets() throws {
        let text =
            "MOZART_RABBIT_PASSWORD: mine\nkubernetes: {external: {metrics-redis: {address: redis.example.org}}}\n"
        let configuration = try Fixture.configuration(text)
        let names = configuration.missingSecrets.map(\.name)
        #expect(names.contains("MOZART_REDIS_PASSWORD"))
        #expect(!names.contains("MOZART_RABBIT_PASSWORD"))
        #expect(!names.contains("METRICS_REDIS_PASSWORD"))
        let full = configuration.adding(secrets: Fixture.secrets(of: configuration))
        #expect(full.missingSecrets.isEmpty)
        #expect(full.text("MOZART_RABBIT_PASSWORD") == "mine")
    }

    @Test("makes a secret's text from the bytes it is given")
    func secretText() throws {
        let secret = try #require(GeneratedSecret.all.first)
        #expect(
            secret.text { Array(repeating: 0xa5, count: $0) }.revealed
                == String(repeating: "a5", count: secret.byteCount))
    }
}
