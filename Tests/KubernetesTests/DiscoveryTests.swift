import Testing

@testable import Kubernetes

@Suite struct DiscoveryTests {
    @Test("an old server is asked group by group")
    func legacy() throws {
        var discovery = Discovery()
        #expect(try discovery.add(["kind": "APIVersions", "versions": ["v1"]]).map(\.path) == ["/api/v1"])
        let groups: JSONValue = [
            "kind": "APIGroupList",
            "groups": [
                [
                    "name": "autoscaling", "preferredVersion": ["version": "v1"],
                    "versions": [["version": "v2beta2"], ["version": "v1"]],
                ], ["name": "apps", "versions": [["version": "v1"]]],
            ],
        ]
        #expect(
            try discovery.add(groups).map(\.path) == [
                "/apis/autoscaling/v1", "/apis/autoscaling/v2beta2", "/apis/apps/v1",
            ])
        #expect(try discovery.add(groups, groups: ["apps"]).map(\.path) == ["/apis/apps/v1"])
        for version in ["v1", "v2beta2"] {
            _ = try discovery.add([
                "kind": "APIResourceList", "groupVersion": .string("autoscaling/\(version)"),
                "resources": [
                    ["name": "horizontalpodautoscalers", "kind": "HorizontalPodAutoscaler", "namespaced": true],
                    ["name": "horizontalpodautoscalers/status", "kind": "HorizontalPodAutoscaler", "namespaced": true],
                ],
            ])
        }
        _ = try discovery.add([
            "kind": "APIResourceList", "groupVersion": "v1",
            "resources": [["name": "nodes", "kind": "Node", "namespaced": false]],
        ])
        #expect(discovery.types.count == 3)
        #expect(discovery.lookup(kind: "HorizontalPodAutoscaler", group: "autoscaling")?.version == "v1")
        #expect(discovery.versions(kind: "HorizontalPodAutoscaler", group: "autoscaling") == ["v1", "v2beta2"])
        #expect(discovery.lookup(kind: "Node", group: "") == .node)
        #expect(discovery.lookup(kind: "Node", group: "apps") == nil)
    }

    @Test("a new server says everything at once")
    func aggregated() throws {
        var discovery = Discovery()
        let more = try discovery.add([
            "kind": "APIGroupDiscoveryList",
            "items": [
                [
                    "metadata": ["name": "apps"],
                    "versions": [
                        [
                            "version": "v1",
                            "resources": [
                                [
                                    "resource": "deployments", "scope": "Namespaced",
                                    "responseKind": ["kind": "Deployment", "group": "", "version": ""],
                                    "subresources": [["subresource": "scale"]],
                                ]
                            ],
                        ]
                    ],
                ],
                [
                    "versions": [
                        [
                            "version": "v1",
                            "resources": [["resource": "nodes", "scope": "Cluster", "responseKind": ["kind": "Node"]]],
                        ]
                    ]
                ],
            ],
        ])
        #expect(more.isEmpty)
        #expect(discovery.lookup(kind: "Deployment", group: "apps") == .deployment)
        #expect(discovery.lookup(kind: "Node", group: "") == .node)
    }

    @Test("a page that is no discovery is an error")
    func strange() {
        var discovery = Discovery()
        #expect(throws: KubernetesError.self) { try discovery.add(["kind": "Status"]) }
        #expect(throws: KubernetesError.self) { try discovery.add("<html>") }
    }
}
