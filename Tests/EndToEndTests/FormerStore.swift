import Foundation

/// An Elasticsearch of the SSH era: the tests' stand-in once more, outside of what sds runs.
enum FormerStore {
    static let url = "http://former-es:9200"
    static let documents = 4000

    static func bringUp(for person: Operator) async throws {
        let name = "docker.elastic.co/elasticsearch/elasticsearch-oss"
        guard let image = person.laboratory.images[name] else { throw Command.Failure(description: "no image \(name)") }
        let objects = """
            apiVersion: v1
            kind: Pod
            metadata: {name: former-es, labels: {app: former-es}}
            spec:
              containers:
                - name: es
                  image: \(image)
                  imagePullPolicy: IfNotPresent
                  env: [{name: ELASTICSEARCH_DATA, value: /tmp/data}]
                  securityContext: {runAsUser: 1000}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: former-es}
            spec: {selector: {app: former-es}, ports: [{port: 9200}]}
            """
        try await person.kubectl("apply", "-f", "-", input: objects)
        try await person.kubectl("wait", "--for=condition=Ready", "pod/former-es", "--timeout=60s", within: 70)
        let filled = try await person.sds("run", "mozart-rest", "--", "python3", "-", input: filling)
        guard filled.exitCode == 0 else { throw Command.Failure(description: "\(filled)") }
    }

    static func takeDown(for person: Operator) async throws {
        try await person.kubectl("delete", "pod/former-es", "service/former-es", "--grace-period=1")
    }

    private static let filling = """
        import json, time, urllib.request
        def ask(path, text):
            request = urllib.request.Request("\(url)" + path, data=text.encode(), method="POST")
            request.add_header("Content-Type", "application/x-ndjson")
            return json.load(urllib.request.urlopen(request, timeout=60))
        def fill(index, count):
            lines = ""
            for number in range(count):
                lines += json.dumps({"index": {"_id": f"{index}-{number}"}}) + "\\n" + json.dumps({"n": number}) + "\\n"
            assert not ask(f"/{index}/_bulk", lines)["errors"]
        for attempt in range(30):
            try:
                fill("user_rules-grq", 1)
                break
            except OSError:
                time.sleep(1)
        fill("grq_v1_old", \(documents))
        """
}

extension Operator {
    /// Adds lines to the configuration.
    func append(_ text: String) throws {
        let file = home.appending(path: ".sds/config")
        try write(try String(contentsOf: file, encoding: .utf8) + text, to: ".sds/config")
    }

    /// What the front answers to its own user, asked from inside the cluster.
    func page(_ url: String) async throws -> CommandResult {
        let secret = try await kubectl("get", "secret", "sds-generated", "-o", "jsonpath={.data.FRONT_PASSWORD}")
        let script = """
            import base64, sys, urllib.request
            request = urllib.request.Request(sys.argv[1])
            login = b"ops:" + base64.b64decode(sys.stdin.read())
            request.add_header("Authorization", "Basic " + base64.b64encode(login).decode())
            sys.stdout.write(urllib.request.urlopen(request, timeout=30).read().decode())
            """
        return try await sds("run", "mozart-rest", "--", "python3", "-c", script, url, input: secret)
    }
}
