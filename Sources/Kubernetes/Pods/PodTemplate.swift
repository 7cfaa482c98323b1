/// Where the pods of a workload are described, by kind.
package enum PodTemplate {
    /// The path to the pod template (which has `metadata` and `spec`); empty for a Pod, nil for a kind without pods.
    package static func path(of object: KubernetesObject) -> [String]? {
        switch (object.group, object.kind) {
        case ("", "Pod"): []
        case ("", "PodTemplate"): ["template"]
        case ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("apps", "ReplicaSet"),
            ("", "ReplicationController"), ("batch", "Job"):
            ["spec", "template"]
        case ("batch", "CronJob"): ["spec", "jobTemplate", "spec", "template"]
        default: nil
        }
    }

    package static func specPath(of object: KubernetesObject) -> [String]? {
        path(of: object).map { $0 + ["spec"] }
    }
}
