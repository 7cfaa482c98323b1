import HySDS
import Testing

@Suite("Files for outside the cluster")
struct OutsideTests {
    static let outside = """
        MOZART_RABBIT_PASSWORD: rabbit-word
        FRONT_PASSWORD: front-word
        kubernetes:
          namespace: hysds-test
          profile: single-node
          outside:
            host: sds.example.org
            mozart-rabbitmq: rabbit.example.org
            mozart-redis: redis.example.org
            metrics-redis: redis2.example.org
            mozart-es: search.example.org
            grq-es: search.example.org
            metrics-es: search.example.org
        """

    static func rendering(_ text: String, user: [String: String] = [:]) throws -> FileRendering {
        let (configuration, topology) = try Fixture.topology(text)
        return FileRendering(
            configuration: configuration.adding(secrets: Fixture.secrets(of: configuration)), topology: topology,
            sources: try TemplateSources(installation: Fixture.installation),
            texts: TemplateTexts(user: user.mapValues { Array($0.utf8) }, conf: Fixture.installation.conf))
    }

    static func text(_ config: String, _ template: String, user: [String: String] = [:]) throws -> String {
        String(
            decoding: try rendering(config, user: user).outside(template, with: ["queue": .text("q")]).bytes.revealed,
            as: UTF8.self)
    }

    @Test(
        "have the addresses that resolve there",
        arguments: [
            #"_rabbit_host = "rabbit.example.org""#, #"_grq = "https://sds.example.org/grq""#,
            #"_front = "https://sds.example.org""#, #"MOZART_REST_URL = "https://sds.example.org/mozart/api/v0.1""#,
            #"_elasticsearch("search.example.org""#, "K8S = 0", #"_redis("redis2.example.org""#,
        ])
    func addresses(line: String) throws {
        #expect(try Self.text(Self.outside, "celeryconfig.py.tmpl").contains(line))
    }

    @Test("let workers in at the front")
    func login() throws {
        let text = try Self.text(Self.outside, "netrc")
        #expect(text.contains("machine rabbit.example.org login hysds password rabbit-word"))
        #expect(text.contains("machine sds.example.org login ops password front-word"))
    }

    @Test("hold no name of a Service")
    func services() throws {
        let text = try Self.text(Self.outside, "celeryconfig.py.tmpl")
        for name in ["mozart-rabbitmq", "mozart-redis", "grq-es", "mozart-es", "//mozart:", "//grq:"] {
            #expect(!text.contains(name), "\(name)")
        }
    }

    @Test("are refused by name of the address that is missing")
    func missing() {
        #expect {
            try Self.text(
                "kubernetes: {profile: single-node, ingress: {enabled: true, host: h.example.org}}\n",
                "celeryconfig.py.tmpl")
        } throws: { error in
            let text = "\(error)"
            return text.contains("kubernetes.outside.mozart-rabbitmq")
                && text.contains("kubernetes.outside.mozart-redis")
                && !text.contains("kubernetes.outside.host")
        }
        #expect {
            try Self.text("kubernetes: {profile: single-node}\n", "x.tmpl", user: ["x.tmpl": "{{ GRQ_PVT_IP }}"])
        } throws: {
            "\($0)".contains("kubernetes.outside.grq")
        }
    }

    @Test("need only the addresses that they use, and see what is given along")
    func enough() throws {
        #expect(
            try Self.text("kubernetes: {profile: single-node}\n", "x.tmpl", user: ["x.tmpl": "{{ queue }} {{ VENUE }}"])
                == "q ops")
    }

    @Test("leave the files of pods as they are")
    func inside() throws {
        let rendering = try Self.rendering(Self.outside)
        let (_, topology) = try Fixture.topology(Self.outside)
        let worker = try #require(topology["user-rules-job"])
        let file = try #require(try rendering.files(for: worker).first { $0.destination.hasSuffix("celeryconfig.py") })
        let text = String(decoding: file.bytes.revealed, as: UTF8.self)
        #expect(text.contains(#"_rabbit_host = "mozart-rabbitmq""#) && text.contains("K8S = 1"))
    }

    @Test("a name that means nothing is refused")
    func unknown() {
        #expect(
            Fixture.complaints("kubernetes:\n  outside: {mozart-reddis: x}\n") == [
                "config:2: kubernetes.outside.mozart-reddis: no part of HySDS of this name (did you mean mozart-redis)"
            ])
    }
}
