import HySDS
import Kubernetes
import Testing

/// The policies ship switched off, so nobody would notice a missing rule: this does.
@Suite("Network policies")
struct NetworkPolicyTests {
    /// Where a workload's rendered files and variables send it: a Service, and its port when the text names one.
    struct Address: Hashable {
        var service: String
        var port: Int?
    }

    /// Flower and the singletons have the workers' whole celeryconfig and use none of its REST addresses.
    static func uses(_ workload: Workload, _ service: String) -> Bool {
        let hasTooMuch = workload.role == .singleton || workload.name == "flower"
        return !(hasTooMuch && ["grq", "mozart"].contains(service))
    }

    @Test("let every workload reach every address in its configuration", arguments: RepositoryTests.profiles)
    func addresses(profile: String) throws {
        let settings = "  network-policies: true\n"
        let (bare, topology) = try RepositoryTests.system(profile, settings)
        let configuration = bare.adding(secrets: Fixture.secrets(of: bare))
        let files = FileRendering(
            configuration: configuration, topology: topology,
            sources: try TemplateSources(installation: Fixture.installation),
            texts: TemplateTexts(conf: Fixture.installation.conf))
        let rendered = try RepositoryTests.objects(profile, settings)
        let objects = Dictionary(uniqueKeysWithValues: rendered.map { ($0.0.name, $0.1) })
        let shared = Rendering(configuration: configuration, topology: topology).sharedObjects()
        let all = rendered.flatMap(\.1) + shared
        let policies = all.filter { $0.kind == "NetworkPolicy" }
        #expect(!policies.isEmpty)
        let services = all.filter { $0.kind == "Service" && $0[path: ["spec", "clusterIP"]] != "None" }

        for workload in topology.workloads {
            guard let labels = Self.podLabels(objects[workload.name]) else { continue }
            let texts = try files.files(for: workload).map { String(decoding: $0.bytes.revealed, as: UTF8.self) }
            for service in services where Self.uses(workload, service.name) {
                guard
                    let target = topology.workloads.first(where: {
                        Self.selects(service, Self.podLabels(objects[$0.name]))
                    }),
                    let targetLabels = Self.podLabels(objects[target.name])
                else { continue }
                for address in Set(texts.flatMap { Self.addresses(of: service.name, in: $0) }) {
                    let ports = (service[path: ["spec", "ports"]]?.array ?? []).filter {
                        address.port == nil || $0["port"]?.integer == address.port
                    }
                    guard !ports.isEmpty else { continue }
                    let isAllowed = ports.contains { port in
                        Self.allows(
                            policies, from: labels, to: targetLabels, port: port["targetPort"] ?? port["port"] ?? .null)
                    }
                    #expect(isAllowed, "\(workload.name) to \(service.name):\(address.port.map(String.init) ?? "any")")
                }
            }
        }
    }

    /// Where a Service's name stands as a host: after `//` or `@`, before a port, or, when no other word looks like it, in quotes.
    static func addresses(of name: String, in text: String) -> [Address] {
        text.ranges(of: name).compactMap { range in
            let before = text[..<range.lowerBound]
            let rest = text[range.upperBound...]
            guard before.last.map({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) != true,
                rest.first.map({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) != true
            else { return nil }
            let port = rest.first == ":" ? Int(rest.dropFirst().prefix(while: \.isNumber)) : nil
            let isHost = before.hasSuffix("//") || before.hasSuffix("@") || port != nil
            let isQuoted = before.last == "\"" && rest.first == "\"" && name.contains("-")
            return isHost || isQuoted ? Address(service: name, port: port) : nil
        }
    }

    static func podLabels(_ objects: [KubernetesObject]?) -> [String: String]? {
        objects?.first?[path: ["spec", "template", "metadata", "labels"]]?.object?.compactMapValues(\.string)
    }

    static func selects(_ service: KubernetesObject, _ labels: [String: String]?) -> Bool {
        guard let selector = service[path: ["spec", "selector"]]?.object, let labels else { return false }
        return selector.allSatisfy { labels[$0.key] == $0.value.string }
    }

    static func allows(
        _ policies: [KubernetesObject], from: [String: String], to: [String: String], port: JSONValue
    ) -> Bool {
        let selecting = policies.filter { matches($0[path: ["spec", "podSelector"]] ?? [:], to) }
        guard !selecting.isEmpty else { return true }
        return selecting.flatMap { $0[path: ["spec", "ingress"]]?.array ?? [] }.contains { rule in
            let ports = rule["ports"]?.array ?? []
            let sources = rule["from"]?.array ?? []
            return (ports.isEmpty || ports.contains { $0["port"] == port })
                && (sources.isEmpty
                    || sources.contains { $0["namespaceSelector"] == nil && matches($0["podSelector"] ?? [:], from) })
        }
    }

    private static func matches(_ selector: JSONValue, _ labels: [String: String]) -> Bool {
        do {
            return try LabelSelector(selector).matches(labels)
        } catch {
            Issue.record("\(error)")
            return false
        }
    }
}
