package import Kubernetes

/// What is known of the cluster's objects at one moment, with quick answers about who owns what.
package struct ClusterView: Hashable, Sendable {
    package private(set) var objects: [ObjectKey: KubernetesObject] = [:]
    private var owned: [String: Set<ObjectKey>] = [:]
    private var told: [String: Set<ObjectKey>] = [:]

    package init(_ objects: [KubernetesObject] = []) {
        for object in objects { put(object) }
    }

    package subscript(key: ObjectKey) -> KubernetesObject? { objects[key] }

    package mutating func put(_ object: KubernetesObject) {
        remove(object.key)
        objects[object.key] = object
        for owner in object.ownerUIDs { owned[owner, default: []].insert(object.key) }
        if let uid = object.involvedUID { told[uid, default: []].insert(object.key) }
    }

    package mutating func remove(_ key: ObjectKey) {
        guard let former = objects.removeValue(forKey: key) else { return }
        for owner in former.ownerUIDs { owned[owner]?.remove(key) }
        if let uid = former.involvedUID { told[uid]?.remove(key) }
    }

    /// A new list of everything of one kind in a namespace: what it lacks is gone.
    package mutating func replace(kind: String, group: String, namespace: String?, with list: [KubernetesObject]) {
        let kept = Set(list.map(\.key))
        let stale = objects.keys.filter { key in
            key.kind == kind && key.group == group && (namespace == nil || key.namespace == namespace)
                && !kept.contains(key)
        }
        for key in stale { remove(key) }
        for object in list { put(object) }
    }

    /// The objects of a kind that name this owner, by name.
    package func owned(by uid: String, kind: String) -> [KubernetesObject] {
        (owned[uid] ?? []).filter { $0.kind == kind }.sorted().compactMap { objects[$0] }
    }

    package func pods(ownedBy uid: String) -> [KubernetesObject] { owned(by: uid, kind: "Pod") }

    /// The warnings about an object, newest last.
    package func warnings(about uid: String) -> [KubernetesObject] {
        (told[uid] ?? []).compactMap { objects[$0] }
            .filter { $0.json["type"]?.string != "Normal" }
            .sorted { ($0.eventTime, $0.name) < ($1.eventTime, $1.name) }
    }
}

extension KubernetesObject {
    var ownerUIDs: [String] {
        (self[path: ["metadata", "ownerReferences"]]?.array ?? []).compactMap { $0["uid"]?.string }
    }

    fileprivate var involvedUID: String? {
        guard kind == "Event" else { return nil }
        return (json["involvedObject"] ?? json["regarding"])?["uid"]?.string
    }

    /// Only compared with each other, never with a clock.
    fileprivate var eventTime: String {
        json["lastTimestamp"]?.string ?? json[path: ["series", "lastObservedTime"]]?.string ?? json["eventTime"]?.string
            ?? ""
    }
}
