internal import Kubernetes

extension Workload {
    /// The workers of one queue, made from the template that this is.
    func copy(name: String, queue: String) -> Workload {
        var copy = self
        copy.name = name
        copy.queue = queue
        copy.programs = [queue]
        copy.object = renamed(object, to: name)
        copy.object.annotations[Annotation.queue] = queue
        copy.object.annotations[Annotation.program] = queue
        copy.object.setEnvironment(["SDS_QUEUE": queue, "SDS_PROGRAM": queue], ofContainer: name)
        copy.companions = companions.map { renamed($0, to: name) }
        return copy
    }

    /// Moves a worker to another component, with everything that goes with it.
    mutating func move(to component: Component) {
        self.component = component
        func moved(_ object: KubernetesObject) -> KubernetesObject {
            var object = object
            object.labels[Annotation.component] = component.rawValue
            if object[path: KubernetesObject.podTemplate] != nil {
                object.podLabels[Annotation.component] = component.rawValue
            }
            return object
        }
        object = moved(object)
        companions = companions.map(moved)
    }

    mutating func take(_ settings: WorkloadSettings) {
        self.settings = settings
        drainSeconds = settings.drainSeconds ?? drainSeconds
        longestJobSeconds = settings.longestJobSeconds ?? longestJobSeconds
        engine = settings.engine ?? engine
        guard role == .worker, let queue = settings.queue, queue != self.queue else { return }
        self.queue = queue
        object.annotations[Annotation.queue] = queue
        object.setEnvironment(["SDS_QUEUE": queue], ofContainer: name)
    }

    /// A worker's own scaler from each template.
    ///
    /// - Parameter logins: the objects that scalers log in with, by name, each with the store that it belongs to. What a
    ///   scaler names must be in its own namespace: a worker of another one gets its own.
    mutating func addScalers(_ templates: [KubernetesObject], logins: [String: (KubernetesObject, Workload)]) {
        guard role == .worker, let queue else { return }
        for template in templates {
            var scaler = template
            scaler.name = name
            scaler.labels = object.labels
            scaler[path: ["spec", "scaleTargetRef", "name"]] = .string(name)
            scaler[path: ["spec", "minReplicaCount"]] =
                settings.minimumReplicas.map { .integer(Int64($0)) } ?? scaler[path: ["spec", "minReplicaCount"]]
            scaler[path: ["spec", "maxReplicaCount"]] =
                settings.maximumReplicas.map { .integer(Int64($0)) } ?? scaler[path: ["spec", "maxReplicaCount"]]
            if var triggers = scaler[path: ["spec", "triggers"]]?.array, !triggers.isEmpty {
                triggers[0][path: ["metadata", "queueName"]] = .string(queue)
                let reference = ["authenticationRef", "name"]
                if let named = triggers[0][path: reference]?.string, let (login, store) = logins[named],
                    store.namespace != namespace
                {
                    triggers[0][path: reference] = .string(name)
                    addLogin(login, of: store)
                }
                scaler[path: ["spec", "triggers"]] = .array(triggers)
            }
            companions.append(scaler)
        }
    }

    /// A scaler's login of its own, from files of its own.
    private mutating func addLogin(_ login: KubernetesObject, of store: Workload) {
        var own = login
        own.name = name
        own.labels = object.labels
        own.annotations[Annotation.secretOf] = name
        companions.append(own)
        let keys = (login[path: ["spec", "secretTargetRef"]]?.array ?? []).compactMap { $0["key"]?.string }
        files += store.files.filter { file in
            keys.contains(file.secretPath) && !files.contains { $0.destination == file.destination }
        }
    }

    private func renamed(_ object: KubernetesObject, to name: String) -> KubernetesObject {
        var object = KubernetesObject(renamed(object.json, to: name))
        object.labels[Annotation.queueTemplate] = nil
        if var labels = object[path: ["spec", "template", "metadata", "labels"]]?.object {
            labels[Annotation.queueTemplate] = nil
            object[path: ["spec", "template", "metadata", "labels"]] = .object(labels)
        }
        return object
    }

    /// Everything that is called exactly like the template: object, labels, selectors, container, SDS_WORKLOAD.
    private func renamed(_ value: JSONValue, to name: String) -> JSONValue {
        switch value {
        case .string(self.name): .string(name)
        case .array(let elements): .array(elements.map { renamed($0, to: name) })
        case .object(let members): .object(members.mapValues { renamed($0, to: name) })
        default: value
        }
    }
}
