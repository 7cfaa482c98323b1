/// The labels and annotations that carry the topology, and those that sds writes.
package enum Annotation {
    package static let prefix = "sds.hysds.org/"

    // What k8s/ says.
    package static let component = prefix + "component"
    package static let role = prefix + "role"
    package static let queueTemplate = prefix + "queue-template"
    package static let startAfter = prefix + "start-after"
    package static let program = prefix + "program"
    package static let trees = prefix + "trees"
    package static let moreTrees = prefix + "more-trees"
    package static let files = prefix + "files"
    package static let reload = prefix + "reload"
    package static let queue = prefix + "queue"
    package static let drainSeconds = prefix + "drain-seconds"
    package static let longestJobSeconds = prefix + "longest-job-seconds"
    package static let store = prefix + "store"
    package static let storeName = prefix + "store-name"
    package static let health = prefix + "health"
    package static let queues = prefix + "queues"
    package static let needsData = prefix + "needs-data"
    /// Keys of the configuration, one of which a Job needs.
    package static let needsAny = prefix + "needs-any"
    package static let onlyWith = prefix + "only-with"
    /// Where a pod has the addresses and credentials of services that verbs ask: a destination of its files.
    package static let access = prefix + "access"
    package static let secretOf = prefix + "secret-of"
    package static let certificate = prefix + "certificate"
    /// Why a pod isn't `restricted`.
    package static let securityReason = prefix + "security-reason"

    // What sds writes.
    package static let release = prefix + "release"
    package static let sequence = prefix + "sequence"
    package static let secrets = prefix + "secrets"
    package static let spec = prefix + "spec"
    package static let kind = prefix + "kind"
    package static let replicasBeforeStop = prefix + "replicas-before-stop"

    /// On a PodTemplate: which engine it adds to a worker's pods.
    package static let engine = prefix + "engine"
    /// The path in such a template that a setting replaces.
    package static let engineSocket = prefix + "engine-socket"

    package static let name = "app.kubernetes.io/name"
    package static let partOf = "app.kubernetes.io/part-of"
    package static let managedBy = "app.kubernetes.io/managed-by"

    /// Selects everything that sds made.
    package static let ownSelector = "\(managedBy)=sds,\(partOf)=hysds"

    static let knownLabels: Set<String> = [component, role, queueTemplate, engine]
    static let knownAnnotations: Set<String> = [
        startAfter, program, trees, moreTrees, files, reload, queue, drainSeconds, longestJobSeconds, store, storeName,
        health, queues, needsData, needsAny, access, onlyWith, secretOf, certificate, securityReason, engineSocket,
    ]
}
