import Cluster
import Kubernetes
import Testing

@Suite("Lists, on every server")
struct ListConformance {
    @Test("A list comes page by page and complete", arguments: ServerUnderTest.all)
    func paging(server: ServerUnderTest) async throws {
        try await server.run { scene in
            for number in 0..<23 {
                try await scene.createConfigMap("page-\(number)", labels: ["page": "yes"])
            }
            let selection = ObjectSelection(.configMap, namespace: scene.namespace, labels: "page=yes")
            let list = try await scene.client.list(selection, pageSize: 10)
            #expect(Set(list.items.map(\.name)) == Set((0..<23).map { "page-\($0)" }))
            #expect(list.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" })
            #expect(!list.resourceVersion.isEmpty)

            let first = try ObjectList(
                try await scene.send(
                    .list(.configMap, namespace: scene.namespace, labelSelector: "page=yes", limit: 10)
                ).json, type: .configMap)
            #expect(first.items.count == 10)
            #expect(first.continueToken != nil)
        }
    }

    @Test("Labels and fields select", arguments: ServerUnderTest.all)
    func selectors(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("a", labels: ["tier": "one"])
            try await scene.createConfigMap("b", labels: ["tier": "two"])
            try await scene.createConfigMap("c", labels: ["tier": "two", "old": "yes"])
            func names(labels: String? = nil, fields: String? = nil) async throws -> [String] {
                let selection = ObjectSelection(
                    .configMap, namespace: scene.namespace, labels: labels, fields: fields)
                return try await scene.client.list(selection).items.map(\.name).sorted()
            }
            #expect(try await names(labels: "tier=two") == ["b", "c"])
            #expect(try await names(labels: "tier=two,!old") == ["b"])
            #expect(try await names(labels: "tier in (one,two),old!=yes") == ["a", "b"])
            #expect(try await names(fields: "metadata.name=a") == ["a"])
        }
    }

    @Test("Metadata alone leaves the content out", arguments: ServerUnderTest.all)
    func metadataOnly(server: ServerUnderTest) async throws {
        try await server.run { scene in
            try await scene.createConfigMap("heavy", data: ["text": "much"], labels: ["size": "big"])
            let selection = ObjectSelection(
                .configMap, namespace: scene.namespace, labels: "size=big", isMetadataOnly: true)
            let object = try #require(try await scene.client.list(selection).items.first)
            #expect(object.name == "heavy")
            #expect(object.kind == "ConfigMap")
            #expect(object.json["data"] == nil)
        }
    }

    @Test("Discovery names the types and their versions", arguments: ServerUnderTest.all)
    func discovery(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let discovery = try await scene.client.discovery()
            #expect(discovery.lookup(kind: "Deployment", group: "apps") == .deployment)
            #expect(discovery.lookup(kind: "Lease", group: "coordination.k8s.io") == .lease)
            #expect(discovery.lookup(kind: "Namespace", group: "") == .namespace)
            let budgets = discovery.versions(kind: "PodDisruptionBudget", group: "policy")
            #expect(budgets.contains("v1") || budgets == ["v1beta1"])
            let version = try await scene.send(.version).json
            #expect(version["major"]?.string == "1")
            #expect(try await scene.client.get("/readyz") == Array("ok".utf8))
        }
    }

    @Test("An administrator may do everything", arguments: ServerUnderTest.all)
    func accessReview(server: ServerUnderTest) async throws {
        try await server.run { scene in
            let check = AccessCheck("create", resource: "pods", subresource: "exec", namespace: scene.namespace)
            let answer = try await scene.send(.accessReview(check))
            #expect(AccessCheck.isAllowed(answer.json))
        }
    }
}
