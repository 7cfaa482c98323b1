internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Secrets that the configuration leaves open: made once from the system's randomness, kept in the cluster.
struct GeneratedSecrets {
    /// What names of secret objects are keyed with, so that nobody can guess a secret from a name.
    private static let digestKeyName = "SDS_DIGEST_KEY"

    let values: [String: Secret<String>]
    /// The object with what had to be made; nil when the cluster has everything.
    let toCreate: KubernetesObject?

    /// The cluster has none of them: at the first start, or because somebody deleted the object.
    private var isFresh = false

    var digestKey: [UInt8] { Array((values[GeneratedSecrets.digestKeyName]?.revealed ?? "").utf8) }

    static func load(_ session: Session) async throws -> GeneratedSecrets {
        let existing = try await session.client.find(
            .secret, namespace: session.namespace, name: RecordNames.generatedSecrets)
        var values = (existing?[path: ["data"]]?.object ?? [:]).compactMapValues { value -> String? in
            value.string.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
        }
        let needed =
            session.site.configuration.missingSecrets + [
                GeneratedSecret(name: digestKeyName, purpose: "names of secret objects", byteCount: 32)
            ]
        let missing = needed.filter { values[$0.name] == nil }
        var generator = SystemRandomNumberGenerator()
        for secret in missing {
            values[secret.name] =
                secret.text { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }.revealed
        }
        var object: KubernetesObject?
        if !missing.isEmpty {
            var secret = KubernetesObject(["apiVersion": "v1", "kind": "Secret", "type": "Opaque"])
            secret.name = RecordNames.generatedSecrets
            secret.namespace = session.namespace
            secret.labels = [
                RecordNames.kindLabel: "generated", RecordNames.managedBy: "sds", RecordNames.partOf: "hysds",
            ]
            if let existing { secret[path: ["metadata", "resourceVersion"]] = .string(existing.resourceVersion) }
            secret[path: ["data"]] = .object(values.mapValues { .string(Data($0.utf8).base64EncodedString()) })
            object = secret
        }
        var secrets = GeneratedSecrets(values: values.mapValues { Secret($0) }, toCreate: object)
        secrets.isFresh = existing == nil
        return secrets
    }

    /// Stores that run keep their passwords: new ones for everybody else would shut all of them out.
    ///
    /// - Throws: `OperationError` (usage) when the passwords of a system that exists are gone.
    func refuseLoss(besides records: Records, _ session: Session) throws(OperationError) {
        guard isFresh, !records.wanted.isEmpty, !session.options.appliesStores else { return }
        throw OperationError(
            .usage,
            "the Secret \(RecordNames.generatedSecrets) is gone, and with it the passwords that the stores run with",
            hint: "put it back from a backup, or give stores and services new ones: 'sds update all --stores'. "
                + "Nothing was changed")
    }
}
