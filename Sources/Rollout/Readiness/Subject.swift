import Kubernetes

/// One object under assessment, with what is known around it.
struct Subject {
    let object: KubernetesObject
    let view: ClusterView
    let revision: PodRevision?

    var key: ObjectKey { object.key }
    func status(_ field: String) -> Int { object[path: ["status", field]]?.integer ?? 0 }
    var desired: Int { object[path: ["spec", "replicas"]]?.integer ?? 1 }
    var isObserved: Bool { status("observedGeneration") >= object.generation }

    /// The condition of a type, if the status has it.
    func condition(_ type: String) -> JSONValue? {
        object[path: ["status", "conditions"]]?.array?.first { $0["type"]?.string == type }
    }

    func isTrue(_ condition: String) -> Bool { self.condition(condition)?["status"]?.string == "True" }

    func cause(_ reason: Reason, _ clusterReason: String, _ message: String) -> Cause {
        Cause(
            reason, subject: key, clusterReason: clusterReason, message: message,
            hint: Hint.text(reason, clusterReason, message))
    }

    static let unseen = "its controller hasn't seen the last change yet"
    static func count(_ number: Int, of total: Int, _ what: String) -> String { "\(number) of \(total) \(what)" }
    static func pods(_ number: Int) -> String { number == 1 ? "1 pod" : "\(number) pods" }

    /// The causes of the pods that show the newest template; finished ones are left out, for others replace them.
    func podCauses(_ pods: [KubernetesObject]) -> [Cause] {
        pods.filter { !$0.isBeingDeleted && revision?.matches($0) != false }
            .flatMap { PodCauses(pod: $0, subject: key, warnings: view.warnings(about: $0.uid)).all }
    }

    /// What the controller says about pods it may not make, as condition or as event.
    func creationCauses(missing: Bool) -> [Cause] {
        if let failure = condition("ReplicaFailure"), failure["status"]?.string == "True" {
            return [cause(.podCreation, failure["reason"]?.string ?? "FailedCreate", failure["message"]?.string ?? "")]
        }
        guard missing,
            let event = view.warnings(about: object.uid).last(where: { $0.json["reason"]?.string == "FailedCreate" })
        else { return [] }
        return [cause(.podCreation, "FailedCreate", event.json["message"]?.string ?? "")]
    }
}
