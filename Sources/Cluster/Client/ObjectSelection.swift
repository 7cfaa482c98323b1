package import Kubernetes

/// Which objects are meant: those of one type that are listed or watched with one request.
package struct ObjectSelection: Hashable, Sendable {
    package var type: ResourceType
    /// Nil for all namespaces, and for objects of the whole cluster.
    package var namespace: String?
    /// As in kubectl's `-l`: `app=a,tier!=b`.
    package var labels: String?
    /// As in `--field-selector`: `metadata.name=a`.
    package var fields: String?
    /// Objects reduced to their metadata.
    package var isMetadataOnly: Bool

    package init(
        _ type: ResourceType, namespace: String? = nil, labels: String? = nil, fields: String? = nil,
        isMetadataOnly: Bool = false
    ) {
        self.type = type
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
        self.isMetadataOnly = isMetadataOnly
    }
}
