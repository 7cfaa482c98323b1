internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// Users and passwords of stores that others run, from the Secrets that `kubernetes.external` names.
enum ExternalCredentials {
    /// - Throws: `OperationError` (usage) that names the store and the Secret that is missing or lacks its password.
    static func load(_ session: Session) async throws -> [String: StoreCredentials] {
        var result: [String: StoreCredentials] = [:]
        for (store, name) in session.site.configuration.externalSecrets.sorted(by: { $0.key < $1.key }) {
            let subject = "kubernetes.external.\(store).secret"
            guard let secret = try await session.client.find(.secret, namespace: session.namespace, name: name) else {
                throw OperationError(
                    .usage, "\(subject): there is no Secret '\(name)' in the namespace \(session.namespace)",
                    hint: "make it with `password`, and `user` where the store wants one")
            }
            let values = (secret[path: ["data"]]?.object ?? [:]).compactMapValues { value in
                value.string.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
            }
            guard let password = values["password"] else {
                throw OperationError(
                    .usage, "\(subject): the Secret '\(name)' has no `password`",
                    hint: "it has \(values.keys.sorted().joined(separator: ", "))")
            }
            result[store] = StoreCredentials(user: values["user"], password: Secret(password))
        }
        return result
    }
}
