import HySDS
import Kubernetes
import Testing

@Suite("The topology")
struct TopologyTests {
    /// A manifest with as little as a workload needs.
    static func manifest(
        _ name: String, kind: String = "Deployment", component: String = "grq", role: String = "service",
        notes: String = "{}",
        labels: String = ""
    ) -> String {
        """
        apiVersion: apps/v1
        kind: \(kind)
        metadata:
          name: \(name)
          labels:
            app.kubernetes.io/name: \(name)
            sds.hysds.org/component: \(component)
            sds.hysds.org/role: \(role)
            \(labels)
          annotations: \(notes)
        spec: {template: {spec: {containers: [{name: \(name), image: "a:1"}]}}}

        """
    }

    @Test(
        "names file and line of what is wrong",
        arguments: [
            (
                manifest("a", notes: #"{sds.hysds.org/start-after: "b"}"#),
                "k8s/a.yaml:1: a: sds.hysds.org/start-after: no workload is called b"
            ),
            (
                manifest("a", notes: #"{sds.hysds.org/startafter: "b"}"#),
                "k8s/a.yaml:1: a: unknown annotation sds.hysds.org/startafter (did you mean sds.hysds.org/start-after)"
            ),
            (
                manifest("a", role: "servce"),
                "k8s/a.yaml:1: a: sds.hysds.org/role: expected one of store, service, singleton, worker, setup, reset, access, migration, way-back, proxy, found 'servce'"
            ),
            (
                manifest("a", notes: #"{sds.hysds.org/start-after: "b"}"#) + "---\n"
                    + manifest("b", notes: #"{sds.hysds.org/start-after: "a"}"#),
                "k8s: workloads wait for each other: a after b after a"
            ),
            (
                manifest("a") + "---\n" + manifest("a", kind: "StatefulSet"),
                "k8s/a.yaml:13: a: a workload of this name is declared in k8s/a.yaml:1"
            ),
            (
                manifest("a", role: "worker"), "k8s/a.yaml:1: a: a worker needs the annotation sds.hysds.org/queue"
            ),
            (
                manifest("a", notes: #"{sds.hysds.org/files: "../x <- y secret"}"#),
                "k8s/a.yaml:1: a: sds.hysds.org/files: expected a relative path without empty parts, found '../x'"
            ),
            (
                manifest("a", notes: #"{sds.hysds.org/files: "etc/x <- y"}"#),
                "k8s/a.yaml:1: a: sds.hysds.org/files: etc/x must be secret: a workload without trees has no release"
            ),
            ("kind: x\n", "k8s/a.yaml:1: apiVersion is missing or no text"),
        ])
    func mistakes(text: String, complaint: String) {
        #expect(Fixture.complaints(k8s: ["a.yaml": text]) == [complaint])
    }

    @Test(
        "complains of settings for what isn't there",
        arguments: [
            (
                "workloads: {grq3: {replicas: 2}}",
                "config: kubernetes.workloads.grq3: no workload of this name (did you mean grq2)"
            ),
            ("queues: {none: {replicas: 2}}", "config: kubernetes.queues.none: no queue of this name (known are )"),
        ])
    func unknownNames(settings: String, complaint: String) {
        let complaints = Fixture.complaints(k8s: ["a.yaml": Self.manifest("grq2")], "kubernetes:\n  \(settings)\n")
        #expect(complaints == [complaint])
    }

    static let worker = manifest(
        "verdi-worker", kind: "ReplicaSet", component: "verdi", role: "worker",
        notes: #"{sds.hysds.org/queue: verdi-worker}"#,
        labels: #"sds.hysds.org/queue-template: "true""#)

    @Test("makes the workers of each queue from the template, and none of the template itself")
    func queues() throws {
        let installation = Installation(k8s: ["a.yaml": Array(Self.worker.utf8)], conf: [:])
        let configuration = try Fixture.configuration(
            """
            QUEUES: [{QUEUE_NAME: My_Job.Small}, {QUEUE_NAME: large}]
            kubernetes: {queues: {large: {replicas: 7}}, workloads: {verdi-worker: {replicas: 2}}}
            """, installation: installation)
        let topology = try Topology(installation: installation, configuration: configuration)
        #expect(topology.workloads.map(\.name) == ["my-job-small", "large"])
        #expect(topology.workloads.map(\.declaredReplicas) == [2, 7])
        #expect(topology.queues == ["My_Job.Small", "large"])
        let object = topology.workloads[0].object
        #expect(object.labels["app.kubernetes.io/name"] == "my-job-small")
        #expect(object.labels["sds.hysds.org/queue-template"] == nil)
        let container = object[path: ["spec", "template", "spec", "containers"]]?[0]
        #expect(container?["name"] == "my-job-small")
        #expect(
            container?["env"] == [
                ["name": "SDS_PROGRAM", "value": "My_Job.Small"], ["name": "SDS_QUEUE", "value": "My_Job.Small"],
            ])
    }

    @Test("refuses queues whose workers would have the same name")
    func collisions() {
        let complaints = Fixture.complaints(
            k8s: ["a.yaml": Self.worker], "QUEUES: [{QUEUE_NAME: a_b}, {QUEUE_NAME: A-b}]\n")
        #expect(
            complaints == [
                "config: QUEUES: the workers of 'A-b' would be called a-b, as are those of a_b (rename one of the queues)"
            ])
    }

    @Test("starts in waves, stops in the reverse, and knows who needs whom")
    func order() throws {
        let (_, topology) = try Fixture.topology("kubernetes: {profile: production}\n")
        let grq = topology.workloads(of: .grq).filter(\.role.isLasting)
        let required = topology.required(by: grq)
        #expect(required.map(\.name).contains("grq-setup"))
        #expect(required.map(\.name).contains("mozart-es"))
        let waves = topology.startWaves(required).map { $0.map(\.name) }
        #expect(waves.first?.contains("grq-es") == true)
        #expect(topology.stopWaves(required).map { $0.map(\.name) } == waves.reversed())
        #expect(topology.needing("grq-es").contains { $0.name == "grq2" })
        #expect(!topology.needing("grq-es").contains { $0.name == "mozart-redis" })
    }

    @Test("lets one store stand in for another: its address follows, its pods don't exist")
    func sharing() throws {
        let (_, topology) = try Fixture.topology("kubernetes: {shared: {grq-es: mozart-es}}\n")
        #expect(topology["grq-es"] == nil)
        #expect(topology.omitted["grq-es"] == "shared with mozart-es")
        let services = topology["mozart-es"]?.companions.filter { $0.name == "grq-es" } ?? []
        #expect(services.map { $0[path: ["spec", "selector"]] } == [["app.kubernetes.io/name": "mozart-es"]])
        #expect(topology.workloads.allSatisfy { !$0.startAfter.contains("grq-es") })
        #expect(topology["grq-setup"]?.startAfter.filter { $0 == "mozart-es" }.count == 1)
    }

    @Test("leaves a disabled workload out of everybody's order")
    func disabled() throws {
        let (_, topology) = try Fixture.topology("kubernetes: {workloads: {mozart-redis: {enabled: false}}}\n")
        #expect(topology["mozart-redis"] == nil)
        #expect(topology.workloads.allSatisfy { !$0.startAfter.contains("mozart-redis") })
    }
}
