internal import Certificates
internal import Cluster
internal import FoundationEssentials
internal import HySDS
internal import Kubernetes

/// What the cluster holds of the certificates that sds makes.
struct CertificateStock {
    /// Nil when there is none yet.
    var authority: Authority?
    /// The certificate of the authority before, as long as something may still present one of its certificates.
    var formerAuthorities: String?
    var authorityObject: KubernetesObject?
    /// What pods trust now.
    var trusted: String?
    /// By the name of the Secret.
    var certificates: [String: KubernetesObject] = [:]

    /// - Throws: `OperationError` (failed) when the authority can't be read: making another one is the operator's word.
    static func observe(_ session: Session) async throws -> CertificateStock {
        async let authority = session.client.find(
            .secret, namespace: session.namespace, name: RecordNames.authority)
        async let trust = session.client.find(.configMap, namespace: session.namespace, name: Rendering.trust)
        async let secrets = session.client.list(
            ObjectSelection(.secret, namespace: session.namespace, labels: "\(RecordNames.kindLabel)=certificate"))
        var stock = CertificateStock()
        stock.authorityObject = try await authority
        if let object = stock.authorityObject {
            do {
                stock.authority = try Authority(
                    IssuedCertificate(
                        certificate: object.secretText("ca.crt") ?? "", key: object.secretText("ca.key") ?? ""))
            } catch {
                throw OperationError(
                    .failed, "the Secret \(RecordNames.authority) holds no authority: \(error.message)",
                    hint:
                        "put it back from a backup, or delete it: the next 'sds update all' makes another one, and new "
                        + "certificates for all")
            }
            stock.formerAuthorities = object.secretText("former.crt")
        }
        stock.trusted = try await trust?[path: ["data", "ca.crt"]]?.string
        for secret in try await secrets.items { stock.certificates[secret.name] = secret }
        return stock
    }
}

extension KubernetesObject {
    /// A member of a Secret as text.
    func secretText(_ key: String) -> String? {
        self[path: ["data", key]]?.string.flatMap { Data(base64Encoded: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// A Secret of sds about certificates.
    static func certificateSecret(
        _ name: String, namespace: String, type: String, kind: String, _ values: [String: String]
    ) -> KubernetesObject {
        KubernetesObject([
            "apiVersion": "v1", "kind": "Secret", "type": .string(type),
            "metadata": [
                "name": .string(name), "namespace": .string(namespace),
                "labels": .object([
                    RecordNames.kindLabel: .string(kind), RecordNames.managedBy: "sds", RecordNames.partOf: "hysds",
                ]),
            ],
            "data": .object(values.mapValues { .string(Data($0.utf8).base64EncodedString()) }),
        ])
    }
}
