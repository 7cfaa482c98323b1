import Testing

@testable import Kubernetes

@Suite struct LoweringTests {
    /// What Kubernetes 1.20 serves of the groups in question.
    static let old = Lowering(
        discovery: Discovery(types: [
            .service, .configMap, .pod, .deployment, .statefulSet, .job, .namespace,
            ResourceType(
                group: "policy", version: "v1beta1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets"),
            ResourceType(
                group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers"
            ),
            ResourceType(
                group: "autoscaling", version: "v2beta2", kind: "HorizontalPodAutoscaler",
                plural: "horizontalpodautoscalers"),
            ResourceType(group: "batch", version: "v1beta1", kind: "CronJob", plural: "cronjobs"),
        ]), minor: 20)

    func object(_ yaml: String) throws -> KubernetesObject {
        try Manifest(parsing: Array(yaml.utf8), file: "x").objects[0]
    }

    @Test("a PodDisruptionBudget for 1.20")
    func budget() throws {
        let lowered = try Self.old.lower(
            try object(
                "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {a: b}}}"
            ))
        #expect(lowered.object.apiVersion == "policy/v1beta1")
        #expect(lowered.object[path: ["spec"]] == ["minAvailable": 1, "selector": ["matchLabels": ["a": "b"]]])
        #expect(lowered.notes.count == 1)
    }

    @Test("an empty selector of a PodDisruptionBudget can't be said in v1beta1")
    func emptySelector() throws {
        let budget = try object(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {selector: {}}")
        #expect(throws: KubernetesError.self) { try Self.old.lower(budget) }
    }

    @Test("a HorizontalPodAutoscaler keeps its metrics in v2beta2")
    func autoscaler() throws {
        let yaml =
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}"
        let lowered = try Self.old.lower(try object(yaml))
        #expect(lowered.object.apiVersion == "autoscaling/v2beta2")
        #expect(lowered.object[path: ["spec"]] == (try object(yaml)[path: ["spec"]]))
    }

    @Test("ports say their protocol")
    func ports() throws {
        let service = try Self.old.lower(
            try object(
                "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}, {port: 53, protocol: UDP}]}"
            ))
        #expect(
            service.object[path: ["spec", "ports"]] == [
                ["port": 80, "protocol": "TCP"], ["port": 53, "protocol": "UDP"],
            ])
        let deployment = try Self.old.lower(
            try object(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 80}]}, {name: b}]}}}"
            ))
        #expect(
            deployment.object[path: ["spec", "template", "spec", "containers"]]
                == [["name": "a", "ports": [["containerPort": 80, "protocol": "TCP"]]], ["name": "b"]])
    }

    @Test("what a kind doesn't know is an error that names the kind and its versions")
    func unsupported() throws {
        let keda = try object("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: a}")
        #expect(throws: KubernetesError.self) { try Self.old.lower(keda) }
        let beta = try object("apiVersion: batch/v2\nkind: CronJob\nmetadata: {name: a}")
        do {
            _ = try Self.old.lower(beta)
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .unsupported && error.message.contains("as v1beta1, not as batch/v2"), "\(error)")
        }
    }

    @Test("fields that 1.20 doesn't know are left out when nothing depends on them")
    func youngFields() throws {
        let yaml = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: a}
            spec:
              minReadySeconds: 5
              template:
                spec:
                  os: {name: linux}
                  topologySpreadConstraints: [{maxSkew: 1, minDomains: 2}, {maxSkew: 1}]
                  containers: [{name: a, livenessProbe: {terminationGracePeriodSeconds: 3, periodSeconds: 5}}]
            """
        let lowered = try Self.old.lower(try object(yaml))
        #expect(
            lowered.object[path: ["spec"]] == [
                "template": [
                    "spec": [
                        "topologySpreadConstraints": [["maxSkew": 1], ["maxSkew": 1]],
                        "containers": [["name": "a", "livenessProbe": ["periodSeconds": 5]]],
                    ]
                ]
            ])
        #expect(lowered.notes.count == 4)
        var new = Self.old
        new.minor = 36
        #expect(try new.lower(try object(yaml)).notes.isEmpty)
    }

    @Test(
        "a field whose absence would change the meaning is an error",
        arguments: [
            "{template: {spec: {initContainers: [{name: a, restartPolicy: Always}]}}}",
            "{template: {spec: {volumes: [{name: a, image: {reference: x}}]}}}",
            "{template: {spec: {containers: [{name: a, readinessProbe: {grpc: {port: 1}}}]}}}",
        ])
    func essentialFields(spec: String) throws {
        let deployment = try object("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: \(spec)")
        #expect(throws: KubernetesError.self) { try Self.old.lower(deployment) }
    }

    @Test("an essential field that says only what an old server does anyway is left out")
    func harmlessFields() throws {
        let yaml =
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: VALUE}}"
        let kept = try object(yaml.replacing("VALUE", with: "Retain"))
        #expect(try Self.old.lower(kept).object[path: ["spec"]] == [:])
        let lost = try object(yaml.replacing("VALUE", with: "Delete"))
        #expect(throws: KubernetesError.self) { try Self.old.lower(lost) }
    }

    @Test("an object of the whole cluster loses its namespace")
    func clusterScoped() throws {
        let lowered = try Self.old.lower(
            try object("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}"))
        #expect(lowered.object.namespace == nil && lowered.notes.count == 1)
    }

    @Test("versions of cloud providers", arguments: [("27+", 27), ("20", 20), ("", nil)] as [(String, Int?)])
    func minors(text: String, minor: Int?) {
        #expect(Lowering.minor(["minor": .string(text)]) == minor)
    }
}
