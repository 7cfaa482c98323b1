import Kubernetes
import Testing

@testable import Operations

@Suite("Changed fields")
struct FieldChangeTests {
    private let container = ["spec", "template", "spec", "containers"]

    private func changes(
        _ live: KubernetesObject, _ desired: KubernetesObject, former: KubernetesObject? = nil
    ) -> [String] {
        FieldChange.between(live, and: desired, former: former).map {
            "\($0.path): \($0.old ?? "-") → \($0.new ?? "-")"
        }
    }

    @Test func `another release, number or secret alone changes no field that is shown`() throws {
        let live = SmallSystem.live(try SmallSystem.object("mozart-rest", sequence: 1, release: "a"), replicas: 2)
        let desired = try SmallSystem.object("mozart-rest", sequence: 2, release: "b", generation: "g2")
        #expect(changes(live, desired).isEmpty)
    }

    @Test func `changed, new and removed fields are named by their path`() throws {
        let former = try SmallSystem.object("mozart-rest")
        let live = SmallSystem.live(former, replicas: 2)
        var desired = former
        var containers = try #require(desired[path: container]?.array)
        containers[0]["image"] = "m@sha256:9"
        containers[0]["livenessProbe"] = nil
        containers[0][path: ["resources", "limits", "cpu"]] = "2"
        desired[path: container] = .array(containers)
        desired.annotations["sds.hysds.org/reload"] = "drain"
        let found = changes(live, desired, former: former)
        #expect(found.contains("spec.template.spec.containers[mozart-rest].image: m@sha256:1 → m@sha256:9"))
        #expect(found.contains("spec.template.spec.containers[mozart-rest].resources.limits.cpu: - → 2"))
        #expect(found.contains("metadata.annotations.\"sds.hysds.org/reload\": hup → drain"))
        #expect(found.contains { $0.hasPrefix("spec.template.spec.containers[mozart-rest].livenessProbe: {") })
        #expect(found.count == 4)
    }

    @Test func `what somebody added to an object is not ours to remove`() throws {
        let former = try SmallSystem.object("mozart-rest")
        var live = SmallSystem.live(former, replicas: 2)
        live.annotations["someone.else/note"] = "x"
        #expect(changes(live, former, former: former).isEmpty)
    }

    @Test func `long values are cut and control characters written out`() {
        let live = KubernetesObject(["data": ["a": "\u{1b}[2J"]])
        let desired = KubernetesObject(["data": ["a": .string(String(repeating: "x", count: 1000))]])
        let change = FieldChange.between(live, and: desired)
        #expect(change.first?.old == "\\x1b[2J")
        #expect(change.first?.new?.count == 241)
    }
}
