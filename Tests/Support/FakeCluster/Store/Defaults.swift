internal import Kubernetes

/// What the server adds to objects, as far as callers see it.
enum Defaults {
    static func filled(_ json: JSONValue, uid: String) -> JSONValue {
        var json = json
        switch json["kind"]?.string {
        case "Deployment", "StatefulSet", "ReplicaSet":
            fill(&json, ["spec", "replicas"], 1)
        case "Job":
            fill(&json, ["spec", "completions"], 1)
            fill(&json, ["spec", "parallelism"], 1)
            fill(&json, ["spec", "backoffLimit"], 6)
            fill(&json, ["spec", "selector"], ["matchLabels": ["controller-uid": .string(uid)]])
            fill(&json, ["spec", "template", "metadata", "labels", "controller-uid"], .string(uid))
        case "Namespace":
            json["status"] = ["phase": "Active"]
        case "Service":
            fill(&json, ["spec", "type"], "ClusterIP")
        default: break
        }
        return json
    }

    private static func fill(_ json: inout JSONValue, _ path: [String], _ value: JSONValue) {
        if json[path: path] == nil { json[path: path] = value }
    }
}
