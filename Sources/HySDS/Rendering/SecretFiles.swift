package import Kubernetes

/// The Secret with a workload's secret files: one object a workload, changed in place, with its own generation.
package struct SecretFiles: Hashable, Sendable {
    package let workload: Workload
    package let facts: SecretFacts
    private let values: [String: Secret<[UInt8]>]

    /// Nil when none of the files is secret.
    ///
    /// - Parameter key: what the generation is computed with; kept in the cluster, so that nobody can guess a password
    ///   by its digest.
    package init?(workload: Workload, files: [RenderedFile], key: [UInt8]) {
        let files = files.filter(\.declaration.isSecret).sorted {
            $0.declaration.secretPath < $1.declaration.secretPath
        }
        guard !files.isEmpty else { return nil }
        self.workload = workload
        var items: [SecretFacts.Item] = []
        var values: [String: Secret<[UInt8]>] = [:]
        var text: [UInt8] = []
        for file in files {
            let path = file.declaration.secretPath
            let key = Self.key(for: path, unlike: values.keys)
            values[key] = Secret(file.bytes.revealed)
            items.append(.init(key: key, path: path))
            text += Array("\(path.utf8.count) \(path) \(file.bytes.revealed.count) ".utf8) + file.bytes.revealed
        }
        self.values = values
        let generation = Digest.hex(Digest.keyed(text, key: key)).prefix(16)
        facts = SecretFacts(name: Self.name(of: workload.name), generation: String(generation), items: items)
    }

    package static func name(of workload: String) -> String { "\(workload)-files" }

    package func object(namespace: String) -> KubernetesObject {
        var object = KubernetesObject([
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": ["name": .string(facts.name)],
        ])
        object.namespace = namespace
        object.labels = [
            Annotation.managedBy: "sds", Annotation.partOf: "hysds", Annotation.name: workload.name,
            Annotation.component: workload.component.rawValue, Annotation.kind: "files",
        ]
        object.annotations = [Annotation.secrets: facts.generation]
        object.json["data"] = .object(values.mapValues { .string(Base64.encode($0.revealed)) })
        return object
    }

    /// A Secret's key takes letters, digits, `-`, `_` and `.`.
    private static func key(for path: String, unlike taken: some Collection<String>) -> String {
        var key = String(path.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
        if key.first == "." { key = "_" + key }
        guard taken.contains(key) else { return key }
        return (2...).lazy.map { "\(key)_\($0)" }.first { !taken.contains($0) } ?? key
    }
}
