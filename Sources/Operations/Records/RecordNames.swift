/// Names of what the program keeps in the namespace about itself, and of the labels and annotations it reads and writes.
package enum RecordNames {
    package static let prefix = "sds.hysds.org/"
    package static let kindLabel = prefix + "kind"
    /// On a piece of a code tree: the tree's name.
    package static let treeLabel = prefix + "tree"
    package static let marker = "sds-marker"
    package static let wanted = "sds-wanted"
    package static let pause = "sds-reset"
    package static let journal = "sds-journal"
    package static let images = "sds-images"
    package static let generatedSecrets = "sds-generated"
    /// The private authority's certificate and key; no pod mounts it.
    package static let authority = "sds-authority"
    package static let lock = "sds-lock"
    package static let replicasBeforeStop = prefix + "replicas-before-stop"
    package static let managedBy = "app.kubernetes.io/managed-by"
    package static let partOf = "app.kubernetes.io/part-of"
    package static let name = "app.kubernetes.io/name"
    package static let component = prefix + "component"
    package static let sequence = prefix + "sequence"
    package static let release = prefix + "release"
    /// On a pod that was busy when a release was shipped: the sequence number that its job still runs.
    package static let finishing = prefix + "finishing"
    /// The generation of a workload's secret files.
    package static let secrets = prefix + "secrets"
    /// The digest of what a workload's object says, without its sequence number.
    package static let spec = prefix + "spec"
    /// On a pod: the certificate that it was told to take; a change makes the kubelet look at its files at once.
    package static let certificate = prefix + "certificate-wanted"
    /// Selects every object of HySDS, ours or made by a controller from a template of ours.
    package static let everything = "\(partOf)=hysds"
}
