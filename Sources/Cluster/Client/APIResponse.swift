package import Kubernetes

/// A successful answer of the API server.
package struct APIResponse: Hashable, Sendable {
    /// 200, 201 (created) or 202.
    package var status: Int
    package var json: JSONValue

    package init(status: Int, json: JSONValue) {
        self.status = status
        self.json = json
    }

    package var object: KubernetesObject { KubernetesObject(json) }
}
