package import Kubernetes

/// Makes of a workload and the settings the objects that the cluster gets: values in, values out.
package struct Rendering: Sendable {
    package let configuration: Configuration
    package let topology: Topology
    /// Image names of `k8s/` to what runs, below the setting `images`: what sds built itself.
    package let images: [String: String]

    var settings: KubernetesSettings { configuration.kubernetes }

    package init(configuration: Configuration, topology: Topology, images: [String: String] = [:]) {
        self.configuration = configuration
        self.topology = topology
        self.images = images
    }

    /// The workload's own object first, then its companions; only the companions of an external store.
    ///
    /// - Parameters:
    ///   - release: nil for a workload without trees.
    ///   - secrets: nil for a workload without secret files.
    ///   - replicas: nil leaves them out, so that applying doesn't touch the count.
    ///   - jobSuffix: makes a Job's name instead of the digest of what it does.
    package func objects(
        for workload: Workload, release: ReleaseFacts?, secrets: SecretFacts?, replicas: Int? = nil,
        jobSuffix: String? = nil
    ) throws(HySDSErrors) -> [KubernetesObject] {
        if let external = workload.external {
            return externalAddresses(of: workload, at: external)
        }
        var errors: [HySDSError] = []
        var object = workload.object
        setImages(of: &object, for: workload, errors: &errors)
        setPod(of: &object, for: workload)
        setStorage(of: &object, for: workload)
        setSecrets(of: &object, secrets)
        setRelease(of: &object, release, for: workload, errors: &errors)
        try HySDSErrors.check(errors)

        object = owned(object, in: workload.namespace)
        object[path: ["spec", "replicas"]] = nil
        let digest = Digest.spec(of: object)
        object.annotations[Annotation.spec] = digest
        if object.kind == "Job" {
            object.name = "\(workload.name)-\(jobSuffix ?? String(digest.prefix(10)))"
        } else if let replicas {
            object[path: ["spec", "replicas"]] = .integer(Int64(replicas))
        }
        if let release {
            object.podAnnotations[Annotation.sequence] = String(release.sequence)
            object.changeContainers { $0.setEnvironment(["SDS_SEQUENCE": String(release.sequence)]) }
        }
        return [object] + companions(of: workload)
    }

    /// Objects that belong to no workload, ready to apply.
    package func sharedObjects() -> [KubernetesObject] {
        topology.shared.flatMap { object -> [KubernetesObject] in
            let first = owned(withIngress(object), in: settings.namespace)
            // What no rule allows is refused in the second namespace as well.
            guard object.kind == "NetworkPolicy", topology.usesJobsNamespace else { return [first] }
            return [first, owned(object, in: settings.jobsNamespace)]
        }
    }

    /// The namespace and the labels by which sds finds again what it made.
    func owned(_ object: KubernetesObject, in namespace: String) -> KubernetesObject {
        var object = object
        object.namespace = namespace
        object.labels.merge([Annotation.managedBy: "sds", Annotation.partOf: "hysds"]) { _, new in new }
        if object[path: KubernetesObject.podTemplate] != nil {
            object.podLabels.merge([Annotation.managedBy: "sds", Annotation.partOf: "hysds"]) { _, new in new }
        }
        return object
    }
}
