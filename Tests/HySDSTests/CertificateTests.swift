import HySDS
import Kubernetes
import Templates
import Testing

/// The TLS line as `k8s/` and `conf/` declare it.
@Suite("Certificates of workloads")
struct CertificateTests {
    private static func volume(_ name: String, of objects: [KubernetesObject]) -> JSONValue? {
        objects[0][path: ["spec", "template", "spec", "volumes"]]?.array?.first { $0["name"]?.string == name }
    }

    private static func mounts(_ objects: [KubernetesObject]) -> [String] {
        let containers = objects[0][path: ["spec", "template", "spec", "containers"]]?.array ?? []
        return (containers.first?["volumeMounts"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    @Test("are mounted on the TLS line only", arguments: ["mozart-redis", "mozart-rest", "orchestrator-jobs"])
    func plain(name: String) throws {
        let objects = try RenderingTests.objects(name, "")
        for volume in ["sds-tls", "sds-trust"] {
            #expect(Self.volume(volume, of: objects) == nil)
            #expect(!Self.mounts(objects).contains(volume))
        }
        let certified = try RenderingTests.objects(name, "  tls: true\n")
        #expect(Self.mounts(certified).contains(name == "mozart-redis" ? "sds-tls" : "sds-trust"))
    }

    @Test(
        "come from sds, from a given Secret, or from cert-manager, and so do the authorities",
        arguments: [
            ("  tls: true\n", "mozart-rest-tls", "configMap", "sds-trust"),
            ("  tls: {certificates: given}\n", "sds-tls", "secret", "sds-tls"),
            ("  tls: {certificates: given, secret: mine}\n", "mine", "secret", "mine"),
            (
                "  tls: {certificates: cert-manager, issuer: ClusterIssuer/corp}\n", "mozart-rest-tls", "secret",
                "grq-es-tls"
            ),
        ])
    func sources(settings: String, secret: String, kind: String, trust: String) throws {
        let objects = try RenderingTests.objects("mozart-rest", settings)
        #expect(Self.volume("sds-tls", of: objects)?[path: ["secret", "secretName"]]?.string == secret)
        let authorities = Self.volume("sds-trust", of: objects)
        let name = authorities?[path: [kind, kind == "secret" ? "secretName" : "name"]]?.string
        #expect(name == trust, "\(String(describing: authorities))")
        // A pod that waits for its certificate names the Secret.
        #expect(Self.volume("sds-tls", of: objects)?[path: ["secret", "optional"]] == nil)
    }

    @Test("say what a container needs to present them")
    func servers() throws {
        let rest = try RenderingTests.container("mozart-rest", "  tls: true\n")
        #expect(rest["command"]?.array?.suffix(2) == ["--certfile=/sds-tls/tls.crt", "--keyfile=/sds-tls/tls.key"])
        for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
            #expect(rest[path: [probe, "httpGet", "scheme"]] == "HTTPS")
        }
        let rabbit = try RenderingTests.container("mozart-rabbitmq", "  tls: true\n")
        #expect(rabbit[path: ["livenessProbe", "tcpSocket", "port"]] == "amqps")
        let search = try RenderingTests.container("mozart-es", "  tls: true\n")
        #expect(search["image"] == "docker.elastic.co/elasticsearch/elasticsearch:7.10.2")
        #expect(RenderingTests.variable("xpack.security.http.ssl.enabled", of: search) == "true")
        let plain = try RenderingTests.container("mozart-es", "")
        #expect(plain["image"] == "docker.elastic.co/elasticsearch/elasticsearch-oss:7.10.2")
        #expect(RenderingTests.variable("xpack.security.http.ssl.enabled", of: plain) == nil)
    }

    @Test("are for every name that a client may ask for")
    func names() throws {
        let (configuration, topology) = try RepositoryTests.system(
            "single-node",
            "  namespace: here\n  tls: {cluster-domain: k.example}\n  outside: {mozart-redis: redis.example.org, mozart-es: 10.9.8.7}\n"
        )
        let settings = configuration.kubernetes
        let redis = try #require(topology["mozart-redis"]).certificateNames(settings)
        #expect(
            redis.sorted() == [
                "*.mozart-redis-node", "*.mozart-redis-node.here", "*.mozart-redis-node.here.svc",
                "*.mozart-redis-node.here.svc.k.example", "localhost", "mozart-redis", "mozart-redis-node",
                "mozart-redis-node.here", "mozart-redis-node.here.svc", "mozart-redis-node.here.svc.k.example",
                "mozart-redis.here", "mozart-redis.here.svc", "mozart-redis.here.svc.k.example", "redis.example.org",
            ])
        // One that stands in for others has their names too.
        let search = try #require(topology["mozart-es"]).certificateNames(settings)
        #expect(Set(["mozart-es", "grq-es", "metrics-es.here.svc", "10.9.8.7"]).isSubset(of: search))
    }

    @Test("are asked of cert-manager with names, addresses, issuer and a key of their own each time")
    func certManager() throws {
        let objects = try RenderingTests.objects(
            "mozart-redis",
            "  tls: {certificates: cert-manager, issuer: ClusterIssuer/corp, days: 90}\n  outside: {mozart-redis: 10.9.8.7}\n"
        )
        let request = try #require(objects.first { $0.kind == "Certificate" })
        #expect(request.apiVersion == "cert-manager.io/v1" && request.name == "mozart-redis-tls")
        let spec = request[path: ["spec"]]
        #expect(spec?["issuerRef"] == ["group": "cert-manager.io", "kind": "ClusterIssuer", "name": "corp"])
        #expect(spec?["duration"] == "2160h0m0s" && spec?["renewBefore"] == "720h0m0s")
        #expect(spec?["ipAddresses"] == ["10.9.8.7"])
        #expect(spec?["dnsNames"]?.array?.contains("mozart-redis") == true)
        #expect(spec?["privateKey"] == ["algorithm": "RSA", "size": 2048, "rotationPolicy": "Always"])
        #expect(!(try RenderingTests.objects("mozart-redis", "  tls: true\n").contains { $0.kind == "Certificate" }))
    }

    @Test("let clients check who answers, and let those outside the cluster alone")
    func clients() throws {
        let (configuration, topology) = try RepositoryTests.system(
            "single-node", "  tls: true\n  external: {metrics-redis: {address: r.example.org, tls: true}}\n")
        let rendering = FileRendering(
            configuration: configuration.adding(secrets: Fixture.secrets(of: configuration)), topology: topology,
            sources: try TemplateSources(installation: Fixture.installation),
            texts: TemplateTexts(conf: Fixture.installation.conf))
        let worker = try #require(topology["orchestrator-jobs"])
        let files = try rendering.files(for: worker)
        let celery = try #require(files.first { $0.destination == "ops/hysds/celeryconfig.py" })
        let text = String(decoding: celery.bytes.revealed, as: UTF8.self)
        #expect(text.contains(#"broker_use_ssl = {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": "/sds-trust/ca.crt"}"#))
        #expect(text.contains(#"JOBS_ES_URL = _elasticsearch("mozart-es", JOBS_AWS_ES, "https")"#), "\(text)")
        #expect(text.contains(#"MOZART_REST_URL = "https://mozart:8888/api/v0.1""#))
        #expect(text.contains(#"_metrics_redis = _redis("metrics-redis", "", "")"#))
        #expect(text.contains(#"made-for-MOZART_REDIS_PASSWORD", "/sds-trust/ca.crt")"#))
        let front = try #require(topology["hysds-front"])
        let nginx = try #require(try rendering.files(for: front).first { $0.destination == "nginx.conf" })
        let lines = String(decoding: nginx.bytes.revealed, as: UTF8.self)
        #expect(lines.contains("proxy_ssl_name mozart;") && lines.contains("proxy_pass https://$service;"))
        #expect(lines.contains("proxy_ssl_name grq-es;"))
    }

    @Test(
        "are refused by name when k8s/ declares them wrongly",
        arguments: [
            ("[]", "expected a JSON object"), (#"{"key": "dsa", "port": 1}"#, "key: expected one of p256, rsa2048"),
            (#"{"key": "p256"}"#, "port: expected a number"),
            (#"{"key": "p256", "port": 1, "ports": 2}"#, "unknown member ports"),
        ])
    func wrong(text: String, message: String) {
        let notes = "{sds.hysds.org/certificate: '\(text)'}"
        let complaints = Fixture.complaints(k8s: ["a.yaml": TopologyTests.manifest("grq2", notes: notes)])
        #expect(complaints.contains { $0.contains(message) && $0.contains("a.yaml") }, "\(complaints)")
    }

    @Test("need an Issuer with cert-manager, and a source that there is")
    func settings() {
        #expect(
            Fixture.complaints("kubernetes: {tls: {certificates: cert-manager}}\n").contains {
                $0.contains("kubernetes.tls.issuer: expected the Issuer")
            })
        #expect(
            Fixture.complaints("kubernetes: {tls: {certificates: me}}\n").contains {
                $0.contains("sds, given, cert-manager")
            })
        #expect(Fixture.complaints("kubernetes: {tls: maybe}\n").contains { $0.contains("kubernetes.tls") })
    }
}
