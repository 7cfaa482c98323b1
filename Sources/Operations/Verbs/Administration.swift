internal import HySDS
package import Kubernetes

/// What only an administrator may apply: namespaces, and the rights of those who run `sds`.
package enum Administration {
    package static func objects(site: Site, share: Share) throws -> [KubernetesObject] {
        let files = try share.files(below: "k8s/admin")
        let namespace = site.configuration.kubernetes.namespace
        return try files.sorted { $0.key < $1.key }.flatMap { name, bytes in
            try Manifest(parsing: bytes, file: "k8s/admin/\(name)").objects.compactMap { object in
                var object = object
                let place = object.kind == "Namespace" ? object.name : object.namespace ?? ""
                let isSecond = place.hasSuffix(KubernetesSettings.jobsSuffix)
                // Nobody gets a namespace without rules whose configuration needs none.
                guard !isSecond || site.topology.usesJobsNamespace else { return nil }
                let own = isSecond ? site.configuration.kubernetes.jobsNamespace : namespace
                if object.kind == "Namespace" {
                    object.name = own
                } else if !object.kind.hasPrefix("Cluster") {
                    object.namespace = own
                }
                guard let subjects = object[path: ["subjects"]]?.array else { return object }
                object[path: ["subjects"]] = .array(
                    subjects.map { subject in
                        guard subject["namespace"] != nil else { return subject }
                        var subject = subject
                        subject["namespace"] = .string(namespace)
                        return subject
                    })
                return object
            }
        }
    }
}
