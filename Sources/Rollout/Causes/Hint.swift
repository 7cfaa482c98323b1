/// The likely fix for what the cluster says.
enum Hint {
    /// The first entry whose words occur in the message wins; an empty list of words always fits.
    private static let table: [Reason: [(words: [String], hint: String)]] = [
        .imagePull: [
            (
                ["ErrImageNeverPull", "never pull"],
                "the image isn't on the node and its pull policy is Never: load it there first"
            ),
            (
                ["\"localhost/", "//localhost/"],
                "the image is on other nodes only: load it into this one too, or push it to a registry that all reach"
            ),
            (["x509", "certificate"], "the node doesn't trust the registry's certificate"),
            (
                ["unauthorized", "denied", "401", "403", "authentication"],
                "the registry wants a login: check the image pull secrets"
            ),
            (
                ["not found", "manifest unknown", "no such image"],
                "there is no such image in the registry: check its name and digest"
            ),
            (
                ["no such host", "i/o timeout", "connection refused", "dial tcp", "TLS handshake"],
                "the node can't reach the registry"
            ),
            (["toomanyrequests", "rate limit"], "the registry limits pulls: log in or use a mirror"),
            ([], "check that the image is in the registry and that the node can reach it"),
        ],
        .imageName: [([], "this can't be the name of an image: check its spelling")],
        .containerConfiguration: [
            (
                ["will run as root", "non-root"],
                "the image runs as root: set runAsUser, or a numeric USER in the image"
            ),
            (["couldn't find key"], "the ConfigMap or Secret lacks the key"),
            (["not found"], "make the missing ConfigMap or Secret"),
            ([], "check what the container's env and volumes refer to"),
        ],
        .containerCreation: [
            (["executable file not found", "no such file or directory"], "the command isn't in the image"),
            (["permission denied"], "the command isn't executable for the container's user"),
            (["exec format error"], "the image is for another processor architecture"),
            (["read-only file system"], "a mount point is missing in the image and its root is read-only"),
        ],
        .outOfMemory: [([], "raise the container's memory limit, or let it use less")],
        .notReady: [([], "see the container's log and what its probe asks")],
        .unschedulable: [
            (
                ["unbound immediate PersistentVolumeClaims", "PersistentVolumeClaim"],
                "a claim has no volume: check the storage class"
            ),
            (["untolerated taint", "had taint"], "add a toleration for the nodes' taint, or nodes without it"),
            (["node affinity", "node selector"], "no node has the labels that the pod's node selector wants"),
            (["Insufficient"], "free or add resources, or lower the requests"),
            (["Too many pods"], "the nodes are full: add one"),
            (["pod anti-affinity", "topology spread"], "more nodes are needed to spread the pods as demanded"),
            (["node(s) were unschedulable"], "a node is cordoned: uncordon it"),
            (["no nodes available"], "the cluster has no node that is ready"),
        ],
        .mount: [
            (["configmap", "ConfigMap"], "the ConfigMap isn't there: apply it again"),
            (["secret", "Secret"], "the Secret isn't there: apply it again"),
            (["Multi-Attach"], "the volume is still attached to another node: wait, or delete the pod that holds it"),
            (["timed out", "timeout"], "the storage doesn't answer"),
        ],
        .sandbox: [([], "the node's network plugin fails: see its log")],
        .podCreation: [
            (["exceeded quota"], "raise the namespace's quota or ask for less"),
            (["violates PodSecurity"], "the namespace's Pod Security level forbids such pods"),
            (["serviceaccount", "service account"], "make the service account"),
            (["LimitRange", "maximum", "minimum"], "the namespace's limit range forbids such resources"),
            (["webhook"], "an admission webhook refuses the pod or doesn't answer"),
        ],
        .evicted: [
            (
                ["ephemeral-storage", "DiskPressure", "disk"],
                "the node ran out of disk: set ephemeral-storage requests, or clean it"
            ),
            (["memory"], "the node ran out of memory: set memory requests as high as what is used"),
        ],
        .nodeLost: [([], "see kubectl get nodes; pods move when the node is back or removed")],
        .deadline: [([], "see the pods' states; the former ReplicaSet still serves")],
        .paused: [([], "kubectl rollout resume lets it go on")],
        .volume: [
            (["storageclass", "StorageClass"], "check the storage class' name"),
            ([], "check that the storage class exists and its provisioner runs"),
        ],
        .replaced: [([], "someone else works on it: look, then start again")],
        .deleted: [([], "someone else works on it: look, then start again")],
    ]

    static func text(_ reason: Reason, _ clusterReason: String, _ message: String) -> String? {
        let said = "\(clusterReason) \(message)"
        return table[reason]?.first { entry in
            entry.words.isEmpty || entry.words.contains { said.contains($0) }
        }?.hint
    }

    /// For a container that ended: what its exit code usually means.
    static func text(exitCode: Int, clusterReason: String) -> String? {
        if clusterReason == "OOMKilled" { return text(.outOfMemory, clusterReason, "") }
        return switch exitCode {
        case 126: "the command isn't executable"
        case 127: "the command isn't in the image"
        case 128: "the runtime couldn't start the command"
        case 134, 139: "the program crashed by itself (signal \(exitCode - 128))"
        case 137: "killed: by a liveness probe, or for its memory"
        case 143: "ended by a signal from outside: see its liveness probe"
        default: nil
        }
    }
}
